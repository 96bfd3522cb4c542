/** Every option of every verb changes something where it belongs, and is refused where it could change nothing. */
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { beforeAll, describe, expect, it } from "vitest";
import type { Connect } from "../../../src/cli/context.js";
import { VERBS } from "../../../src/cli/verbs.js";
import type { Target } from "../../../src/flash/target.js";
import { ELF_HEADERS, toyElf, withSections } from "../image/toy-files.js";
import { CHIP, cli, fakeTarget, FakeIo } from "./fake-io.js";

/** `{file}`: a HEX file, `{bin}`: a raw one, `{out}`: one to be written, `{list}`: a manifest. */
let files: Readonly<Record<string, string>> = {};

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "bootlace-"));
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const bin = Uint8Array.of(0, 0x20, 0, 0x20, 9, 0, 0, 8, 1, 2, 3, 4);
  const signature = sign(null, bin, privateKey);
  file("blink.bin.sig", signature);
  const whole = sign(null, Buffer.concat([signature, Buffer.from("version=1.2")]), privateKey);
  const line = Buffer.concat([Buffer.from("Ed12345678"), signature]).toString("base64");
  files = {
    key: file("blink.pem", publicKey.export({ format: "pem", type: "spki" })),
    minisig: file("blink.minisig", `untrusted comment: \n${line}\ntrusted comment: version=1.2\n${whole.toString("base64")}\n`),
    file: file("blink.hex", ":020000040800F2\n:080000000020002009000008A7\n:08001000FFFFFFFFFFFFFFFFF0\n:00000001FF\n"),
    bin: file("blink.bin", bin),
    // A segment of 16 bytes, half of which is a section.
    elf: file("blink.elf", withSections(toyElf([{ physical: 0x0800_0000, bytes: new Uint8Array(16).fill(7) }]), [{ type: 1, flags: 2, address: 0x0800_0000, offset: ELF_HEADERS + 32, size: 8 }])),
    out: join(folder, "out.bin"),
    two: file("two.json", JSON.stringify({ targets: [{ name: "left", port: "/dev/ttyS1" }, { name: "right", port: "/dev/ttyS2" }] })),
    list: file("list.json", JSON.stringify({ targets: [{ name: "left", port: "/dev/ttyS1", baud: 9600 }] })),
  }; // prettier-ignore
});

const filled = (words: string): string[] =>
  words
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => word.replace(/\{(\w+)\}/, (_, name: string) => files[name]!));

const PLAN = { keepPages: 0, erasePages: 1, writePages: 1, writeBytes: 8, preserveBytes: 0, lostBytes: 0, massErase: false, pages: [] }; // prettier-ignore

/** What a command line came to: whom it connected to, what was asked there, what was printed. */
async function outcome(words: string): Promise<{ status: number; stderr: string; all: string }> {
  const seen: unknown[] = [];
  const jobs = Object.fromEntries(
    (
      [
        "write",
        "verify",
        "read",
        "erase",
        "checksum",
        "run",
        "reset",
        "protect",
        "unprotect",
        "options",
        "setOptions",
      ] as const
    ).map((name) => [
      name,
      (...args: unknown[]) => {
        seen.push([name, ...args.map(plain)]);
        return Promise.resolve(RESULTS[name]);
      },
    ]),
  ) as Partial<Target>;
  const connect: Connect = (target, options) => {
    seen.push(target, plain(options));
    options.onTrace?.("a frame");
    return Promise.resolve(fakeTarget({ ...jobs, info: () => Promise.resolve(CHIP) }));
  };
  const io = new FakeIo({ env: { BOOTLACE_PORT: "" } });
  const { status, stdout, stderr } = await cli(filled(words), { io, connect });
  const timeless = (text: string): string =>
    text.replace(/\d+\.\d s/g, "").replace(/"elapsedMs":[\d.]+/g, "");
  return { status, stderr, all: JSON.stringify([seen, timeless(stdout), timeless(stderr)]) };
}

