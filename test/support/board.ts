/** A simulated chip on a board whose BOOT0 and NRST can be moved, met again and again as `connect` does. */
import { identifyChip } from "../../src/flash/chip/identify.js";
import { ChipTarget } from "../../src/flash/chip-target.js";
import type { WriteOptions } from "../../src/flash/job.js";
import { connectBootloader } from "../../src/protocol/connect.js";
import type { ChipOptions } from "../../src/simulator/options.js";
import { openSim } from "../../src/transport/sim/sim.js";
import { delay } from "../../src/transport/transport.js";

interface BoardOptions {
  /** Whether BOOT0 and NRST are ours. */
  readonly lines: boolean;
  /** How long the ROM takes to listen. */
  readonly startMs: number;
  readonly extra: Partial<ChipOptions>;
}

export async function boardWith(name: string, { lines, startMs, extra }: BoardOptions) {
  const transport = await openSim(name, extra);
  const { chip } = transport;
  const notes: string[] = [];
  const reset = async (): Promise<void> => {
    chip.setBoot0(true);
    chip.setNrst(false);
    chip.setNrst(true);
    await transport.exchange([delay(startMs)]);
  };
  const powerCycle = async (): Promise<void> => {
    chip.setPower(false);
    chip.setPower(true);
    await reset();
  };
  const connected = async (): Promise<ChipTarget> => {
    const session = await identifyChip(transport, await connectBootloader(transport), {});
    const reenter = async (): Promise<void> => {
      await reset();
      await connectBootloader(transport);
    };
    return new ChipTarget(lines ? { ...session, reenter } : session, async () => undefined);
  };
  const onEvent: WriteOptions["onEvent"] = (event) => {
    if (event.type === "note") notes.push(event.text);
  };
  return { chip, notes, onEvent, reset, powerCycle, connected };
}
