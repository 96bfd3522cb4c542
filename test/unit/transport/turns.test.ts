import { describe, expect, it } from "vitest";
import { Turns } from "../../../src/transport/turns.js";

/** Work that ends when told. */
const held = (): { readonly work: () => Promise<void>; readonly end: () => void } => {
  let end = (): void => undefined;
  const promise = new Promise<void>((resolve) => (end = resolve));
  return { work: () => promise, end };
};
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("turns", () => {
  it("come in the order asked for, one at a time", async () => {
    const turns = new Turns();
    const log: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      log.push(`${name} begins`);
      await settle();
      log.push(`${name} ends`);
    };
    await Promise.all(["a", "b", "c"].map((name) => turns.take(work(name))));
    expect(log).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  it("go on after one that failed, which alone is told", async () => {
    const turns = new Turns();
    const failing = turns.take(() => Promise.reject(new Error("first")));
    const next = turns.take(() => Promise.resolve("second"));
    await expect(failing).rejects.toThrow("first");
    expect(await next).toBe("second");
  });

  it("are given up at once by who is aborted while waiting, and nobody overtakes", async () => {
    const turns = new Turns();
    const first = held();
    const abort = new AbortController();
    let ran = 0;
    const running = turns.take(first.work);
    const waiting = turns.take(async () => ++ran, abort.signal);
    const last = turns.take(async () => ++ran);
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await settle();
    expect(ran).toBe(0); // the first still has its turn
    first.end();
    await Promise.all([running, last]);
    expect(ran).toBe(1);
  });

  it("are not taken with a signal that is aborted already", async () => {
    const turns = new Turns();
    const signal = AbortSignal.abort(new Error("before"));
    await expect(turns.take(() => Promise.resolve("done"), signal)).rejects.toThrow("before");
    expect(await turns.take(() => Promise.resolve("next"))).toBe("next");
  });

  it("leave no listener on the signal", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...args: Parameters<typeof add>): void => {
      ++listeners;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>): void => {
      --listeners;
      remove(...args);
    };
    const turns = new Turns();
    await Promise.all([1, 2, 3].map(() => turns.take(settle, signal)));
    expect(listeners).toBe(0);
  });
});
