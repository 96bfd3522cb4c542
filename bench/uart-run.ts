/** One program, one fresh chip, one UART line in real time: what it took, and whether the chip holds what it should. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chipOf } from "../test/fake-i2c-dev/chips.js";
import type { ChipTimes } from "./frames.js";
import { measure, type Measured } from "./measure.js";
import { type LineOptions, type LineTotals, UartLine } from "./uart-line.js";

export interface UartJob {
  readonly productId: number;
  readonly flashSize: number;
  readonly times: ChipTimes;
  readonly line: LineOptions;
  /** What the chip holds before, and must hold afterwards. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly command: (target: {
    readonly path: string;
    readonly baud: string;
    readonly file: string;
  }) => readonly string[];
}

export interface UartRun {
  readonly measured: Measured;
  readonly totals: LineTotals;
  readonly erasedPages: number;
  /** From the start of the process to its first character, and from the last one to its end. */
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** @throws Error when the program fails, the chip holds something else, or the chip complains */
export async function runOnUart({
  productId,
  flashSize,
  times,
  line,
  before,
  after,
  command,
}: UartJob): Promise<UartRun> {
  const maker = await chipOf(productId, { flashSize, timings: times });
  const uart = new UartLine(maker, line);
  const folder = mkdtempSync(join(tmpdir(), "bootlace-bench-"));
  try {
    const { chip } = uart;
    const { base } = maker.facts.flash;
    chip.poke(base, before);
    const file = join(folder, "firmware.bin");
    writeFileSync(file, after);
    const measured = await measure(command({ path: uart.path, baud: `${line.baud}`, file }));
    if (!Buffer.from(chip.peek(base, after.length)).equals(after))
      throw new Error("the chip does not hold the image");
    const [complaint] = chip.violations;
    if (complaint) throw new Error(`the chip complains: ${complaint.text}`);
    const totals = { ...uart.totals };
    const beforeMs = totals.firstMs - measured.startMs;
    const afterMs = measured.wallMs - beforeMs - (totals.lastMs - totals.firstMs);
    return { measured, totals, erasedPages: chip.counters.erasedPages, beforeMs, afterMs };
  } finally {
    uart.close();
    rmSync(folder, { recursive: true });
  }
}

/** What its own characters, the chip and the adapter took: everything but the program itself, the same in each run. */
export const framesMs = ({ totals }: UartRun): number => totals.lastMs - totals.firstMs - totals.idleMs;

/** A pseudo-terminal's two ways of a turn on a machine with nothing else to do; a real port has them too. */
const TERMINAL_MS = 0.2;

/** As much as an undisturbed run of a program that does not think may take. */
export const undisturbedMs = (run: UartRun): number => framesMs(run) + run.totals.turns * TERMINAL_MS;
