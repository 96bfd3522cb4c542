/** Questions that change nothing in the chip may be asked again: after a failure of the way to it, and when an answer has no checksum. */
import { BootlaceError } from "../errors.js";
import type { Transport } from "../transport/transport.js";
import { resynchronise } from "./resync.js";

const MOST_ATTEMPTS = 4;

/** @throws BootlaceError what the last of several attempts threw, or that the chip does not come back */
export async function withRetries<T>(transport: Transport, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof BootlaceError) || attempt === MOST_ATTEMPTS) throw error;
      if (isAnswer(error)) throw error;
      await resynchronise(transport);
    }
  }
}

/** What would come again: a refused address, or a refused Read Memory. Who draws conclusions from it asks a second time himself. */
const isAnswer = ({ code, context }: BootlaceError): boolean =>
  code === "ADAPTER_LIMIT" || code === "PROTECTED" || (code === "REFUSED" && context.stage === "address");

/**
 * Asks until two answers in a row are the same: a bit that flipped on the way shows.
 * @throws BootlaceError BUS_FAILED naming `what` when they differ each time
 */
export async function untilTwiceTheSame<T>(
  what: string,
  ask: () => Promise<T>,
  same: (a: T, b: T) => boolean,
): Promise<T> {
  let last = await ask();
  for (let attempt = 1; attempt < MOST_ATTEMPTS; attempt++) {
    const again = await ask();
    if (same(again, last)) return again;
    last = again;
  }
  throw new BootlaceError("BUS_FAILED", `${what} gives another answer each time it is asked`, {
    command: what,
  });
}
