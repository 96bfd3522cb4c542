/** Bytes that came in on a serial port and were not taken yet. Reads from the port only while somebody waits for bytes. */
import { monotonicMs } from "../../monotonic.js";

/** How often a wait looks whether the port is still there: an unplugged one may just be silent. */
const PRESENCE_MS = 250;
const GRACE_MS = 20;

export interface InputSource {
  /** Resolves with at least one byte. */
  read(): Promise<Uint8Array>;
  /** Rejects when the port has vanished. */
  checkPresence(): Promise<void>;
}

export class SerialInput {
  readonly #source: InputSource;
  #bytes: Uint8Array = new Uint8Array(0);
  /** A read that was begun and has not ended; it outlives the wait that began it. */
  #reading: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(source: InputSource) {
    this.#source = source;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /**
   * Waits until `count` bytes are there.
   * @param deadlineMs a moment of monotonicMs()
   * @returns false when they were not there in time; what came stays
   * @throws what the source rejects with when the port fails or vanishes
   */
  async waitFor(count: number, deadlineMs: number): Promise<boolean> {
    while (this.#bytes.length < count) {
      this.#throwFailure();
      const leftMs = deadlineMs - monotonicMs();
      if (leftMs <= 0) return this.#lateLook(count);
      await this.#moreOr(Math.min(leftMs, PRESENCE_MS));
    }
    return true;
  }

  /** Takes the first `count` bytes, which must be there. */
  take(count: number): Uint8Array {
    const taken = this.#bytes.slice(0, count);
    this.#bytes = this.#bytes.slice(count);
    return taken;
  }

  clear(): void {
    this.#bytes = new Uint8Array(0);
  }

  /** The last byte that came and was not taken. */
  get newest(): number | undefined {
    return this.#bytes.at(-1);
  }

  /** Until more bytes came, `ms` are over, or the port failed. */
  async #moreOr(ms: number): Promise<void> {
    this.#reading ??= this.#readOnce();
    let timer: NodeJS.Timeout | undefined;
    const time = new Promise<"time">((resolve) => (timer = setTimeout(resolve, ms, "time")));
    const what = await Promise.race([this.#reading, time]);
    clearTimeout(timer);
    if (what === "time") await this.#checkPresence();
  }

  async #readOnce(): Promise<void> {
    try {
      const more = await this.#source.read();
      this.#bytes = this.#bytes.length === 0 ? more : Buffer.concat([this.#bytes, more]);
    } catch (error) {
      await this.#checkPresence(); // a vanished port gives EBADF to a poll, but the real errno to an ioctl
      this.#failure ??= asError(error);
    } finally {
      this.#reading = undefined;
    }
  }

  /** After a busy event loop the deadline may be over although the bytes wait in the system: they get this long to arrive here. */
  async #lateLook(count: number): Promise<boolean> {
    await this.#moreOr(GRACE_MS);
    this.#throwFailure();
    return this.#bytes.length >= count;
  }

  async #checkPresence(): Promise<void> {
    try {
      await this.#source.checkPresence();
    } catch (error) {
      this.#failure = asError(error);
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
