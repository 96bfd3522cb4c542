import { describe, expect, it } from "vitest";
import { ProgramWait } from "../../../../src/flash/write/program-wait.js";

/** A chip that programs a block in `programMs`, on a bus where a question takes `statusMs`: all in computed time. */
function programmed(blocks: number, programMs: number, statusMs: number) {
  const wait = new ProgramWait();
  const total = { busy: 0, lateMs: 0, lists: 0 };
  for (let done = 0; done < blocks; total.lists++) {
    const list = Math.min(wait.listOf(16), blocks - done);
    const { firstWaitMs = 0, intervalMs = 1 } = wait.options;
    let busy = 0;
    for (let i = 0; i < list; i++) {
      let askedMs = firstWaitMs;
      for (; askedMs < programMs; askedMs += statusMs + intervalMs) busy++;
      total.lateMs += askedMs - programMs;
    }
    wait.learn(busy / list);
    total.busy += busy;
    done += list;
  }
  return { ...total, wait };
}

describe("the wait for a block to be programmed", () => {
  const cases = [
    { programMs: 1, statusMs: 0.05 },
    { programMs: 1, statusMs: 0.2 },
    { programMs: 2.7, statusMs: 0.05 },
    { programMs: 0.3, statusMs: 0.02 },
    { programMs: 26, statusMs: 0.2 },
  ];
  for (const { programMs, statusMs } of cases)
    it(`settles at ${programMs} ms when a question takes ${statusMs} ms`, () => {
      const searched = programmed(200, programMs, statusMs);
      const all = programmed(712, programMs, statusMs);
      expect(all.busy - searched.busy).toBeLessThan(512 / 5);
      expect(all.lateMs - searched.lateMs).toBeLessThan(512 * (0.01 * programMs + 0.02));
    });

  it("asks at once where the chip never answers BUSY", () => {
    const { wait, busy, lateMs } = programmed(512, 0, 0.05);
    expect({ busy, lateMs, options: wait.options }).toEqual({
      busy: 0,
      lateMs: 0,
      options: { intervalMs: 0.15 },
    });
  });

  it("searches with short lists, then leaves them as long as they are", () => {
    const wait = new ProgramWait();
    expect([wait.listOf(16), wait.listOf(2), wait.isFound]).toEqual([4, 2, false]);
    const { wait: found } = programmed(200, 1, 0.05);
    expect([found.listOf(16), found.isFound]).toEqual([16, true]);
  });

  it("follows a chip that becomes slower, and one that becomes faster", () => {
    const { wait } = programmed(200, 1, 0.05);
    const before = wait.options.firstWaitMs!;
    for (let i = 0; i < 20; i++) wait.learn(1);
    const slower = wait.options.firstWaitMs!;
    for (let i = 0; i < 500; i++) wait.learn(0);
    expect(slower).toBeGreaterThan(before * 1.05);
    expect(wait.options.firstWaitMs).toBeLessThan(before);
  });

  it("starts its search again when BUSY comes several times", () => {
    const { wait } = programmed(200, 1, 0.05);
    wait.learn(3);
    expect(wait.isFound).toBe(false);
    expect(wait.options.firstWaitMs).toBeGreaterThan(1.3);
  });
});
