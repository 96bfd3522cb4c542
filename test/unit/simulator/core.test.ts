import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameBytes } from "../../../src/bytes.js";
import { stm32Crc } from "../../../src/protocol/crc.js";
import { CRC_MAP_TABLES, crcMapOf, crcMapProgram, type CrcMapJob } from "../../../src/protocol/crc-map.js";
import { RAM_PROGRAM_KINDS, ramProgram } from "../../../src/protocol/ram-programs.js";
import { Core } from "../../../src/simulator/core.js";

const LOAD = 0x2000_1000;
const FLASH = 0x0800_0000;
const flash = Uint8Array.from({ length: 4096 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 9) & 0xff);

/** Flash, 16 KiB of RAM, peripherals that read as 0; nothing else. */
function machine() {
  const ram = new Uint8Array(16384).fill(0xa5);
  const views = { flash: new DataView(flash.buffer), ram: new DataView(ram.buffer) };
  const stored: number[] = [];
  return {
    ram,
    stored,
    bus: {
      load: (address: number) => {
        if (address >= LOAD && address < LOAD + ram.length) return views.ram.getUint32(address - LOAD, true);
        if (address >= FLASH && address < FLASH + flash.length)
          return views.flash.getUint32(address - FLASH, true);
        return address >>> 28 === 4 || address >>> 28 === 5 ? 0 : undefined;
      },
      store: (address: number, word: number) => {
        stored.push(address);
        if (address >= LOAD && address < LOAD + ram.length)
          views.ram.setUint32(address - LOAD, word >>> 0, true);
        return address >= LOAD;
      },
    },
  };
}

function runMap(job: CrcMapJob, hasVtor = true) {
  const { ram, bus } = machine();
  const program = crcMapProgram(job);
  ram.set(program.bytes, job.loadAddress - LOAD);
  const core = new Core(bus, hasVtor);
  const end = core.run(job.loadAddress, 1_000_000);
  const at = program.results.address - LOAD;
  return { end, cycles: core.cycles, map: crcMapOf(program, ram.slice(at, at + program.results.length)) };
}

describe("a program in the simulated chip's RAM", () => {
  it.each(RAM_PROGRAM_KINDS)("%s ends with a reset", (kind) => {
    const { ram, bus } = machine();
    const program = ramProgram(kind, LOAD);
    ram.set(program);
    expect(new Core(bus, false).run(LOAD, 10_000)).toBe("reset");
    expect(sameBytes(ram.slice(0, program.length), program)).toBe(true);
  });

  it("computes CRCs as the host does", () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...CRC_MAP_TABLES),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(0xffff_ffff),
        (table, words, count, seed) => {
          const bytes = words * 4;
          const { end, map } = runMap({
            loadAddress: LOAD,
            ranges: [{ start: FLASH, bytes, count }],
            seed,
            table,
          });
          expect(end).toBe("reset");
          expect([...map!]).toEqual(
            Array.from({ length: count }, (_, i) => stm32Crc(flash.subarray(i * bytes, (i + 1) * bytes))),
          );
        },
      ),
      { numRuns: 50 },
    ));

  it("takes the cycles that an emulator counts for it", () => {
    const cyclesOf = (bytes: number) =>
      runMap({ loadAddress: LOAD, ranges: [{ start: FLASH, bytes, count: 1 }], seed: 1, table: "nibble" })
        .cycles;
    expect((cyclesOf(4096) - cyclesOf(1024)) / 3072).toBeCloseTo(13.75, 1);
  });

  it("that faults goes to its own reset, with results that are not believed, where the core has a VTOR", () => {
    const ranges = [
      { start: FLASH, bytes: 64, count: 1 },
      { start: 0x0900_0000, bytes: 64, count: 1 },
    ];
    const job: CrcMapJob = { loadAddress: LOAD, ranges, seed: 1, table: "nibble" };
    expect(runMap(job)).toMatchObject({ end: "reset", map: undefined });
    expect(runMap(job, false)).toMatchObject({ end: "lockup", map: undefined });
  });

  it("that is none locks the core up or goes on; it never ends in a reset", () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 256 }), (junk) => {
        const { ram, bus } = machine();
        ram.set(junk);
        expect(["lockup", "running"]).toContain(new Core(bus, true).run(LOAD, 2000));
      }),
    ));
});
