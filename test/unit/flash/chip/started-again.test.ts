/** A job that failed gives the chip back to its program by the reset lines, as long as the flash is as it was. */
import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../../../src/errors.js";
import { ChipTarget } from "../../../../src/flash/chip-target.js";
import { identifyChip } from "../../../../src/flash/chip/identify.js";
import { startedAgain } from "../../../../src/flash/chip/started-again.js";
import type { FlashEvent, Phase } from "../../../../src/flash/events.js";
import { connectBootloader } from "../../../../src/protocol/connect.js";
import { openSim } from "../../../../src/transport/sim/sim.js";
import { firmware } from "../../../support/sim-target.js";

const STARTED = "the flash was not changed; the reset lines were moved to start the program that it holds";

/** A write that is stopped when `phase` begins. */
async function stoppedAt(phase: Phase, startOnFailure: boolean) {
  const transport = await openSim("stm32g071", {});
  transport.chip.poke(0x0800_0000, Uint8Array.of(0x00, 0x20, 0x00, 0x20, 0x09, 0x00, 0x00, 0x08));
  const session = await identifyChip(transport, await connectBootloader(transport), {});
  let restarts = 0;
  const restart = (): Promise<void> => {
    restarts++;
    return Promise.resolve();
  };
  const target = new ChipTarget({ ...session, restart }, async () => undefined);
  const stop = new AbortController();
  const onEvent = (event: FlashEvent): void => {
    if (event.type === "start" && event.phase === phase)
      stop.abort(new BootlaceError("TERMINATED", "stopped"));
  };
  const error: unknown = await target
    .write(firmware(0x0800_0000, 8192), { onEvent, signal: stop.signal, startOnFailure })
    .catch((thrown: unknown) => thrown);
  return { restarts, error };
}

describe("a write that is to start the program also when it fails", () => {
  it("does so while nothing was changed, and says it", async () => {
    const { restarts, error } = await stoppedAt("compare", true);
    expect(restarts).toBe(1);
    expect(error).toMatchObject({ code: "TERMINATED", context: { chipState: STARTED, startedAgain: true } });
  });

  it("leaves a chip in its bootloader whose flash was changed", async () => {
    const { restarts, error } = await stoppedAt("write", true);
    expect(restarts).toBe(0);
    expect(error).toMatchObject({ code: "TERMINATED" });
    expect((error as BootlaceError).context.startedAgain).toBeUndefined();
    expect((error as BootlaceError).context.chipState).toContain("the chip is still in its bootloader");
  });

  it("does not where nobody asked for it", async () => {
    expect((await stoppedAt("compare", false)).restarts).toBe(0);
  });
});

describe("lines that cannot be moved", () => {
  it("do not hide the first failure, and nothing is said to run", async () => {
    const first = new BootlaceError("BUS_FAILED", "no ACK", {
      chipState: "the chip is still in its bootloader",
    });
    const error = await startedAgain(first, () => Promise.reject(new Error("the line is gone")));
    expect(error).toMatchObject({
      code: "BUS_FAILED",
      message: "no ACK",
      context: { chipState: "the flash was not changed; whether its program runs is not known" },
    });
    expect((error as BootlaceError).context.startedAgain).toBeUndefined();
  });
});
