import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { beforeAll, describe, expect, it } from "vitest";
import type { Connect } from "../../../src/cli/context.js";
import { main } from "../../../src/cli/main.js";
import { VERBS } from "../../../src/cli/verbs.js";
import { BootlaceError } from "../../../src/errors.js";
import type { PlanSummary } from "../../../src/flash/events.js";
import type { WriteOptions, WriteResult } from "../../../src/flash/job.js";
import type { Target } from "../../../src/flash/target.js";
import { formatTarget } from "../../../src/transport/target.js";
import { CHIP, cli, type Connected, FakeIo, fakeTarget, lines, plain } from "./fake-io.js";

const PLAN: PlanSummary = {
  keepPages: 1,
  erasePages: 1,
  writePages: 1,
  writeBytes: 16,
  preserveBytes: 0,
  lostBytes: 0,
  massErase: false,
  pages: [
    { index: 0, address: 0x0800_0000, size: 2048, action: "erase and write", partial: "rest is blank" },
    { index: 1, address: 0x0800_0800, size: 2048, action: "keep" },
  ],
};
const WRITTEN: WriteResult = {
  outcome: "written",
  plan: PLAN,
  eepromBytesWritten: 0,
  bytesWritten: 16,
  pagesErased: 1,
  pagesKept: 1,
  verifiedBy: "checksum",
  retries: 0,
  left: "bootloader",
  doubts: [],
  elapsedMs: 3400,
};
const TARGET = ["--port", "/dev/i2c-1", "--address", "0x56"];

let hexFile = "";
beforeAll(() => {
  hexFile = join(mkdtempSync(join(tmpdir(), "bootlace-")), "blink.hex");
  writeFileSync(hexFile, ":020000040800F2\n:080000000020002009000008A7\n:00000001FF\n");
});

/** A connection to a target with these jobs, and what was asked for. */
function connecting(jobs: Partial<Target>): {
  connect: Connect;
  asked: Connected[];
  targets: { closed: number }[];
} {
  const asked: Connected[] = [];
  const targets: { closed: number }[] = [];
  const connect: Connect = (target, options) => {
    asked.push({ target: formatTarget(target), options });
    const made = fakeTarget(jobs);
    targets.push(made);
    return Promise.resolve(made);
  };
  return { connect, asked, targets };
}

/** Verbs with a command line of their own have help of their own too. */
const OURS = VERBS.filter(({ name }) => name !== "stm32flash");

