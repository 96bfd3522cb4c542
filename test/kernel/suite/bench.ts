/** Set-ups that most cases need: an adapter for the length of a case, perhaps with a chip behind it. */
import assert from "node:assert/strict";
import { openSync, readdirSync, writeFileSync, closeSync } from "node:fs";
import type { SimulatedChip } from "../../../src/simulator/chip.js";
import { I2cBus } from "../../../src/transport/i2c/bus.js";
import { putBehind } from "../server/chip-behind.js";
import type { AdapterOptions, Answer, Transfer } from "../server/i2csim.js";
import { done, isRead, SimAdapter } from "../server/i2csim.js";
import { makeChip } from "./chips.js";
import type { ChipOptions } from "../../../src/simulator/options.js";

export const BUS = 7;
export const PATH = `/dev/i2c-${BUS}`;

/** Opens an adapter for the length of `work`. */
export async function withAdapter<T>(
  options: AdapterOptions,
  work: (adapter: SimAdapter) => Promise<T>,
): Promise<T> {
  const adapter = await SimAdapter.open({ bus: BUS, ...options });
  try {
    return await work(adapter);
  } finally {
    await adapter.close();
  }
}

export interface Bench {
  readonly adapter: SimAdapter;
  readonly chip: SimulatedChip;
}

interface SetUp {
  readonly adapter?: AdapterOptions;
  readonly chip?: Partial<ChipOptions>;
  /** Recovering from a failure in the middle of a command breaks the chip's order: there is no other way back. */
  readonly recovers?: boolean;
}

/** An adapter with one chip behind it; afterwards the chip must have nothing to complain of. */
export async function withChip<T>(options: SetUp, work: (bench: Bench) => Promise<T>): Promise<T> {
  const chip = await makeChip(options.chip);
  return withAdapter(options.adapter ?? {}, async (adapter) => {
    putBehind(adapter, [chip]);
    const result = await work({ adapter, chip });
    if (options.recovers !== true) assert.deepEqual(chip.violations, []);
    return result;
  });
}

/** The addon's bus object on an adapter whose transfers `answer` decides. */
export async function withBus<T>(
  options: AdapterOptions,
  answer: (transfer: Transfer) => Promise<Answer | undefined> | Answer | undefined,
  work: (bus: I2cBus, adapter: SimAdapter) => Promise<T>,
): Promise<T> {
  return withAdapter(options, async (adapter) => {
    adapter.onTransfer = answer;
    const bus = await I2cBus.open(adapter.path);
    try {
      return await work(bus, adapter);
    } finally {
      await bus.close();
    }
  });
}

/** Acknowledges everything and fills reads with 0x79. */
export const agreeable = (transfer: Transfer): Answer =>
  done(...transfer.messages.filter(isRead).map(({ length }) => new Uint8Array(length).fill(0x79)));

/** What `work` rejects with. */
export async function rejection(work: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  return assert.fail("it did not fail");
}

/** Binds i2c-core's own driver "dummy" to an address. */
export function bindDummy(bus: number, address: number): void {
  writeFileSync(`/sys/bus/i2c/devices/i2c-${bus}/new_device`, `dummy 0x${address.toString(16)}`);
}

/** Where a user without groups may read it. */
export const writeTemporary = (name: string, bytes: Uint8Array): string => {
  const path = `/run/${name}`;
  writeFileSync(path, bytes);
  return path;
};

/** Descriptors of this process that lead to the given path: for leaks. */
export const openDescriptors = (): number => {
  const probe = openSync("/dev/null", "r");
  closeSync(probe);
  return readdirSync("/proc/self/fd").length;
};
