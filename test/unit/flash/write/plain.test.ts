/** Writing without erasing, on a simulated chip that counts what is programmed over itself. */
import { afterEach, describe, expect, it } from "vitest";
import type { Session } from "../../../../src/flash/chip/session.js";
import type { ChipFault } from "../../../../src/simulator/faults.js";
import type { FlashEvent } from "../../../../src/flash/events.js";
import { JobRun } from "../../../../src/flash/run/job-run.js";
import { writePlain } from "../../../../src/flash/write/plain.js";
import { connectSim, firmware, type SimTarget } from "../../../support/sim-target.js";

const FLASH = 0x0800_0000;
const RAM = 0x2000_4000;
/** The third status of a Write Memory, after its data. */
const LAST_STATUS_WRONG = { kind: "status replaced", status: 2, byte: 0x00 } as const;

type WithSession = SimTarget["target"] & { readonly session: Session };

let sim: SimTarget;
afterEach(async () => {
  await sim.target.close();
});

async function write(start: number, isRam: boolean, fault: ChipFault) {
  sim = await connectSim("sim:stm32g071");
  const events: FlashEvent[] = [];
  const { session } = sim.target as WithSession;
  const run = new JobRun(session, { onEvent: (event) => events.push(event) });
  const image = firmware(start, 1024);
  sim.chip.inject(fault);
  const before = sim.chip.counters.operations;
  await run.conclude(() => writePlain(run, image, isRam));
  expect(sim.chip.peek(start, 1024)).toEqual(image.segments[0]!.bytes);
  expect(sim.chip.violations.filter(({ kind }) => kind !== "short get")).toEqual([]);
  return { run, events, programmed: sim.chip.counters.operations - before };
}

describe("a plain write", () => {
  it("does not send a block of flash again over itself when its last status arrives wrong", async () => {
    const { run, events, programmed } = await write(FLASH, false, LAST_STATUS_WRONG);
    expect(run.retries).toBe(1);
    expect(programmed).toBe(4); // blocks of 256 bytes
    expect(events.filter(({ type }) => type === "retry")).toMatchObject([
      { phase: "write", address: FLASH + 256, attempt: 1 },
    ]);
  });

  it("sends a block again whose address was not taken", async () => {
    const { run } = await write(FLASH, false, { kind: "refused", status: 1 });
    expect(run.retries).toBe(1);
  });

  it("writes RAM over itself, which does no harm", async () => {
    const { run } = await write(RAM, true, LAST_STATUS_WRONG);
    expect(run.retries).toBe(1);
  });

  it("says which byte is wrong where flash was not blank, and does not write it twice", async () => {
    sim = await connectSim("sim:stm32g071");
    const { target } = sim;
    await target.write(firmware(FLASH, 1024, 7), { check: "off" });
    const run = new JobRun((target as WithSession).session, {});
    const failed = run.conclude(() => writePlain(run, firmware(FLASH, 1024), false));
    await expect(failed).rejects.toMatchObject({
      code: "VERIFY_FAILED",
      message: expect.stringMatching(/^0x080003?[0-9A-F]+ holds 0x/) as string,
      context: { chipState: expect.stringContaining("the write was begun, and not all of it") as string },
    });
  });
});