describe("help", () => {
  it.each([["--help"], ["help"], ...OURS.map(({ name }) => [name, "--help"]), ["image", "info", "--help"]])(
    "%s %s fits 80 columns and exits with 0",
    async (...argv) => {
      const { status, stdout, stderr } = await cli(argv);
      expect(status).toBe(0);
      expect(stderr).toBe("");
      for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    },
  );

  it.each(OURS.map(({ name }) => name))("%s has an example that begins with its name", async (name) => {
    const { stdout } = await cli([name, "--help"]);
    expect(stdout).toMatch(new RegExp(`^Examples:\\n  bootlace ${name}`, "m"));
  });

  it("the overview names every verb under a heading", async () => {
    const { stdout } = await cli(["--help"]);
    for (const { name, group } of VERBS) {
      expect(stdout).toContain(group);
      expect(stdout).toMatch(new RegExp(`^  ${name}`, "m"));
    }
  });

  it("without a verb goes to stderr, exit status 2", async () => {
    const { status, stdout, stderr } = await cli([]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Usage: bootlace");
  });

  it("`help write` is `write --help`", async () => {
    expect((await cli(["help", "write"])).stdout).toBe((await cli(["write", "--help"])).stdout);
  });
});

describe("the version", () => {
  it("is printed alone", async () => {
    const io = new FakeIo();
    expect(await main(["--version"], io)).toBe(0);
    expect(io.stdout.text).toBe("unbuilt\n");
  });
});

describe("usage errors", () => {
  it.each([
    [["wirte", "x.hex"], "error: unknown command 'wirte' (Did you mean write?). [USAGE]"],
    [["write", "x.hex", "--prot", "1"], "error: unknown option '--prot' (Did you mean --port?). [USAGE]"],
    [["write", ...TARGET], "error: which firmware for /dev/i2c-1@0x56? FILE is missing. [USAGE]"],
    [
      ["write", "x.hex", "--address", "86"],
      'error: --address 86: A 7-bit I2C address is written in hexadecimal with 0x: "86" could mean 0x43 (the 7 bits of 0x86) or 0x56 (decimal 86). [USAGE]',
    ],
    [
      ["read", "out.bin", "--range", "16k"],
      "error: --range 16k: START:LENGTH is expected, like 0x08000000:16k, or FIRST-LAST, like 0x08000000-0x08003FFF. [USAGE]",
    ],
    [["write", "x.hex"], "error: no target: --port is missing and BOOTLACE_PORT is not set. [USAGE]"],
    [
      ["write", "x.hex", ...TARGET, "--go", "--reset"],
      "error: --go, --reset and --leave contradict each other. [USAGE]",
    ],
    [["erase", ...TARGET], "error: nothing to erase is named. [USAGE]"],
    [
      ["erase", "--all", "--bank", "1", ...TARGET],
      "error: --all, --range and --bank contradict each other. [USAGE]",
    ],
    [
      ["unprotect", "readout", ...TARGET],
      "error: lifting readout protection erases the whole flash of the chip. [USAGE]",
    ],
    [
      ["protect", "write", ...TARGET],
      "error: which sectors? --sectors is missing, like --sectors 0,1,2. [USAGE]",
    ],
    [
      ["read", "-", "--json", ...TARGET],
      "error: --json and - both want standard output; name a file. [USAGE]",
    ],
    [["write", "x.hex", "--no-verify", ...TARGET], "error: unknown option '--no-verify'. [USAGE]"],
    [["protect", "everything"], 'error: everything: It is "readout" or "write". [USAGE]'],
    [
      ["write", "x.hex", "--format", "exe"],
      "error: --format exe: Allowed choices are bin, hex, srec, elf, uf2, dfuse. [USAGE]",
    ],
  ])("%j", async (argv, message) => {
    const { status, stdout, stderr } = await cli(argv);
    expect(lines(stderr)[0]).toBe(message);
    // A hint is a step of its own, or the message has said it.
    for (const line of lines(stderr).slice(1)) expect(line).toMatch(/^ {2}try: (?!.*See --help).*\.$/);
    expect(status).toBe(2);
    expect(stdout === "").toBe(!argv.includes("--json"));
  });

  it("are a JSON document too, when JSON was asked for", async () => {
    const { status, stdout } = await cli(["info", "--json"]);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      v: 1,
      type: "error",
      ok: false,
      code: "USAGE",
      exitStatus: 2,
    });
  });
});

