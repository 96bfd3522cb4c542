/** Simulated chips of the device table, as makers for `BusOptions.chips`. */
import { deviceByProductId } from "../../src/devices/load.js";
import type { Clock, SimulatedChip } from "../../src/simulator/chip.js";
import { createChip } from "../../src/simulator/create-chip.js";
import { factsOf, type FactsOptions } from "../../src/simulator/device-facts.js";
import type { ChipFacts } from "../../src/simulator/facts.js";
import type { ChipOptions } from "../../src/simulator/options.js";

export interface ChipMaker {
  (clock: Clock): SimulatedChip;
  readonly facts: ChipFacts;
}

/** @throws Error for a product ID that the table does not have */
export async function chipOf(
  productId: number,
  options: FactsOptions & Omit<ChipOptions, "facts" | "clock"> = {},
): Promise<ChipMaker> {
  const device = await deviceByProductId(productId);
  if (!device) throw new Error(`no row has product ID ${productId.toString(16)}`);
  const facts = factsOf(device, options);
  return Object.assign((clock: Clock) => createChip({ ...options, facts, clock }), { facts });
}
