/** Several buses in one process: they share nothing, so eight should take as long as one. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFakeI2c } from "../../test/fake-i2c-dev/server.js";
import { chipMaker, firmware, G071 } from "../bus-run.js";
import { measure, type Measured, median } from "../measure.js";
import { type Row, seconds, times } from "../row.js";

const BUSES = 8;
const OLD = firmware(G071.flashSize, 1);
const NEW = firmware(G071.flashSize, 2);

async function writeAll(program: readonly string[], count: number): Promise<Measured> {
  const maker = await chipMaker(G071);
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const device = await startFakeI2c(
    ...numbers.map((number) => ({ number, chips: [maker], speedHz: 400_000 })),
  );
  const folder = mkdtempSync(join(tmpdir(), "bootlace-bench-"));
  try {
    for (const bus of device.buses) bus.chips[0]!.poke(0x0800_0000, OLD);
    const file = join(folder, "firmware.bin");
    writeFileSync(file, NEW);
    const ports = numbers.flatMap((number) => ["--port", `/dev/i2c-${number}`]);
    const address = `0x${maker.facts.i2c!.address.toString(16)}`;
    const measured = await measure([...program, "write", file, ...ports, "--address", address], device.env);
    const wrong = device.buses.filter(
      (bus) => !Buffer.from(bus.chips[0]!.peek(0x0800_0000, NEW.length)).equals(NEW),
    );
    if (wrong.length > 0) throw new Error(`${wrong.length} of ${count} chips do not hold the image`);
    return measured;
  } finally {
    await device.close();
    rmSync(folder, { recursive: true });
  }
}

export const buses: Row = {
  id: "buses",
  async run({ bootlace, runs, note }) {
    if (!bootlace) return [];
    const wallOf = async (count: number): Promise<number> => {
      const all: number[] = [];
      for (let i = 0; i < runs; i++) all.push((await writeAll(bootlace, count)).wallMs);
      return median(all);
    };
    note("one bus");
    const one = await wallOf(1);
    note(`${BUSES} buses at once`);
    const many = await wallOf(BUSES);
    return [
      {
        row: "buses",
        what: `${BUSES} buses at once, 128 KiB each at 400 kHz`,
        measured: `**${times(many / one)} times one**: ${seconds(many)} against ${seconds(one)}`,
        toReach: "at most 1.15 times one",
        reached: many / one <= 1.15,
        figures: { oneMs: one, manyMs: many, buses: BUSES },
      },
    ];
  },
};