describe("write", () => {
  it("reads the image, connects, writes and ends with one line that says OK", async () => {
    const images: number[] = [];
    const { connect, asked, targets } = connecting({
      write: (image, { onEvent } = {}) => {
        images.push(image.byteLength);
        onEvent?.({ type: "planned", plan: PLAN });
        onEvent?.({ type: "start", phase: "write", total: 8, unit: "bytes" });
        onEvent?.({ type: "progress", phase: "write", done: 4, total: 8 });
        onEvent?.({ type: "end", phase: "write", done: 8, elapsedMs: 4 });
        return Promise.resolve(WRITTEN);
      },
    });
    const { status, stdout, stderr } = await cli(["write", hexFile, ...TARGET], { connect });
    expect(lines(stderr)).toEqual([
      "Chip      STM32G07xxx/08xxx, 4 KiB flash, bootloader V11.3 (protocol 1.2)",
      "Port      /dev/i2c-1 address 0x56",
      "Plan      keep 1 page, erase 1, write 1 (16 bytes)",
      "Write     100 %, 8 bytes, 2 KiB/s, 0.0 s",
      "OK  1 of 2 pages kept, 16 bytes written and verified (checksum), 3.4 s",
    ]);
    expect([status, stdout, images, targets[0]?.closed]).toEqual([0, "", [8], 1]);
    expect(asked[0]?.target).toBe("i2c:/dev/i2c-1@0x56");
  });

  it("passes its options on", async () => {
    const seen: (WriteOptions | undefined)[] = [];
    const { connect } = connecting({
      write: (_image, options) => {
        seen.push(options);
        return Promise.resolve(WRITTEN);
      },
    });
    await cli(["write", hexFile, ...TARGET, "--go", "--full", "--erase-partial", "--no-check"], { connect });
    await cli(["write", hexFile, ...TARGET, "--assume", hexFile, "--reset"], { connect });
    await cli(["sync", hexFile, ...TARGET, "--leave", "go"], { connect });
    expect(seen[0]).toMatchObject({ leave: "go", full: true, erasePartial: true, check: "off" });
    expect(seen[1]).toMatchObject({ leave: "reset", check: "warn" });
    expect(seen[1]?.assume?.byteLength).toBe(8);
    expect(seen[2]).toMatchObject({ leave: "go" });
  });

  it("a bad image is refused before anything is connected", async () => {
    const bad = join(tmpdir(), `bootlace-bad-${process.pid}.hex`);
    writeFileSync(bad, ":0800000000200020\n");
    const { connect, asked } = connecting({});
    const { status, stderr } = await cli(["write", bad, ...TARGET], { connect });
    expect(status).toBe(40);
    expect(lines(stderr)[0]).toContain(bad);
    expect(asked).toEqual([]);
  });

  it("a failure names the system's error, the chip's state and what to try, and the last line says FAILED", async () => {
    const cause = Object.assign(new Error("EREMOTEIO: Remote I/O error"), {
      code: "EREMOTEIO",
      errno: -121,
      syscall: "ioctl(I2C_RDWR)",
    });
    const { connect, targets } = connecting({
      write: (_image, { onEvent } = {}) => {
        onEvent?.({ type: "start", phase: "erase", total: 1, unit: "pages" });
        return Promise.reject(
          new BootlaceError(
            "NO_REPLY",
            "Erase Memory: nobody answers",
            { chipState: "half a page is erased" },
            { cause },
          ),
        );
      },
    });
    const { status, stderr } = await cli(["write", hexFile, ...TARGET], { connect });
    expect(lines(stderr).slice(2)).toEqual([
      "error: Erase Memory: nobody answers. [NO_REPLY]",
      "  because: EREMOTEIO from ioctl(I2C_RDWR) (Remote I/O error)",
      "  chip:    half a page is erased",
      "  try:     Check power, wiring and address, and that BOOT0 was high when NRST was released.",
      "FAILED  at erase: NO_REPLY, exit status 20",
    ]);
    expect([status, targets[0]?.closed]).toEqual([20, 1]);
  });

  it("a mistake of ours says so without a stack, and --trace shows the stack", async () => {
    const { connect } = connecting({ write: () => Promise.reject(new TypeError("x is not a function")) });
    const quiet = await cli(["write", hexFile, ...TARGET], { connect });
    expect(quiet.status).toBe(70);
    expect(quiet.stderr).toContain("error: unexpected error: x is not a function. [INTERNAL]");
    expect(quiet.stderr).not.toContain("program.test.ts");
    const traced = await cli(["write", hexFile, ...TARGET, "--trace"], { connect });
    expect(traced.stderr).toContain("program.test.ts");
  });

  it("--quiet is silent on success and tells failures in full", async () => {
    const good = connecting({ write: () => Promise.resolve(WRITTEN) });
    expect(await cli(["write", hexFile, ...TARGET, "--quiet"], good)).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    const bad = connecting({ write: () => Promise.reject(new BootlaceError("REFUSED", "no")) });
    const { stderr } = await cli(["write", hexFile, ...TARGET, "-q"], bad);
    expect(lines(stderr)[0]).toBe("error: no. [REFUSED]");
    expect(lines(stderr).at(-1)).toBe("FAILED  at write: REFUSED, exit status 21");
  });

  it("--dry-run shows the plan on stdout", async () => {
    const { connect } = connecting({
      write: () => Promise.resolve({ ...WRITTEN, outcome: "planned", verifiedBy: "nothing" }),
    });
    const { stdout, stderr } = await cli(["write", hexFile, ...TARGET, "--dry-run"], { connect });
    expect(stdout).toBe(
      "0x08000000  W=\n" +
        "each character is one page:\n  =  kept, holds the right bytes\n  W  erased and written\n\n" +
        "page  address     size   action           outside the image\n" +
        "0     0x08000000  2 KiB  erase and write  rest is blank\n" +
        "1     0x08000800  2 KiB  keep\n",
    );
    expect(lines(stderr).at(-1)).toBe("OK  planned only, the flash was not touched, 3.4 s");
  });

  it("on a terminal draws one line per phase that stays, and wraps nothing at 80 columns", async () => {
    const io = new FakeIo({ tty: true, env: { LANG: "C" } });
    const { connect } = connecting({
      write: (_image, { onEvent } = {}) => {
        onEvent?.({ type: "start", phase: "write", total: 131072, unit: "bytes" });
        onEvent?.({ type: "end", phase: "write", done: 131072, elapsedMs: 3000 });
        return Promise.resolve(WRITTEN);
      },
    });
    const { stderr } = await cli(["write", hexFile, ...TARGET], { io, connect });
    const last = plain(stderr)
      .split(/[\r\n]+/)
      .filter((line) => line.startsWith("Write"));
    expect(last.at(-1)).toBe("Write     ########################  100 %     128 KiB    42.7 KiB/s     3.0 s");
    for (const line of plain(stderr).split(/[\r\n]+/)) expect(line.length, line).toBeLessThan(80);
    expect(stderr).toContain("\u001B[32m");
  });
});

