/** The bytes of AN4286's procedures that are below commands: what is sent to hear something, and how a status is acknowledged. */

/** Sent when data is read. Never 79 or 5A: the chip takes those for an acknowledgement and a start of frame. */
export const FILLER = 0x00;
/**
 * Sent when a status is asked for. AN4286 has 00 here too, but the chip takes polls for the frame that it waits for when ours was lost on the
 * way, and 00 00 00 is a count of one page, and page 0. Of these bytes no count and no list has a right checksum. Chips look at nothing but
 * the 79 then (Open Bootloader v6.1.3; a public host polls real parts so).
 */
export const POLL_FILLER = 0xa5;
/** Sent by the chip while it has nothing to say. */
export const BUSY = 0xa5;
export const ACK = 0x79;
export const NACK = 0x1f;

/** Least time between two bytes (AN4286 rev 15; AN2606 rev 70 prints 8). */
export const GAP_US = 15;

/**
 * What the first two bytes of a poll tell. The first one is a dummy, but where a quick chip refuses: an ACK there may be left over from the
 * command before (AN4286 rev 15; the refusal was seen with Open Bootloader v6.1.3).
 */
export const firstTold = (first: number, second: number): number => (first === NACK ? first : second);

export const isStatus = (byte: number): boolean => byte === ACK || byte === NACK;

/** As many replies in a row must tell otherwise before a host changes its mind: a byte that is lost once or twice must not shift all that is read. */
export const CONVINCING = 3;

/** Whether replies have a dummy byte in front. */
export class Dummy {
  /** As ROMs are said to do it. */
  isSent = true;
  #contrary = 0;

  /** What a reply told whose first byte is known; undefined: it was at neither place. */
  told(isSent: boolean | undefined): void {
    this.#contrary = isSent === undefined || isSent === this.isSent ? 0 : this.#contrary + 1;
    if (this.#contrary < CONVINCING) return;
    this.isSent = !this.isSent;
    this.#contrary = 0;
  }
}
