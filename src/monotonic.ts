/** Milliseconds on a clock that is never set; its zero means nothing. (`performance` takes a millisecond to load when first used.) */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