describe("--json of a job", () => {
  it("is one event a line, the result last", async () => {
    const { connect } = connecting({
      write: (_image, { onEvent } = {}) => {
        onEvent?.({ type: "start", phase: "write", total: 8, unit: "bytes" });
        return Promise.resolve(WRITTEN);
      },
    });
    const { status, stdout, stderr } = await cli(["write", hexFile, ...TARGET, "--json"], { connect });
    const events = lines(stdout).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ v, type }) => [v, type])).toEqual([
      [1, "connected"],
      [1, "start"],
      [1, "result"],
    ]);
    expect(events[2]).toMatchObject({
      ok: true,
      verb: "write",
      outcome: "written",
      eepromBytesWritten: 0,
      bytesWritten: 16,
      retries: 0,
    });
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("ends with the error: code, message, hint, exit status, state of the chip, errno", async () => {
    const cause = Object.assign(new Error("no"), { code: "ENXIO", errno: -6, syscall: "ioctl" });
    const { connect } = connecting({
      write: () => Promise.reject(new BootlaceError("BUS_FAILED", "lost", { chipState: "blank" }, { cause })),
    });
    const { status, stdout } = await cli(["write", hexFile, ...TARGET, "--json"], { connect });
    expect(JSON.parse(lines(stdout).at(-1)!)).toMatchObject({
      v: 1,
      type: "error",
      ok: false,
      verb: "write",
      at: "write",
      code: "BUS_FAILED",
      message: "lost",
      exitStatus: 24,
      chipState: "blank",
      errno: "ENXIO",
      syscall: "ioctl",
    });
    expect(status).toBe(24);
  });
});