const RESULTS: Readonly<Record<string, unknown>> = {
  write: { outcome: "planned", plan: PLAN, bytesWritten: 0, pagesErased: 0, pagesKept: 0, verifiedBy: "nothing", retries: 0, left: "bootloader", doubts: [], elapsedMs: 1 },
  verify: { same: true, bytes: 8, by: "checksum", differences: [], elapsedMs: 1 },
  read: new Uint8Array(8),
  erase: { pages: 1, bytes: 2048, how: "pages", retries: 0, elapsedMs: 1 },
  checksum: { crc: 1, by: "checksum" },
  protect: { known: "seen", elapsedMs: 1 },
  unprotect: { known: "seen", flash: "blank", elapsedMs: 1 },
  options: { address: 0x1fff_7800, bytes: new Uint8Array(8), settable: true, fields: [] },
  setOptions: { outcome: "planned", changes: [], address: 0x1fff_7800, before: new Uint8Array(8), after: new Uint8Array(8), elapsedMs: 1 },
}; // prettier-ignore

/** Functions and signals are there or not; images by what they hold. */
const plain = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([name, part]: [string, unknown]) => [
        name,
        typeof part === "function" || part instanceof AbortSignal
          ? name
          : part instanceof Uint8Array
            ? Buffer.from(part).toString("hex")
            : Array.isArray(part)
              ? part.map(plain)
              : plain(part),
      ]),
  );
};

const SERIAL = "--port /dev/ttyS1";
const I2C = "--port /dev/i2c-1 --address 0x56";
const SIM = "--port sim:stm32g071";

interface Row {
  /** Where it belongs: words without the option, and the option. */
  readonly changes: readonly [words: string, option: string];
  /** Where it has no meaning, whole. */
  readonly refused?: readonly string[];
}

/** By option; the words go behind the verb's own. */
const TARGET: Readonly<Record<string, Row>> = {
  "--port": { changes: ["--port /dev/ttyS1", "--port /dev/ttyS2"] },
  "--address": { changes: ["--port /dev/i2c-1 --chip stm32g071", "--address 0x51"], refused: [`${SERIAL} --address 0x56`] },
  "--chip": { changes: [I2C, "--chip stm32g071"] },
  "--baud": { changes: [SERIAL, "--baud 9600"], refused: [`${I2C} --baud 9600`, `${SIM} --baud 9600`] },
  "--mode": { changes: [SERIAL, "--mode 8n1"], refused: [`${I2C} --mode 8n1`, `${SIM} --mode 8n1`] },
  "--reset-sequence": { changes: [SERIAL, "--reset-sequence rts-dtr"] },
  "--line": {
    changes: [I2C, "--line boot0=GPIO17"],
    refused: [
      `${I2C} --line boot0=GPIO17`,
      `${SERIAL} --reset-sequence rts-dtr --line led=GPIO17`,
      `${SERIAL} --reset-sequence cmd:board --line boot0=GPIO17`,
    ],
  },
  "--wait": { changes: [SERIAL, "--wait 5"], refused: [`${SIM} --wait 5`] },
  "--wait-device": { changes: [SERIAL, "--wait-device 5"], refused: [`${SIM} --wait-device 5`] },
  "--wait-chip": { changes: [SERIAL, "--wait-chip 5"] },
  "--flash-size": { changes: [I2C, "--flash-size 64k"] },
  "--page-size": { changes: [`${I2C} --flash-size 64k`, "--page-size 2k"] },
  "--layout": { changes: [I2C, "--layout single-bank"] },
  "--max-frame": { changes: [I2C, "--max-frame 64"], refused: [`${SERIAL} --max-frame 64`, `${SIM} --max-frame 64`] },
  "--force": { changes: [I2C, "--force"], refused: [`${SERIAL} --force`, `${SIM} --force`] },
  "--crc-program": { changes: [SERIAL, "--crc-program"] },
  "--no-crc-program": { changes: [SERIAL, "--no-crc-program"] },
  "--json": { changes: [I2C, "--json"] },
  "--quiet": { changes: [I2C, "--quiet"] },
  "--trace": { changes: [I2C, "--trace"] },
}; // prettier-ignore

/** A line takes the place of another one; the sequence wants both named. */
const LINES = { changes: [`${I2C} --reset-sequence gpio --line boot0=GPIO17 --line nrst=GPIO27`, "--line nrst=GPIO22"], refused: TARGET["--line"]!.refused! } as const; // prettier-ignore

