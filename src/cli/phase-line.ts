/** The line of a phase: what, a bar, how much, how fast, how long. */
import type { PhaseState } from "./phase-tracker.js";
import type { Style } from "./style.js";
import { bytesText, plural, rateText, timeText } from "./text.js";

export const LABEL_WIDTH = 10;
const LONGEST_BAR = 30;
const SHORTEST_BAR = 5;

export const label = (text: string): string =>
  `${text[0]!.toUpperCase()}${text.slice(1)}`.padEnd(LABEL_WIDTH);

/** Some terminals wrap a line that is full, and Ctrl-C adds "^C" to it. */
const MARGIN = 3;

/** One line, shorter than the terminal is wide, colours not counted. */
export function phaseLine(state: PhaseState, style: Style, prefix = ""): string {
  const width = style.columns - MARGIN;
  const head = `${prefix}${label(state.phase)}`;
  if (state.total === 0) return clip(`${head}${state.detail ?? timeText(state.elapsedMs)}`, width);
  const percent = `${percentOf(state)} %`.padStart(5);
  const { rateCell, tail } = cellsOf(state);
  const widths = WIDTHS[state.ended ? "ended" : "running"];
  const amountCell = amount(state).padStart(widths.amount);
  const time = (leftText(state) ?? timeText(state.elapsedMs)).padStart(widths.time);
  const figures = [
    [percent, amountCell, rateCell, time],
    [percent, amountCell, time],
    [percent, time.trim()],
  ].map((cells) => cells.join("  "));
  const room = (text: string): number => width - head.length - text.length - 2;
  const fitting = figures.find((text) => room(text) >= SHORTEST_BAR);
  if (fitting === undefined) return clip(`${head}${figures.at(-1)!}`, width);
  const barWidth = Math.min(LONGEST_BAR, Math.max(SHORTEST_BAR, room(fitting) - tail.length));
  const plain = fitting + (fitting === figures[0] ? tail : "");
  return `${style.bold(head)}${bar(state, barWidth, style)}  ${clip(plain, width - head.length - barWidth - 2)}`;
}

/** "1003 of 1024 KiB" and "1 min 59 s left": the figures of one line stand under those of the next. */
const WIDTHS = { running: { amount: 16, time: 10 }, ended: { amount: 10, time: 8 } } as const;
const RATE_WIDTH = 12;

/** A short detail stands where there is no rate; a longer one behind the line. */
function cellsOf(state: PhaseState): { readonly rateCell: string; readonly tail: string } {
  const { detail } = state;
  const text = rate(state);
  if (text === "" && detail !== undefined && detail.length <= RATE_WIDTH) {
    return { rateCell: detail.padStart(RATE_WIDTH), tail: "" };
  }
  return { rateCell: text.padStart(RATE_WIDTH), tail: detail === undefined ? "" : `  ${detail}` };
}

/** For logs: "write 40 %, 5.5 of 13.8 KiB, 1.2 s". */
export function plainLine(state: PhaseState, prefix = ""): string {
  const head = `${prefix}${label(state.phase)}`;
  if (state.total === 0) return `${head}${state.detail ?? timeText(state.elapsedMs)}`;
  const parts = [
    `${percentOf(state)} %`,
    amount(state),
    rate(state),
    timeText(state.elapsedMs),
    leftText(state),
    state.detail,
  ];
  return `${head}${parts.filter((part) => part !== undefined && part !== "").join(", ")}`;
}

/** Never 100 before the end: the last byte is not there until the phase says so. */
export function percentOf({ done, total, ended }: PhaseState): number {
  if (total === 0 || (ended && done >= total)) return 100;
  return Math.min(99, Math.floor((done * 100) / total));
}

/** While it runs: how much of it is done. */
function amount({ unit, done, total, ended }: PhaseState): string {
  if (unit === "pages") return ended ? plural(done, "page") : `${done} of ${plural(total, "page")}`;
  if (ended) return bytesText(done);
  const [amountDone, unitDone] = bytesText(Math.min(done, total)).split(" ");
  const whole = bytesText(total);
  return whole.endsWith(` ${unitDone!}`)
    ? `${amountDone!} of ${whole}`
    : `${amountDone!} ${unitDone!} of ${whole}`;
}

/** Before that a guess would jump about. */
const GUESS_AFTER_MS = 1000;
const GUESS_FROM_PERCENT = 3;

/** Time left at the rate so far; undefined while there is nothing to guess from. */
function leftText(state: PhaseState): string | undefined {
  const { done, total, elapsedMs, ended } = state;
  if (ended || elapsedMs < GUESS_AFTER_MS || percentOf(state) < GUESS_FROM_PERCENT || done >= total)
    return undefined;
  const seconds = Math.ceil((elapsedMs * (total - done)) / done / 1000);
  return `${seconds < 60 ? `${seconds} s` : timeText(seconds * 1000)} left`;
}

/** No rate in the first moments: it would be noise. */
function rate({ unit, done, elapsedMs }: PhaseState): string {
  return unit === "bytes" && done > 0 && elapsedMs >= 1 ? rateText(done, elapsedMs) : "";
}

function bar(state: PhaseState, width: number, style: Style): string {
  const filled = Math.floor((percentOf(state) * width) / 100);
  const paint = state.ended ? style.green : style.cyan;
  return paint(style.bar.full.repeat(filled)) + style.dim(style.bar.empty.repeat(width - filled));
}

export const clip = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}~`;
