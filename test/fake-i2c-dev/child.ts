/**
 * The server as a process of its own, for shells and for tests that block. scripts/run-ts.mjs starts it.
 *
 * Standard input: one line of JSON with the set-up, then commands, one a line. Standard output: one answer a line.
 * The process ends with its input. README.md lists the commands.
 */
import { createInterface } from "node:readline";
import type { Bus, BusOptions, ErrnoName } from "./bus.js";
import type { Clock, SimulatedChip } from "../../src/simulator/chip.js";
import { chipOf } from "./chips.js";
import { scriptedChip } from "./scripted-chip.js";
import { type FakeI2c, startFakeI2c } from "./server.js";

interface SetUp {
  /** As BusOptions, but chips are { productId: 0x460, ...options of chipOf } or { scripted: 0x56 }. */
  readonly buses: readonly (Omit<BusOptions, "chips"> & { readonly chips: readonly ChipSetUp[] })[];
}
type ChipSetUp =
  { readonly scripted: number } | ({ readonly productId: number } & Parameters<typeof chipOf>[1]);

/** `bus` is an index, default 0. */
type Command = { readonly bus?: number; readonly chip?: number } & (
  | { readonly do: "fault"; readonly frame: number; readonly errno: ErrnoName; readonly seen?: boolean }
  | { readonly do: "set"; readonly changes: Parameters<Bus["set"]>[0] }
  | { readonly do: "boot0"; readonly level: boolean }
  | { readonly do: "nrst"; readonly level: boolean }
  | { readonly do: "power"; readonly level: boolean }
  | { readonly do: "peek"; readonly address: number; readonly length: number }
  | { readonly do: "state" }
  | { readonly do: "reset-totals" }
);

async function makerOf(setUp: ChipSetUp): Promise<(clock: Clock) => SimulatedChip> {
  return "scripted" in setUp
    ? scriptedChip({ address: setUp.scripted }).make
    : chipOf(setUp.productId, setUp);
}

async function start({ buses }: SetUp): Promise<FakeI2c> {
  const options = buses.map(async (bus) => ({ ...bus, chips: await Promise.all(bus.chips.map(makerOf)) }));
  return startFakeI2c(...(await Promise.all(options)));
}

function obey(device: FakeI2c, command: Command): unknown {
  const bus = device.buses[command.bus ?? 0]!;
  const chip = bus.chips[command.chip ?? 0]!;
  switch (command.do) {
    case "fault":
      bus.faults.set(command.frame, { errno: command.errno, seen: command.seen ?? false });
      break;
    case "set":
      bus.set(command.changes);
      break;
    case "boot0":
      chip.setBoot0(command.level);
      break;
    case "nrst":
      chip.setNrst(command.level);
      break;
    case "power":
      chip.setPower(command.level);
      break;
    case "peek":
      return Buffer.from(chip.peek(command.address, command.length)).toString("hex");
    case "reset-totals":
      bus.resetTotals();
      bus.resetFrameNumber();
      break;
    case "state":
      break;
  }
  return state(bus);
}

function state(bus: Bus): unknown {
  const chips = bus.chips.map(({ name, state, counters, violations }) => ({
    name,
    state,
    counters,
    violations,
  }));
  return { frame: bus.frameNumber, totals: bus.totals, chips };
}

async function main(): Promise<void> {
  const say = (answer: unknown) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  let device: FakeI2c | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      if (device) say({ ok: true, value: obey(device, JSON.parse(line) as Command) });
      else {
        device = await start(JSON.parse(line) as SetUp);
        say({ ok: true, env: device.env, path: device.path });
      }
    } catch (error) {
      say({ ok: false, error: (error as Error).message });
    }
  }
  await device?.close();
}

await main();