const FILE: Readonly<Record<string, Row>> = {
  "--manifest": { changes: ["", "--manifest {list}"] },
  "--target": {
    changes: ["--manifest {two}", "--target left"],
    refused: ["--manifest {list} --target middle"],
  },
};

const SEVERAL: Readonly<Record<string, Row>> = {
  ...TARGET,
  "--line": LINES,
  ...FILE,
  "--manifest": { ...FILE["--manifest"]!, refused: [`${I2C} --manifest {list}`] },
};
const ONE: Readonly<Record<string, Row>> = {
  ...TARGET,
  "--line": LINES,
  ...FILE,
  "--port": { changes: ["", "--port /dev/ttyS1"] },
};

const IMAGE: Readonly<Record<string, Row>> = {
  "--format": { changes: [SERIAL, "--format hex"] },
  "--base": { changes: [SERIAL, "--base 0x08001000"] },
  "--offset": { changes: [SERIAL, "--offset 0x1000"] },
  "--only": { changes: [SERIAL, "--only 0x08000000:4"] },
  "--elf-segments": { changes: [SERIAL, "--elf-segments"], refused: [`${SERIAL} --elf-segments`] },
};

const KEY = "--require-signature {key}";
const SIGNATURE: Readonly<Record<string, Row>> = {
  "--require-signature": { changes: [I2C, KEY] },
  "--signature": {
    changes: [`${I2C} ${KEY}`, "--signature {minisig}"],
    refused: [`${I2C} --signature {minisig}`],
  },
  "--min-version": {
    changes: [`${I2C} ${KEY} --signature {minisig}`, "--min-version 1.1"],
    refused: [`${I2C} --min-version 1.1`, `${I2C} ${KEY} --min-version newest`],
  },
};

const LEAVE: Readonly<Record<string, Row>> = {
  "--go": { changes: [I2C, "--go"], refused: [`${I2C} --go --reset`] },
  "--reset": { changes: [I2C, "--reset"], refused: [`${I2C} --reset --leave stay`] },
  "--leave": { changes: [I2C, "--leave go"] },
};

const BOOT: Readonly<Record<string, Row>> = {
  "--keep-bootloader": {
    changes: [I2C, "--keep-bootloader"],
    refused: [`${I2C} --keep-bootloader --allow-lockout`],
  },
  "--allow-lockout": { changes: [I2C, "--allow-lockout"] },
};

const CHECK: Readonly<Record<string, Row>> = {
  "--check": { changes: [I2C, "--check refuse"] },
  "--no-check": { changes: [I2C, "--no-check"] },
};

/** Beside what stands above: what a verb has of its own. The words of `own` come first. */
const OF_VERB: Readonly<
  Record<string, { readonly own: string; readonly rows: Readonly<Record<string, Row>> }>
