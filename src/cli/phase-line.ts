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
  const figures = `${percent}  ${amount(state).padStart(10)}  ${rateCell}  ${timeText(state.elapsedMs).padStart(8)}`;
  const room = width - head.length - figures.length - 2;
  const barWidth = Math.min(LONGEST_BAR, Math.max(SHORTEST_BAR, room - tail.length));
  if (room < SHORTEST_BAR) return clip(`${head}${percent}  ${timeText(state.elapsedMs)}`, width);
  const plain = figures + tail;
  return `${style.bold(head)}${bar(state, barWidth, style)}  ${clip(plain, width - head.length - barWidth - 2)}`;
}

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
    state.detail,
  ];
  return `${head}${parts.filter((part) => part !== undefined && part !== "").join(", ")}`;
}

/** Never 100 before the end: the last byte is not there until the phase says so. */
export function percentOf({ done, total, ended }: PhaseState): number {
  if (total === 0 || (ended && done >= total)) return 100;
  return Math.min(99, Math.floor((done * 100) / total));
}

function amount({ unit, done, total, ended }: PhaseState): string {
  const count = ended ? done : total;
  return unit === "bytes" ? bytesText(count) : plural(count, "page");
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
