/** Comparing without a test library: the suite runs wherever a transport does, also in a page. */

/** @throws Error with both values when they differ; bytes and plain data only */
export function expectSame(found: unknown, expected: unknown): void {
  const [is, shall] = [textOf(found), textOf(expected)];
  if (is !== shall) throw new Error(`expected ${shall}, got ${is}`);
}

/** @throws Error when it is not so. @param what the sentence that should be true */
export function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected that ${what}`);
}

/** @throws Error when the promise resolves, or rejects with something else */
export async function expectReason(promise: Promise<unknown>, reason: Error): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expectThat(error === reason, `it rejects with the signal's reason, not ${String(error)}`);
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Uint8Array) return `bytes ${[...part].join(" ")}`;
    return part === undefined ? "undefined" : part;
  });
