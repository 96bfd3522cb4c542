/** Writing 128 KiB with verification: bootlace, stm32flash and the control side by side on the same modelled bus. */
import { type BusRun, type ChipSetUp, firmware, G071, G071_TIMES, runOnBus } from "../bus-run.js";
import { writeScript } from "../control-script.js";
import { disturbance } from "../disturbed.js";
import { floorMs, writeSession } from "../frames.js";
import { benchTool, nearestToMedian, repeated } from "../measure.js";
import { type Context, refused, type Result, type Row, seconds, times } from "../row.js";

const SIZE = 128 * 1024;
const PAGE = 2048;
export const OLD = firmware(SIZE, 1);
export const NEW = firmware(SIZE, 2);
export const ONE_PAGE = Uint8Array.from(NEW);
ONE_PAGE.set(OLD.subarray(20 * PAGE, 21 * PAGE), 20 * PAGE);
const VERSION_BYTE = { "1.0": 0x10, "1.1": 0x11, "1.2": 0x12 } as const;

export interface Case {
  readonly chip: ChipSetUp;
  readonly speedHz: number;
  readonly before: Uint8Array;
  /** Of bootlace, behind the target. */
  readonly words?: readonly string[];
}

/** At most so much of the floor's time, so many times faster than stm32flash. */
export interface Asked {
  readonly floor?: number;
  readonly faster: number;
}

const repeat = async (runs: number, run: () => Promise<BusRun>): Promise<BusRun> =>
  nearestToMedian(await repeated(runs, run), wall);

const onBus = ({ chip, speedHz, before }: Case, command: Parameters<typeof runOnBus>[0]["command"]) =>
  runOnBus({ chip, speedHz, before, after: NEW, command });

const stm32flash = (one: Case): Promise<BusRun> =>
  onBus(one, ({ path, address, file }) => ["stm32flash", "-a", address, "-w", file, "-v", path]);

const bootlace = (one: Case, program: readonly string[]): Promise<BusRun> =>
  onBus(one, ({ path, address, file }) => [
    ...program, "write", file, "--port", path, "--address", address, ...(one.words ?? []),
  ]); // prettier-ignore

const session = ({ chip }: Case, how: { readsBack?: true } = {}) =>
  writeSession({
    ...how,
    image: NEW,
    address: 0x0800_0000,
    pages: Array.from({ length: SIZE / PAGE }, (_, i) => i),
    whole: chip.flashSize === SIZE,
    version: VERSION_BYTE[(chip.version ?? "1.2") as keyof typeof VERSION_BYTE],
    times: chip.times,
  });

function control(one: Case): Promise<BusRun> {
  const script = writeScript(session(one));
  return onBus(one, ({ path, address }) => [benchTool("floor"), path, address, script]);
}

/** What the frames of stm32flash -w -v take: it reads back every block, whatever the chip can do. */
const stm32flashFramesMs = (one: Case): number => floorMs(session(one, { readsBack: true }), one.speedHz);

interface Compared {
  readonly floor: number;
  readonly otherFloor: number;
  readonly control: BusRun;
  readonly other: BusRun;
  readonly own: BusRun | undefined;
}

export async function compare(one: Case, { runs, bootlace: program, note }: Context): Promise<Compared> {
  note("the control");
  const controlled = await repeat(runs, () => control(one));
  note("stm32flash");
  const other = await repeat(runs, () => stm32flash(one));
  if (program) note("bootlace");
  const own = program && (await repeat(runs, () => bootlace(one, program)));
  const floor = floorMs(session(one), one.speedHz);
  return { floor, otherFloor: stm32flashFramesMs(one), control: controlled, other, own };
}

/** Where the time of a run went: the process before and after the bus, the wire, the wire waiting for host or chip. */
function figuresOf(name: string, run: BusRun | undefined): [string, number][] {
  if (!run) return [];
  const { measured, totals, beforeMs, afterMs, erasedPages } = run;
  const all = {
    Ms: measured.wallMs,
    CpuMs: measured.cpuMs,
    BeforeMs: beforeMs,
    AfterMs: afterMs,
    WireMs: totals.wireMs,
    StretchMs: totals.stretchMs,
    IdleMs: totals.idleMs,
    Frames: totals.frames,
    ErasedPages: erasedPages,
  };
  return Object.entries(all).map(([key, value]) => [name + key, value]);
}

const figures = ({ floor, otherFloor, control, other, own }: Compared): Record<string, number> =>
  Object.fromEntries([
    ["floorMs", floor],
    ["stm32flashFloorMs", otherFloor],
    ...figuresOf("control", control),
    ...figuresOf("stm32flash", other),
    ...figuresOf("bootlace", own),
  ]);

const wall = (run: BusRun): number => run.measured.wallMs;