> = {
  write: {
    own: "write {bin}",
    rows: {
      ...SEVERAL,
      ...IMAGE,
      ...SIGNATURE,
      ...LEAVE,
      ...BOOT,
      "--dry-run": { changes: [I2C, "--dry-run"] },
      "--full": { changes: [I2C, "--full"], refused: [`${I2C} --full --assume {file}`] },
      "--assume": { changes: [I2C, "--assume {file}"] },
      "--erase-partial": { changes: [I2C, "--erase-partial"] },
      "--unprotect": {
        changes: [I2C, "--unprotect --yes-erase-everything"],
        refused: [`${I2C} --unprotect`, `${I2C} --unprotect --yes-erase-everything --dry-run`],
      },
      "--yes-erase-everything": {
        changes: [I2C, "--unprotect --yes-erase-everything"],
        refused: [`${I2C} --yes-erase-everything`],
      },
      ...CHECK,
    },
  },
  sync: { own: "sync {bin}", rows: { ...SEVERAL, ...IMAGE, ...SIGNATURE, ...LEAVE, ...BOOT, ...CHECK } },
  verify: { own: "verify {bin}", rows: { ...SEVERAL, ...IMAGE, ...SIGNATURE } },
  read: {
    own: "read {out}",
    rows: {
      ...ONE,
      "--range": { changes: [I2C, "--range 0x08000000:4"] },
      "--format": { changes: [`${I2C} --json`, "--format hex"] },
    },
  },
  erase: {
    own: "erase",
    rows: {
      ...Object.fromEntries(
        Object.entries(SEVERAL).map(([name, { changes, refused = [] }]) => [
          name,
          { changes: [`--all ${changes[0]}`, changes[1]], refused: refused.map((words) => `--all ${words}`) },
        ]),
      ),
      "--all": { changes: [I2C, "--all"], refused: [`${I2C} --all --bank 1`] },
      "--range": { changes: [I2C, "--range 0x08000000:2k"], refused: [`${I2C} --all --range 0x08000000:2k`] },
      "--bank": { changes: [I2C, "--bank 1"], refused: [`${I2C} --bank 1 --range 0x08000000:2k`] },
      "--erase-partial": {
        changes: [`${I2C} --range 0x08000000:4`, "--erase-partial"],
        refused: [`${I2C} --all --erase-partial`, `${I2C} --bank 1 --erase-partial`],
      },
    },
  },
  checksum: { own: "checksum", rows: { ...ONE, "--range": { changes: [I2C, "--range 0x08000000:4"] }, "--prove": { changes: [I2C, "--prove"] } } }, // prettier-ignore
  info: { own: "info", rows: ONE },
  run: { own: "run", rows: SEVERAL },
  reset: { own: "reset", rows: SEVERAL },
  protect: {
    own: "protect write",
    rows: {
      ...Object.fromEntries(
        Object.entries(SEVERAL).map(([name, { changes, refused = [] }]) => [
          name,
          {
            changes: [`--sectors 0 ${changes[0]}`, changes[1]],
            refused: refused.map((words) => `--sectors 0 ${words}`),
          },
        ]),
      ),
      "--sectors": { changes: [`${I2C} --sectors 0`, "--sectors 1"], refused: [I2C] },
    },
  },
  options: {
    own: "options",
    rows: {
      ...SEVERAL,
      "--dry-run": { changes: [`set A=1 ${I2C}`, "--dry-run"], refused: [`${I2C} --dry-run`] },
      "--allow-lockout": {
        changes: [`set A=1 ${I2C}`, "--allow-lockout"],
        refused: [`${I2C} --allow-lockout`],
      },
      "--one-way": { changes: [`set A=1 ${I2C}`, "--one-way A"], refused: [`${I2C} --one-way A`] },
      "--backup": {
        changes: [`set A=1 ${I2C}`, "--backup {out}"],
        refused: ["--manifest {two} --target left --target right --backup {out}"],
      },
    },
  },
  unprotect: {
    own: "unprotect",
    rows: {
      ...Object.fromEntries(
        Object.entries(SEVERAL).map(([name, { changes, refused = [] }]) => [
          name,
          { changes: [`write ${changes[0]}`, changes[1]], refused: refused.map((words) => `write ${words}`) },
        ]),
      ),
      "--yes-erase-everything": {
        changes: [`readout ${I2C}`, "--yes-erase-everything"],
        refused: [`write ${I2C} --yes-erase-everything`],
      },
    },
  },
};

/** Verbs whose outcome is this machine's are tried in tests of their own; here stands where an option of theirs is refused. */
const ELSEWHERE: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  ports: { "--json": [], "--root": [] },
  funcs: { "--json": [] },
  scan: { "--port": ["scan --port /dev/ttyS1"], "--all": [], "--json": [] },
  doctor: {
    "--port": ["doctor --port sim:stm32g071"],
    "--address": ["doctor --address 0x56", "doctor --port /dev/ttyS1 --address 0x56", "doctor --port i2c:1@0x51 --address 0x56"],
    "--json": [],
    "--manifest": [],
    "--target": [],
  },
  "image info": { "--json": [], "--format": [], "--base": [], "--offset": [],
    "--only": [],
    "--elf-segments": ["image info {bin} --elf-segments"] },
  "image convert": { "--to": [], "--quiet": [], "--fill": ["image convert {file} {out} --to hex --fill 0"], "--format": [], "--base": [], "--offset": [],
    "--only": [],
    "--elf-segments": ["image convert {bin} {out} --elf-segments"] },
  chips: { "--json": [] },
  explain: { "--json": [] },
  simulate: { "--uart": [], "--file": [], "--noise": [], "--json": [] },
}; // prettier-ignore