describe("verify, read, erase, run, checksum, info", () => {
  it("verify that finds differences fails with 51 and says where", async () => {
    const { connect } = connecting({
      verify: () =>
        Promise.resolve({
          same: false,
          bytes: 8,
          by: "read back",
          differences: [{ start: 0x0800_0004, end: 0x0800_0006 }],
          elapsedMs: 5,
        }),
    });
    const { status, stderr } = await cli(["verify", hexFile, ...TARGET], { connect });
    expect(stderr).toContain(`error: the chip differs from ${hexFile} at 0x08000004 (2 bytes). [DIFFERENT]`);
    expect(lines(stderr).at(-1)).toBe("FAILED  at verify: DIFFERENT, exit status 51");
    expect(status).toBe(51);
  });

  it("read writes the range to stdout and nothing else there", async () => {
    const { connect } = connecting({
      read: ({ start, end }) => Promise.resolve(new Uint8Array(end - start).fill(start & 0xff)),
    });
    const { stdout } = await cli(["read", "-", "--range", "0x08000041:3", ...TARGET], { connect });
    expect(stdout).toBe("AAA");
  });

  it("read takes the format from the name and the whole flash by default", async () => {
    const out = join(mkdtempSync(join(tmpdir(), "bootlace-")), "dump.hex");
    const { connect } = connecting({
      read: ({ start, end }) => Promise.resolve(new Uint8Array(end - start).fill(start & 0xff)),
    });
    const { status, stderr } = await cli(["read", out, ...TARGET], { connect });
    expect(readFileSync(out, "utf8")).toMatch(/^:020000040800F2\n:10000000000000/);
    expect(lines(stderr).at(-1)).toContain(`OK  4 KiB at 0x08000000 read into ${out}`);
    expect(status).toBe(0);
  });

  it("erase says how", async () => {
    const { connect } = connecting({
      erase: (what) => {
        expect(what).toBe("all");
        return Promise.resolve({ pages: 64, bytes: 131072, how: "mass", retries: 1, elapsedMs: 40 });
      },
    });
    const { stderr } = await cli(["erase", "--all", ...TARGET], { connect });
    expect(lines(stderr).at(-1)).toBe("OK  64 pages (128 KiB) erased by mass erase, 1 retry, 0.0 s");
  });

  it("run and go are the same verb", async () => {
    const { connect } = connecting({ run: () => Promise.resolve() });
    for (const verb of ["run", "go"]) {
      const { stderr } = await cli([verb, ...TARGET], { connect });
      expect(lines(stderr).at(-1)).toBe("OK  the chip was told to start the program at 0x08000000");
    }
  });

  it("checksum prints the CRC on stdout", async () => {
    const { connect } = connecting({ checksum: () => Promise.resolve({ crc: 0x1234_abcd, by: "checksum" }) });
    expect((await cli(["checksum", ...TARGET], { connect })).stdout).toBe("0x1234ABCD\n");
  });

  describe("checksum --prove", () => {
    const proof = { asked: "checksum program", agrees: true, pieces: 2, differences: [], toldMs: 300, readMs: 12_300 } as const; // prettier-ignore
    const proving = (more: object) =>
      connecting({
        checksum: () => Promise.resolve({ crc: 1, by: "checksum program", proof: { ...proof, ...more } }),
      }).connect;

    it("says on which chip and bootloader the chip's own checksums are true, and how long both ways took", async () => {
      const { stderr } = await cli(["checksum", "--prove", ...TARGET], { connect: proving({}) });
      expect(lines(stderr).at(-1)).toBe(
        "OK  CRC 0x00000001 of 4 KiB at 0x08000000 (checksum program); the checksum program told the truth of 2 pieces on STM32G07xxx/08xxx, product ID 0x460, bootloader V11.3: told in 0.3 s, read in 12.3 s",
      );
    });

    it("gives programs a record of the proof", async () => {
      const { stdout } = await cli(["checksum", "--prove", "--json", ...TARGET], { connect: proving({}) });
      expect(JSON.parse(lines(stdout).at(-1)!)).toMatchObject({
        ok: true,
        proof: {
          ...proof,
          productId: 0x460,
          productIdHex: "0x460",
          bootloaderVersion: "V11.3",
          protocol: "1.2",
        },
      });
    });

    it.each([
      [
        { differences: [{ start: 0x0800_0800, end: 0x0800_1000 }] },
        "the checksum program told 1 of 2 pieces a checksum that is not of what the flash holds, the first at 0x08000800, on STM32G07xxx/08xxx, product ID 0x460, bootloader V11.3. [DIFFERENT]",
      ],
      [
        { differences: undefined },
        "the checksum program left no results that can be believed on STM32G07xxx/08xxx, product ID 0x460, bootloader V11.3. [DIFFERENT]",
      ],
    ])("fails with the same record when it is none: %j", async (more, message) => {
      const connect = proving({ agrees: false, ...more });
      const { status, stderr } = await cli(["checksum", "--prove", ...TARGET], { connect });
      expect(status).toBe(51);
      expect(lines(stderr)).toContain(`error: ${message}`);
      const { stdout } = await cli(["checksum", "--prove", "--json", ...TARGET], { connect });
      expect(JSON.parse(lines(stdout).at(-1)!)).toMatchObject({
        ok: false,
        code: "DIFFERENT",
        proof: { agrees: false, productId: 0x460 },
      });
    });
  });

  it("info prints what is known, and one JSON document", async () => {
    const { connect } = connecting({});
    const people = await cli(["info", ...TARGET], { connect });
    expect(people.stdout).toBe(
      [
        "Chip          STM32G07xxx/08xxx (product ID 0x460)",
        "Port          /dev/i2c-1 address 0x56",
        "Bootloader    V11.3, protocol 1.2",
        "Flash         4 KiB at 0x08000000 to 0x08000FFF (read from the chip)",
        "Pages         2 pages of 2 KiB, erased value 0xFF",
        "Readout       not protected",
        "Unique ID     00112233445566778899AABB",
        "Commands      Get, Get Version, Get ID, Read Memory, Go, Write Memory, Get",
        "              Checksum",
        "",
      ].join("\n"),
    );
    const json = JSON.parse((await cli(["info", "--json", ...TARGET], { connect })).stdout) as object;
    expect(json).toMatchObject({
      v: 1,
      type: "info",
      name: CHIP.name,
      productId: 0x460,
      flash: { size: 4096, pages: 2 },
    });
  });
});

