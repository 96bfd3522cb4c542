/** First come, first served: one job at a time, a failed one does not stop the next. */
export class ExchangeQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `job` when all jobs before it are settled. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#last.then(job);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