/** Of those, what needs nothing of this machine: words, and the option that changes what comes of them. */
const ALONE: readonly (readonly [option: string, words: string, option: string])[] = [
  ["image info --json", "image info {file}", "--json"],
  ["image info --format", "image info {bin} --base 0x08000000", "--format bin --json"],
  ["image info --base", "image info {bin}", "--base 0x08004000"],
  ["image info --offset", "image info {file}", "--offset 0x1000"],
  ["image info --only", "image info {file}", "--only 0x08000000:4"],
  ["image info --elf-segments", "image info {elf}", "--elf-segments"],
  ["image convert --to", "image convert {file} -", "--to srec"],
  ["image convert --fill", "image convert {file} - --to bin", "--fill 0"],
  ["image convert --format", "image convert {file} - --to hex", "--format srec"],
  ["image convert --base", "image convert {bin} - --to hex", "--base 0x08004000"],
  ["image convert --offset", "image convert {file} - --to hex", "--offset 0x1000"],
  ["image convert --only", "image convert {file} - --to hex", "--only 0x08000000:4"],
  ["image convert --elf-segments", "image convert {elf} - --to hex", "--elf-segments"],
  ["chips --json", "chips stm32g071", "--json"],
  ["explain --json", "explain NO_REPLY", "--json"],
  ["ports --json", "ports --root /nowhere", "--json"],
  ["doctor --json", "doctor --port /dev/i2c-999", "--json"],
];

/** Options as they are declared: "write --dry-run", "image convert --to". */
async function declared(): Promise<string[]> {
  const names: string[] = [];
  for (const verb of VERBS) {
    const module = await verb.load();
    if (!("define" in module) || verb.name === "stm32flash") continue;
    const command = new Command(verb.name);
    module.define(command, () => () => Promise.resolve());
    for (const { name, options } of [
      { name: verb.name, options: command.options },
      ...command.commands.map((sub) => ({ name: `${verb.name} ${sub.name()}`, options: sub.options })),
    ])
      names.push(...options.map(({ long }) => `${name} ${long ?? ""}`));
  }
  return names.sort();
}

const rowsOf = (): readonly (readonly [name: string, own: string, row: Row])[] =>
  Object.entries(OF_VERB).flatMap(([verb, { own, rows }]) =>
    Object.entries(rows).map(([option, row]) => [`${verb} ${option}`, own, row] as const),
  );

describe("an explicit option", () => {
  it("of any verb stands in this table", async () => {
    const here = new Set([
      ...rowsOf().map(([name]) => name),
      ...Object.entries(ELSEWHERE).flatMap(([verb, rows]) =>
        Object.keys(rows).map((option) => `${verb} ${option}`),
      ),
    ]);
    expect((await declared()).filter((name) => !here.has(name))).toEqual([]);
  });

  it.each(rowsOf())(
    "%s changes something where it belongs",
    async (name, verb, { changes: [words, option] }) => {
      const own = name.endsWith("--elf-segments") ? verb.replace("{bin}", "{elf}") : verb;
      const without = await outcome(`${own} ${words}`);
      const withIt = await outcome(`${own} ${words} ${option}`);
      expect(withIt.stderr).not.toContain("[USAGE]");
      expect(withIt.all).not.toBe(without.all);
    },
  );

  it.each(ALONE)("%s changes something: %s", async (_, words, option) => {
    const withIt = await outcome(`${words} ${option}`);
    expect(withIt.stderr).not.toContain("[USAGE]");
    expect(withIt.all).not.toBe((await outcome(words)).all);
  });

  const refused = rowsOf().flatMap(([name, own, row]) =>
    (row.refused ?? []).map((words) => [name, `${own} ${words}`] as const),
  );
  const others = Object.entries(ELSEWHERE).flatMap(([verb, rows]) =>
    Object.entries(rows).flatMap(([option, all]) =>
      all.map((words) => [`${verb} ${option}`, words] as const),
    ),
  );

  it.each([...refused, ...others])("%s is refused where it has no meaning: %s", async (_, words) => {
    const { status, stderr } = await outcome(words);
    expect(stderr).toContain("[USAGE]");
    expect(status).toBe(2);
  });
});
