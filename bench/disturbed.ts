/**
 * Which runs were disturbed. The control and stm32flash send frames that are known beforehand: where one of them takes longer than
 * these need on the wire and in the chip, the machine was busy, and what is compared with it would look too good or too bad.
 */
import { seconds, times } from "./row.js";

/** stm32flash, undisturbed, takes 1.01 of its frames at 400 kHz and the control 1.02 of its own at 1 MHz. */
export const MOST_OF_OWN_FRAMES = 1.03;

export interface KnownRun {
  readonly name: string;
  readonly tookMs: number;
  /** What its own frames take, computed. */
  readonly framesMs: number;
}

/** @returns why a row with these runs is refused; undefined: it is not */
export function disturbance(runs: readonly KnownRun[]): string | undefined {
  const late = runs.filter(({ tookMs, framesMs }) => !(tookMs / framesMs <= MOST_OF_OWN_FRAMES));
  if (late.length === 0) return undefined;
  const each = late.map(
    ({ name, tookMs, framesMs }) =>
      `${name} took ${seconds(tookMs)}, ${times(tookMs / framesMs)} of the ${seconds(framesMs)} that its own frames take`,
  );
  return `${each.join("; ")}; ${MOST_OF_OWN_FRAMES} at most: the machine was busy, measure again`;
}
