/** A clock that is never set. */

const { process } = globalThis as { readonly process?: Partial<Pick<NodeJS.Process, "hrtime">> };

/** Milliseconds; their zero means nothing. Node's own clock, where it is: `performance` takes a millisecond to load when first used. */
export function monotonicMs(): number {
  if (!process?.hrtime) return performance.now();
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
