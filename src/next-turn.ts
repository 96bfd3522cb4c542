/** Calls `work` when the events that wait have had their turn. Browsers have no setImmediate. */
export function onNextTurn(work: () => void): void {
  const { setImmediate } = globalThis as { readonly setImmediate?: (work: () => void) => unknown };
  if (setImmediate) setImmediate(work);
  else setTimeout(work, 0);
}
