/** Writing 128 KiB over UART, where no ROM of the table before protocol 3.3 has a checksum: bootlace with its checksum program beside stm32flash. */
import { firmware, ROUND_TIMES } from "../bus-run.js";
import { disturbance } from "../disturbed.js";
import { nearestToMedian, repeated } from "../measure.js";
import { type Context, refused, type Result, type Row, seconds, times } from "../row.js";
import type { LineOptions } from "../uart-line.js";
import { warmCore } from "../warm-core.js";
import { framesMs, runOnUart, undisturbedMs, type UartJob, type UartRun } from "../uart-run.js";
import { writeFloorMs } from "../uart-time.js";

const SIZE = 128 * 1024;
const CHANGED = { from: 40 * 1024, to: 42 * 1024 } as const;
const OLD = firmware(SIZE, 1);
const NEW = firmware(SIZE, 2);
const ONE_PAGE = Uint8Array.from(NEW);
ONE_PAGE.set(OLD.subarray(CHANGED.from, CHANGED.to), CHANGED.from);

const G071 = 0x460;
/** STM32F103xB: pages of 1 KiB. */
const F103 = 0x410;

interface Case {
  readonly id: string;
  readonly what: string;
  readonly line: LineOptions;
  readonly productId: number;
  readonly before: Uint8Array;
  /** Of stm32flash's time, or of the floor of a write. */
  readonly asked?: { readonly faster: number } | { readonly floor: number };
}

type Command = UartJob["command"];

/** A pseudo-terminal has no parity bit, so 8n1; on the modelled wire a character has its 11 bits all the same. */
const stm32flash: Command = ({ path, baud, file }) => [
  "stm32flash", "-m", "8n1", "-b", baud, "-w", file, "-v", path,
]; // prettier-ignore

const bootlace =
  (program: readonly string[]): Command =>
  ({ path, baud, file }) => [
    ...program, "write", file, "--port", path, "--baud", baud, "--mode", "8n1", "--crc-program",
  ]; // prettier-ignore

const on = ({ productId, line, before }: Case, command: Command): Promise<UartRun> =>
  runOnUart({ productId, flashSize: SIZE, times: ROUND_TIMES, line, before, after: NEW, command });

const wall = ({ measured }: UartRun): number => measured.wallMs;

const floorOf = ({ line }: Case): number =>
  writeFloorMs({ ...line, bytes: SIZE, programMs: ROUND_TIMES.programMs, eraseMs: ROUND_TIMES.massEraseMs });

function figuresOf(name: string, run: UartRun): [string, number][] {
  const { measured, totals, beforeMs, afterMs, erasedPages } = run;
  const all = {
    Ms: measured.wallMs,
    FloorMs: undisturbedMs(run),
    FramesMs: framesMs(run),
    CpuMs: measured.cpuMs,
    BeforeMs: beforeMs,
    AfterMs: afterMs,
    IdleMs: totals.idleMs,
    ToChip: totals.toChip,
    FromChip: totals.fromChip,
    Packets: totals.packets,
    Turns: totals.turns,
    ErasedPages: erasedPages,
  };
  return Object.entries(all).map(([key, value]) => [name + key, value]);
}

function sentence(one: Case, own: UartRun, other: UartRun): string {
  const full = one.before === OLD ? `, ${times(wall(own) / floorOf(one))} of the floor of a write, ${seconds(floorOf(one))}` : ""; // prettier-ignore
  return `**${seconds(wall(own))}**, ${times(wall(other) / wall(own))} times faster${full}; ${own.erasedPages} pages erased, ${own.totals.toChip + own.totals.fromChip} characters; stm32flash ${seconds(wall(other))}`;
}

function judged({ asked }: Case, ratio: number, ofFloor: number): Pick<Result, "toReach" | "reached"> {
  if (!asked) return { toReach: "", reached: undefined };
  if ("faster" in asked)
    return { toReach: `at least ${asked.faster} times faster`, reached: ratio >= asked.faster };
  return { toReach: `at most ${asked.floor} of the floor`, reached: ofFloor <= asked.floor };
}

async function measured(one: Case, { runs, bootlace: program, note }: Context): Promise<Result> {
  note(one.what);
  await warmCore();
  note("stm32flash");
  const other = await on(one, stm32flash);
  const disturbed = disturbance([
    { name: "stm32flash", tookMs: wall(other), framesMs: undisturbedMs(other) },
  ]);
  if (disturbed || !program) return refused(one.id, one.what, disturbed ?? "bootlace is not built");
  note("bootlace");
  const own = nearestToMedian(await repeated(runs, () => on(one, bootlace(program))), wall);
  return {
    row: one.id,
    what: one.what,
    measured: sentence(one, own, other),
    ...judged(one, wall(other) / wall(own), wall(own) / floorOf(one)),
    figures: Object.fromEntries([
      ["floorMs", floorOf(one)],
      ...figuresOf("stm32flash", other),
      ...figuresOf("bootlace", own),
    ]),
  };
}

const AT_115200 = { baud: 115_200, latencyMs: 1 } as const;
const uart = (baud: number, latencyMs: number): string =>
  `UART at ${baud} baud, adapter latency ${latencyMs} ms`;

const CASES: readonly Case[] = [
  { id: "uart", what: `128 KiB, all pages differ, ${uart(115_200, 1)}`, line: AT_115200, productId: G071, before: OLD, asked: { faster: 1.85 } },
  { id: "uart-one-page", what: `128 KiB with one page changed, ${uart(115_200, 1)}`, line: AT_115200, productId: G071, before: ONE_PAGE, asked: { faster: 20 } },
  { id: "uart-unchanged", what: `128 KiB with nothing changed, ${uart(115_200, 1)}`, line: AT_115200, productId: G071, before: NEW, asked: { faster: 80 } },
  { id: "uart-921600", what: `128 KiB, all pages differ, ${uart(921_600, 1)}`, line: { baud: 921_600, latencyMs: 1 }, productId: G071, before: OLD },
  { id: "uart-921600-16ms", what: `128 KiB, all pages differ, ${uart(921_600, 16)}`, line: { baud: 921_600, latencyMs: 16 }, productId: G071, before: OLD },
  { id: "uart-f1-16ms", what: `128 KiB, all pages differ, STM32F103, ${uart(115_200, 16)}`, line: { baud: 115_200, latencyMs: 16 }, productId: F103, before: OLD, asked: { floor: 1.03 } },
]; // prettier-ignore

/** One row by itself, so that a refused one can be measured again. Each takes one to three minutes. */
export const uartWrites: readonly Row[] = CASES.map((one) => ({
  id: one.id,
  run: async (context) => [await measured(one, context)],
}));
