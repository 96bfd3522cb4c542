/** Does `work` when what was begun before it has been handed to the bus: while the bus is busy, it costs no time. */
export const meanwhile = <T>(work: () => T): Promise<T> =>
  new Promise((resolve) => setImmediate(() => resolve(work())));