describe("Ctrl-C", () => {
  /** A job that stops when told to. */
  const stoppable = (onStart: () => void): Partial<Target> => ({
    write: (_image, { signal } = {}) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () =>
          reject((signal.reason as BootlaceError).with({ chipState: "still in its bootloader" })),
        );
        onStart();
      }),
  });

  it.each([
    ["SIGINT", 130, "INTERRUPTED", "stopped by Ctrl-C"],
    ["SIGTERM", 143, "TERMINATED", "stopped by SIGTERM"],
    ["SIGHUP", 143, "TERMINATED", "stopped by SIGHUP"],
  ] as const)(
    "%s stops the job, says the chip's state, exits with %i",
    async (signal, status, code, message) => {
      const io = new FakeIo();
      const { connect, targets } = connecting(stoppable(() => io.signal(signal)));
      const result = await cli(["write", hexFile, ...TARGET], { io, connect });
      expect(lines(result.stderr).slice(2)).toEqual([
        "Stopping after the command in progress; Ctrl-C again leaves at once.",
        `error: ${message}. [${code}]`,
        "  chip:    still in its bootloader",
        "  try:     Run the same command again to finish the job.",
        `FAILED  at write: ${code}, exit status ${status}`,
      ]);
      expect([result.status, targets[0]?.closed, io.exited, io.listeners]).toEqual([status, 1, undefined, 0]);
    },
  );

  it("SIGHUP is of a terminal that is gone: where there was none, as under nohup, the job goes on", async () => {
    const io = new FakeIo({ terminal: false });
    const { connect } = connecting({
      write: (_image, { signal } = {}) => {
        io.signal("SIGHUP");
        return signal?.aborted === true ? Promise.reject(new Error("stopped")) : Promise.resolve(WRITTEN);
      },
    });
    const { status, stderr } = await cli(["write", hexFile, ...TARGET], { io, connect });
    expect(lines(stderr).at(-1)).toMatch(/^OK {2}/);
    expect([status, io.listeners]).toEqual([0, 0]);
  });

  it.each([
    ["info"],
    ["read", "/dev/null"],
    ["run"],
    ["reset"],
    ["checksum"],
    ["erase", "--all"],
    ["protect", "readout"],
    ["unprotect", "write"],
  ])("%s that waits for a target in use is stopped as any other", async (...words) => {
    const io = new FakeIo();
    const waiting: Connect = (_target, { signal }) => {
      setTimeout(() => io.signal("SIGINT"), 1);
      return sleep(60_000, undefined, { signal }) as Promise<never>;
    };
    const { status, stderr } = await cli([...words, ...TARGET, "--wait", "60"], { io, connect: waiting });
    expect(stderr).toContain("error: stopped by Ctrl-C. [INTERRUPTED]");
    expect(status).toBe(130);
  });

  it("ends the wait for an image from standard input that never ends", async () => {
    const io = new FakeIo({ stdin: new Readable({ read: () => undefined }) });
    const running = cli(["write", "-", ...TARGET], { io });
    setTimeout(() => io.signal("SIGINT"), 20);
    const { status, stderr } = await running;
    expect(lines(stderr).at(-1)).toBe("FAILED  write: INTERRUPTED, exit status 130");
    expect(status).toBe(130);
  });

  it("a second one leaves at once", async () => {
    const io = new FakeIo();
    const { connect } = connecting(
      stoppable(() => {
        io.signal("SIGINT");
        io.signal("SIGINT");
      }),
    );
    await cli(["write", hexFile, ...TARGET], { io, connect });
    expect(io.exited).toBe(130);
    expect(io.stderr.text).toContain(
      "The chip's state is not known; run the same command again to finish the job.\nFAILED  left at once, exit status 130\n",
    );
  });
});