function sentence({ floor, control, other, own }: Compared): string {
  const peers = `stm32flash ${seconds(wall(other))}, control ${seconds(wall(control))} (${times(wall(control) / floor)} of the floor), floor ${seconds(floor)}`;
  if (!own) return peers;
  return `**${seconds(wall(own))}**, ${times(wall(own) / floor)} of the floor, ${times(wall(other) / wall(own))} times faster; ${peers}`;
}

export function result(row: string, what: string, compared: Compared, asked: Asked | undefined): Result {
  const { own, other, floor } = compared;
  const disturbed = disturbance([
    { name: "the control", tookMs: wall(compared.control), framesMs: floor },
    { name: "stm32flash", tookMs: wall(other), framesMs: compared.otherFloor },
  ]);
  if (disturbed) return refused(row, what, disturbed);
  const { floor: ofFloor = Infinity, faster = 0 } = asked ?? {};
  const reached =
    asked && own ? wall(own) / floor <= ofFloor && wall(other) / wall(own) >= faster : undefined;
  const limits = asked?.floor === undefined ? [] : [`at most ${asked.floor} of the floor`];
  const toReach = asked ? [...limits, `at least ${asked.faster} times faster`].join(", ") : "";
  return { row, what, measured: sentence(compared), toReach, reached, figures: figures(compared) };
}

const kHz = (speedHz: number): string => (speedHz >= 1e6 ? `${speedHz / 1e6} MHz` : `${speedHz / 1e3} kHz`);

/** One row by itself, so that a refused one can be measured again. */
const fullWrite = (id: string, what: string, one: Case, asked?: Asked): Row => ({
  id,
  async run(context) {
    context.note(what);
    const runs = one.speedHz === 100_000 ? 1 : context.runs;
    return [result(id, what, await compare(one, { ...context, runs }), asked)];
  },
});

const allPagesAt = (speedHz: number): string =>
  `128 KiB, all pages differ, write and verify, I²C 1.2 at ${kHz(speedHz)}`;

export const fullWrites: readonly Row[] = [
  fullWrite("full-write-100khz", allPagesAt(100_000), { chip: G071, speedHz: 100_000, before: OLD }),
  fullWrite(
    "full-write",
    allPagesAt(400_000),
    { chip: G071, speedHz: 400_000, before: OLD },
    { floor: 1.02, faster: 1.82 },
  ),
  fullWrite("full-write-1mhz", allPagesAt(1_000_000), { chip: G071, speedHz: 1_000_000, before: OLD }),
  fullWrite(
    "full-write-g071",
    "the same at 400 kHz with the STM32G071's times (2.7 ms per 256 bytes, 22 ms per page)",
    { chip: { ...G071, times: G071_TIMES }, speedHz: 400_000, before: OLD },
  ),
];

export const onePage: Row = {
  id: "one-page",
  async run(context) {
    const what = "128 KiB with one page changed, at 400 kHz";
    context.note(what);
    const one = { chip: G071, speedHz: 400_000, before: ONE_PAGE };
    context.note("stm32flash");
    const other = await repeat(1, () => stm32flash(one));
    const stm32flashFloorMs = stm32flashFramesMs(one);
    const disturbed = disturbance([{ name: "stm32flash", tookMs: wall(other), framesMs: stm32flashFloorMs }]);
    if (disturbed) return [refused("one-page", what, disturbed)];
    const program = context.bootlace;
    if (!program) return [];
    context.note("bootlace");
    const own = await repeat(context.runs, () => bootlace(one, program));
    const ratio = other.measured.wallMs / own.measured.wallMs;
    return [
      {
        row: "one-page",
        what,
        measured: `**${seconds(own.measured.wallMs)}**, ${times(ratio)} times faster, ${own.totals.frames} frames, ${own.erasedPages} page erased; stm32flash ${seconds(other.measured.wallMs)}`,
        toReach: "at least 15 times faster than stm32flash -w -v",
        reached: ratio >= 15,
        figures: {
          stm32flashFloorMs,
          ...Object.fromEntries([...figuresOf("stm32flash", other), ...figuresOf("bootlace", own)]),
        },
      },
    ];
  },
};

export const unchanged: Row = {
  id: "unchanged",
  async run(context) {
    const what = "128 KiB with nothing changed, at 400 kHz";
    context.note(what);
    const program = context.bootlace;
    if (!program) return [];
    const one = { chip: G071, speedHz: 400_000, before: NEW };
    const own = await repeat(context.runs, () => bootlace(one, program));
    const checksumMs = (G071.times.checksumMsPerKiB * SIZE) / 1024;
    const { wallMs } = own.measured;
    return [
      {
        row: "unchanged",
        what,
        measured: `**${seconds(wallMs)}**, ${own.totals.frames} frames, ${own.erasedPages} pages erased; the chip's checksum takes ${seconds(checksumMs)}`,
        toReach: "under 0.3 s plus the chip's checksum time, 40 frames at most",
        reached: wallMs < 300 + checksumMs && own.totals.frames <= 40 && own.erasedPages === 0,
        figures: { checksumMs, ...Object.fromEntries(figuresOf("bootlace", own)) },
      },
    ];
  },
};
