import { onNextTurn } from "../../next-turn.js";

/** Does `work` when what was begun before it has been handed to the bus: while the bus is busy, it costs no time. */
export async function meanwhile<T>(work: () => T): Promise<T> {
  await new Promise<void>((resolve) => onNextTurn(resolve));
  return work();
}
