/** Every option of the drop-in changes something where it belongs, and is refused where it could change nothing. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { LETTERS, parseCommandLine } from "../../../../src/cli/stm32flash/command-line.js";
import { openPort } from "../../../../src/cli/stm32flash/open-chip.js";
import { jobOptionsOf } from "../../../../src/cli/stm32flash/retry-limit.js";
import { I2C_CASES } from "../../../differential/stm32flash/cases-i2c.js";
import { UART_CASES } from "../../../differential/stm32flash/cases-uart.js";
import { cli } from "../fake-io.js";

const folder = mkdtempSync(join(tmpdir(), "bootlace-stm32flash-"));
afterAll(() => rmSync(folder, { recursive: true }));

const HEX = ":020000040800F2\n:080000000020002009000008A7\n:00000001FF\n";
/** 16 option bytes as a G031 has them, and something to read back with -v. */
const FILES = { hex: HEX, bin: Uint8Array.from({ length: 3000 }, (_, at) => at) };

let chips = 0;

/** What a command line came to: what it said, and what the chip and the file of -r hold afterwards. Each has a chip of its own. */
async function outcome(words: string): Promise<{ status: number; stderr: string; all: string }> {
  const chip = join(folder, `chip-${++chips}`);
  const out = join(folder, `out-${chips}`);
  writeFileSync(chip, Uint8Array.from({ length: 32 * 1024 }, (_, at) => (at < 8 ? [0, 0x10, 0, 0x20, 9, 0, 0, 8][at]! : at >> 6)));
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, `file.${name}`), content);
  const argv = words
    .replace("{chip}", `sim:stm32g031?flash=32&file=${chip}`)
    .replace(/\{(hex|bin)\}/, (_, name: string) => join(folder, `file.${name}`))
    .replace("{out}", out);
  const { status, stdout, stderr } = await cli(["stm32flash", ...argv.split(" ").filter((word) => word !== "")]);
  const held = [chip, `${chip}.json`, out].map((file) => (existsSync(file) ? readFileSync(file).toString("hex") : ""));
  const said = (stdout + stderr).replaceAll(chip, "CHIP").replaceAll(out, "OUT");
  return { status, stderr, all: JSON.stringify([status, said, held]) };
} // prettier-ignore

interface Row {
  /** Where it belongs: words without the option, and the option. */
  readonly changes?: readonly [words: string, option: string];
  /** Shown on a real port, beside 0.7: a command line of the comparison that has it and does not differ. */
  readonly compared?: string;
  /** Where it has no meaning, whole. */
  readonly refused?: readonly string[];
}

const IDLE = ["{chip}", "-u {chip}", "-j {chip}", "-k {chip}"];
const beside = (option: string, all: readonly string[] = IDLE): string[] =>
  all.map((words) => `${option} ${words}`);
const READING = ["-r {out} {chip}", "-o {chip}", "-C {chip}", ...IDLE];

const TABLE: Readonly<Record<string, Row>> = {
  h: { changes: ["{chip}", "-h"] },
  r: { changes: ["{chip}", "-r {out}"], refused: ["-r {out} -o {chip}"] },
  w: { changes: ["{chip}", "-w {bin}"], refused: ["-w {bin} -C {chip}"] },
  o: { changes: ["{chip}", "-o"], refused: ["-o -o {chip}"] },
  C: { changes: ["{chip}", "-C"], refused: ["-C -u {chip}"] },
  u: { changes: ["{chip}", "-u"] },
  j: { changes: ["{chip}", "-j"] },
  k: { changes: ["{chip}", "-k"] },
  S: { changes: ["-o {chip}", "-S 0x08001000:2048"], refused: beside("-S 0x08000000") },
  s: { changes: ["-r {out} {chip}", "-s 2"], refused: beside("-s 2") },
  e: { changes: ["-C {chip}", "-e 2"], refused: beside("-e 2") },
  f: { changes: ["-w {hex} {chip}", "-f"], refused: beside("-f", READING) },
  // Flash is verified without it; option bytes are not.
  v: { changes: ["-w {bin} -S 0x1fff7800:8 {chip}", "-v"], refused: beside("-v", READING) },
  g: { changes: ["{chip}", "-g 0"] },
  R: { changes: ["{chip}", "-R"], refused: ["-R -g 0 {chip}"] },
  c: { changes: ["{chip}&bus=uart", "-c"], refused: ["-c {chip}"] },
  a: { compared: "-a ADDRESS", refused: ["-a 0x56 {chip}", "-a 0x56 /dev/ttyS9"] },
  b: { compared: "-b 115200", refused: ["-b 9600 {chip}", "-b 9600 -a 0x56 /dev/i2c-9"] },
  m: { compared: "-m 8n1", refused: ["-m 8n1 {chip}", "-m 8n1 -a 0x56 /dev/i2c-9"] },
  i: { compared: "-i ", refused: ["-i rts {chip}"] },
  // What they do is no difference in the outcome: below.
  F: {},
  n: { refused: beside("-n 3") },
};

describe("an option of the drop-in", () => {
  it("stands in this table, every one", () => {
    expect(Object.keys(TABLE).sort()).toEqual(Array.from(LETTERS.replaceAll(":", "")).sort());
  });

  const rows = Object.entries(TABLE);

  it.each(rows.flatMap(([letter, { changes }]) => (changes ? [[letter, ...changes] as const] : [])))(
    "-%s changes something: %s, and %s",
    async (_, words, option) => {
      const withIt = await outcome(`${option} ${words}`);
      expect(withIt.stderr).not.toContain("[USAGE]");
      expect(withIt.all).not.toBe((await outcome(words)).all);
    },
  );

  it.each(rows.flatMap(([letter, { compared }]) => (compared ? [[letter, compared] as const] : [])))(
    "-%s is compared with 0.7 on a real port: %s",
    (_, words) => {
      const same = [...UART_CASES, ...I2C_CASES].filter(
        ({ line, differs }) => !differs && line.includes(words),
      );
      expect(same.length).toBeGreaterThan(0);
    },
  );

  it.each(rows.flatMap(([letter, { refused = [] }]) => refused.map((words) => [letter, words] as const)))(
    "-%s is refused where it has no meaning: %s",
    async (_, words) => {
      const { status, stderr } = await outcome(words);
      expect(stderr).toContain("[USAGE]");
      expect(status).toBe(1);
    },
  );

  it("-F makes the frames shorter", async () => {
    const traits = async (...words: string[]) => {
      const port = await openPort(
        parseCommandLine([...words, "sim:stm32g031"]),
        new AbortController().signal,
      );
      await port.close();
      return port.transport.traits;
    };
    expect(await traits()).toMatchObject({ maxRead: 256, maxWrite: 258 });
    expect(await traits("-F", "64:34")).toMatchObject({ maxRead: 64, maxWrite: 34 });
  });

  it("-n gives up after so many tries in a row", () => {
    const report = { warn: () => undefined, event: () => undefined } as never;
    const stopped = (count: string): boolean => {
      const line = parseCommandLine(["-n", count, "-r", "x", "y"]);
      const { onEvent, signal } = jobOptionsOf(line, report, new AbortController().signal);
      onEvent!({ type: "retry", phase: "read", address: 0, attempt: 1, reason: "x" });
      return signal!.aborted;
    };
    expect([stopped("0"), stopped("3")]).toEqual([true, false]);
  });
});
