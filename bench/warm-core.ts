/**
 * The simulated core runs a chip's program in this process: three times slower until V8 has compiled it, and then later than the program
 * that is measured asks for the results.
 */
import { crcMapProgram } from "../src/protocol/crc-map.js";
import { VirtualClock } from "../src/simulator/clock.js";
import { Mcu } from "../src/simulator/mcu.js";
import { runInRam } from "../src/simulator/run-program.js";
import { chipOf } from "../test/fake-i2c-dev/chips.js";

const RUNS = 4;

let isWarm = false;

export async function warmCore(): Promise<void> {
  if (isWarm) return;
  isWarm = true;
  const { facts } = await chipOf(0x460);
  const { memory } = new Mcu({ facts }, new VirtualClock());
  const loadAddress = facts.ram.areas[0]!.start + 0x3000;
  const ranges = [{ start: facts.flash.base, bytes: 2048, count: 32 }];
  memory.poke(loadAddress, crcMapProgram({ loadAddress, ranges, seed: 1, table: "byte" }).bytes);
  for (let i = 0; i < RUNS; i++) runInRam(memory, loadAddress, { core: facts.core, faultsFrom: undefined });
}
