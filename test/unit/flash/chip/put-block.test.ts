/** What becomes of a block whose Write Memory fails, on a simulated chip that counts what it programs. */
import { afterEach, describe, expect, it } from "vitest";
import { LimitedTransport } from "../../../../src/cli/stm32flash/limited-transport.js";
import { type AfterDoubt, putBlock } from "../../../../src/flash/chip/put-block.js";
import type { Session } from "../../../../src/flash/chip/session.js";
import { connect } from "../../../../src/flash/connect.js";
import { JobRun } from "../../../../src/flash/run/job-run.js";
import type { ChipFault } from "../../../../src/simulator/faults.js";
import { openSim } from "../../../../src/transport/sim/sim.js";
import { connectSim, noise, type SimTarget } from "../../../support/sim-target.js";

const FLASH = 0x0800_0800;
const RAM = 0x2000_4000;
const BYTES = noise(256, 3);

/** Statuses of a Write Memory: of its opcode, its address, its data. */
const REFUSED_ADDRESS = { kind: "refused", status: 1 } as const;
const LOST_LAST = { kind: "status replaced", status: 2, byte: 0x00 } as const;
const NOT_DONE = { kind: "not done", operation: 0 } as const;

let sim: SimTarget;
afterEach(async () => {
  await sim.target.close();
});

async function put(address: number, doubt: AfterDoubt, faults: readonly ChipFault[], before?: Uint8Array) {
  sim = await connectSim("sim:stm32g071");
  if (before) sim.chip.poke(address, before);
  const { session } = sim.target as SimTarget["target"] & { readonly session: Session };
  const run = new JobRun(session, {});
  for (const fault of faults) sim.chip.inject(fault);
  const operations = sim.chip.counters.operations;
  const failure: unknown = await putBlock(run, "write", { address, bytes: BYTES }, doubt).catch(
    (error: unknown) => error,
  );
  return { failure, run, programmed: sim.chip.counters.operations - operations };
}

describe("a block", () => {
  it.each<AfterDoubt>(["again", "look", "once"])(
    "is sent again when its address was refused, whatever it is written to (%s)",
    async (doubt) => {
      const { failure, run } = await put(doubt === "look" ? FLASH : RAM, doubt, [REFUSED_ADDRESS]);
      expect(failure).toBeUndefined();
      expect(run.retries).toBe(1);
      expect(sim.chip.peek(doubt === "look" ? FLASH : RAM, 256)).toEqual(BYTES);
    },
  );

  it("of RAM is sent again when its last status was lost", async () => {
    const { failure, run } = await put(RAM, "again", [LOST_LAST]);
    expect([failure, run.retries]).toEqual([undefined, 1]);
  });

  it("of flash is looked at then, and not sent again where it is stored", async () => {
    const { failure, run, programmed } = await put(FLASH, "look", [LOST_LAST]);
    expect([failure, run.retries, programmed]).toEqual([undefined, 1, 1]);
  });

  it("of flash is sent again where it is still blank", async () => {
    const { failure, programmed } = await put(FLASH, "look", [NOT_DONE, LOST_LAST]);
    expect([failure, programmed]).toEqual([undefined, 2]);
    expect(sim.chip.peek(FLASH, 256)).toEqual(BYTES);
  });

  it("of flash is not sent over something else", async () => {
    const { failure, programmed } = await put(FLASH, "look", [LOST_LAST], noise(256, 9));
    expect(failure).toMatchObject({
      code: "VERIFY_FAILED",
      message: expect.stringMatching(/^0x08000800 /) as string,
    });
    expect(programmed).toBe(1);
  });

  it("of option bytes is never sent twice once it may have been taken", async () => {
    const { failure, run } = await put(RAM, "once", [LOST_LAST]);
    expect(failure).toMatchObject({
      code: "DESYNCHRONISED",
      context: { command: "Write Memory", stage: "data" },
    });
    expect(run.retries).toBe(0);
  });

  it("goes out in shorter commands where the adapter takes only shorter ones", async () => {
    const transport = await openSim("sim:stm32l072");
    const target = await connect(new LimitedTransport(transport, { rx: 34, tx: 34 }));
    sim = { target, transport, chip: transport.chip };
    const { session } = target as SimTarget["target"] & { readonly session: Session };
    const bytes = BYTES.subarray(0, 64);
    await putBlock(new JobRun(session, {}), "write", { address: 0x0808_0000, bytes }, "again");
    expect(sim.chip.peek(0x0808_0000, 64)).toEqual(bytes);
  });
});
