import { describe, expect, it } from "vitest";
import { ChecksumWait } from "../../../src/protocol/checksum-wait.js";

const KIB = 1024;

/** Asks a chip that needs `msPerKiB`, in computed time. @returns how often it was busy, and how late the last question was */
function ask(wait: ChecksumWait, lengthBytes: number, msPerKiB: number) {
  const options = wait.options(lengthBytes);
  const doneMs = (lengthBytes / KIB) * msPerKiB;
  let busy = 0;
  let askedMs = options.firstWaitMs;
  for (; askedMs < doneMs; askedMs += options.intervalMs) busy++;
  wait.learn(lengthBytes, options, busy);
  return { busy, lateMs: askedMs - doneMs };
}

describe("the wait for a checksum", () => {
  for (const msPerKiB of [0.05, 0.16, 0.5, 2])
    it(`is known after one long range at ${msPerKiB} ms a KiB`, () => {
      const wait = new ChecksumWait();
      ask(wait, 128 * KIB, msPerKiB);
      const { busy, lateMs } = ask(wait, 128 * KIB, msPerKiB);
      expect(busy).toBeLessThanOrEqual(20);
      expect(lateMs).toBeLessThanOrEqual(128 * msPerKiB * 0.1);
    });

  it("asks a chip that nobody knows a few times only", () => {
    // A write of 128 KiB that are there already shall be 40 frames at most: 33 are sent before and after.
    expect(ask(new ChecksumWait(), 128 * KIB, 0.16).busy).toBeLessThanOrEqual(6);
    expect(ask(new ChecksumWait(), 2 * KIB, 0.16).busy).toBeLessThanOrEqual(2);
  });

  it("takes nothing from a short range", () => {
    const wait = new ChecksumWait();
    ask(wait, 2 * KIB, 5);
    expect(wait.options(128 * KIB)).toEqual(new ChecksumWait().options(128 * KIB));
  });

  it("comes down again on a chip that is asked too late", () => {
    const wait = new ChecksumWait();
    ask(wait, 64 * KIB, 1);
    const before = wait.options(64 * KIB).firstWaitMs;
    for (let i = 0; i < 10; i++) ask(wait, 64 * KIB, 0.5);
    expect(wait.options(64 * KIB).firstWaitMs).toBeLessThan(before * 0.8);
  });
});
