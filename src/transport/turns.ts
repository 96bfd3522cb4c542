/** A queue for something that one caller uses at a time: first come, first served. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /**
   * Runs `work` when everything before it has ended, however it ended.
   * @throws the signal's reason when it is aborted while waiting; then `work` is not run
   */
  async take<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last;
    let end = (): void => undefined;
    this.#last = new Promise((resolve) => (end = resolve));
    try {
      await abortable(before, signal);
      return await work();
    } finally {
      // Who gives up waiting leaves a gap that closes when its turn would have come, not earlier.
      void before.then(end);
    }
  }
}

const abortable = async (wait: Promise<void>, signal: AbortSignal | undefined): Promise<void> => {
  if (signal === undefined) return wait;
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<void>((resolve) => (onAbort = resolve));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([wait, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  signal.throwIfAborted();
};