describe("several targets", () => {
  const several = [
    "--port",
    "/dev/i2c-1",
    "--address",
    "0x51",
    "--address",
    "0x56",
    "--port",
    "/dev/i2c-2",
  ].slice(0, 6);

  it("each has its verdict, and a last line sums up", async () => {
    const { connect, asked } = connecting({ write: () => Promise.resolve(WRITTEN) });
    const { status, stderr } = await cli(["write", hexFile, ...several], { connect });
    expect(asked.map(({ target }) => target)).toEqual(["i2c:/dev/i2c-1@0x51", "i2c:/dev/i2c-1@0x56"]);
    expect(lines(stderr)).toEqual([
      "/dev/i2c-1@0x51: Chip      STM32G07xxx/08xxx, 4 KiB flash, bootloader V11.3 (protocol 1.2)",
      "OK  /dev/i2c-1@0x51: 1 of 2 pages kept, 16 bytes written and verified (checksum), 3.4 s",
      "/dev/i2c-1@0x56: Chip      STM32G07xxx/08xxx, 4 KiB flash, bootloader V11.3 (protocol 1.2)",
      "OK  /dev/i2c-1@0x56: 1 of 2 pages kept, 16 bytes written and verified (checksum), 3.4 s",
      "OK  write: all 2 targets",
    ]);
    expect(status).toBe(0);
  });

  it("chips of one bus take turns, buses run at once", async () => {
    const running = new Map<string, number>();
    let most = 0;
    const connect: Connect = (target) => {
      const bus = formatTarget(target).split("@")[0]!;
      return Promise.resolve(
        fakeTarget({
          write: async () => {
            const here = (running.get(bus) ?? 0) + 1;
            expect(here).toBe(1);
            running.set(bus, here);
            most = Math.max(
              most,
              [...running.values()].reduce((a, b) => a + b),
            );
            await new Promise((resolve) => setTimeout(resolve, 5));
            running.set(bus, 0);
            return WRITTEN;
          },
        }),
      );
    };
    const ports = ["i2c:1@0x51", "i2c:1@0x56", "i2c:2@0x56"].flatMap((port) => ["--port", port]);
    const { status } = await cli(["write", hexFile, ...ports], { connect });
    expect([status, most]).toEqual([0, 2]);
  });

  it.each([
    [["NO_REPLY", undefined], 20, "FAILED  1 of 2 targets: NO_REPLY, exit status 20"],
    [["NO_REPLY", "NO_REPLY"], 20, "FAILED  2 of 2 targets: NO_REPLY, exit status 20"],
    [
      ["NO_REPLY", "VERIFY_FAILED"],
      53,
      "FAILED  2 of 2 targets: SEVERAL_FAILED (1 NO_REPLY, 1 VERIFY_FAILED), exit status 53",
    ],
    [
      ["WRONG_CHIP", "INTERRUPTED"],
      130,
      "FAILED  2 of 2 targets: INTERRUPTED (1 WRONG_CHIP, 1 INTERRUPTED), exit status 130",
    ],
  ] as const)("%j exits with %i", async (codes, expected, last) => {
    let next = 0;
    const connect: Connect = () => {
      const code = codes[next++];
      const write = () =>
        code === undefined ? Promise.resolve(WRITTEN) : Promise.reject(new BootlaceError(code, "no"));
      return Promise.resolve(fakeTarget({ write }));
    };
    const { status, stderr } = await cli(["write", hexFile, ...several], { connect });
    expect(status).toBe(expected);
    expect(lines(stderr).at(-1)).toBe(last);
  });

  it("a JSON line names its target, and the summary comes last", async () => {
    const { connect } = connecting({ write: () => Promise.resolve(WRITTEN) });
    const { stdout } = await cli(["write", hexFile, ...several, "--json"], { connect });
    const events = lines(stdout).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.slice(0, 4).map(({ target, type }) => [target, type])).toEqual([
      ["/dev/i2c-1@0x51", "connected"],
      ["/dev/i2c-1@0x51", "result"],
      ["/dev/i2c-1@0x56", "connected"],
      ["/dev/i2c-1@0x56", "result"],
    ]);
    expect(events[4]).toEqual({
      v: 1,
      type: "summary",
      verb: "write",
      ok: true,
      succeeded: 2,
      failed: 0,
      exitStatus: 0,
    });
  });
});
