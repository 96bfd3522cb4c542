/** A clock that is never set. */

/** Node's, where there is one: there `performance` takes a millisecond to load when first used. */
const { process } = globalThis as { readonly process?: Partial<Pick<NodeJS.Process, "hrtime">> };
const hrtime = process?.hrtime;

/** Milliseconds; their zero means nothing. */
export function monotonicMs(): number {
  if (!hrtime) return performance.now();
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
