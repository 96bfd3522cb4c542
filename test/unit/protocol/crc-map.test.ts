import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stm32Crc } from "../../../src/protocol/crc.js";
import {
  CRC_MAP_CYCLES,
  CRC_MAP_TABLES,
  crcMapOf,
  crcMapProgram,
  crcMapRoom,
  type CrcMapJob,
  type CrcMapProgram,
  type CrcMapTable,
} from "../../../src/protocol/crc-map.js";

const SOURCES = join(import.meta.dirname, "../../../ram-programs");
const RUNNER = join(import.meta.dirname, "../../support/run-crc-map.py");
const FLASH = 0x0800_0000;
const LOAD = 0x2000_1000;
/** Of the flash in an emulator, beside the erased end of it. */
const bytesOf = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, i) =>
    i > length * 0.8 ? 0xff : (Math.imul(i + seed, 2654435761) >>> 13) & 0xff,
  );
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

interface Ran {
  readonly reset: string | null;
  readonly vtor: number | null;
  readonly results: string;
  readonly faults: readonly string[];
  readonly cycles: { readonly m0: number; readonly m0p: number };
}

interface Trial {
  readonly core: string;
  readonly job: CrcMapJob;
  readonly flash: Uint8Array;
  readonly count?: boolean;
}

function emulate(trials: readonly Trial[]): { program: CrcMapProgram; ran: Ran }[] {
  const programs = trials.map(({ job }) => crcMapProgram(job));
  const input = trials.map(({ core, job, flash, count }, i) => ({
    core,
    load: job.loadAddress,
    program: hex(programs[i]!.bytes),
    flash: { base: FLASH, hex: hex(flash) },
    ram: { start: job.loadAddress, size: programs[i]!.end - job.loadAddress },
    results: programs[i]!.results,
    poison: 0xa5,
    count,
  }));
  const output = execFileSync("/usr/bin/python3", [RUNNER], {
    input: JSON.stringify(input),
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return (JSON.parse(output) as Ran[]).map((ran, i) => ({ program: programs[i]!, ran }));
}

const expectedCrcs = ({ job, flash }: Trial): number[] =>
  job.ranges.flatMap(({ start, bytes, count }) =>
    Array.from({ length: count }, (_, i) => {
      const from = start - FLASH + i * bytes;
      return stm32Crc(flash.subarray(from, from + bytes));
    }),
  );

const ranges = (flashBytes: number) =>
  fc.array(
    fc
      .record({
        start: fc.nat(flashBytes / 4 - 1),
        words: fc.integer({ min: 1, max: 300 }),
        count: fc.integer({ min: 1, max: 5 }),
      })
      .map(({ start, words, count }) => {
        const room = flashBytes / 4 - start;
        const fitting = Math.min(words, room);
        return {
          start: FLASH + start * 4,
          bytes: fitting * 4,
          count: Math.max(1, Math.min(count, Math.floor(room / fitting))),
        };
      }),
    { minLength: 1, maxLength: 8 },
  );

const jobs = (flashBytes: number) =>
  fc.record({
    loadAddress: fc.nat(8).map((n) => LOAD + n * 256),
    ranges: ranges(flashBytes),
    seed: fc.nat(0xffff_ffff),
    table: fc.constantFrom<CrcMapTable>(...CRC_MAP_TABLES),
  });

describe("a CRC map program", () => {
  const job: CrcMapJob = {
    loadAddress: LOAD,
    ranges: [{ start: FLASH, bytes: 2048, count: 64 }],
    seed: 0x1234_5678,
    table: "nibble",
  };

  test("of one run of pages is one Write Memory of 256 bytes", () =>
    expect(crcMapProgram(job).bytes).toHaveLength(256));

  test("leaves the room that it takes to nobody else", () => {
    const { results, end } = crcMapProgram(job);
    expect(results.address + results.length + 128).toBeLessThanOrEqual(end);
    expect(end - LOAD).toBe(crcMapRoom(job));
    expect(end % 8).toBe(0);
  });

  test.each([
    [{ loadAddress: LOAD + 128 }, "the program lies at a multiple of 256, not at 536875136"],
    [{ ranges: [] }, "a CRC map needs a range"],
    [
      { ranges: [{ start: FLASH, bytes: 6, count: 1 }] },
      "whole words and at least one range, not 1 of 6 bytes from 134217728",
    ],
    [{ seed: -1 }, "a seed has 32 bits, not -1"],
  ])("refuses %j", (wrong, words) => expect(() => crcMapProgram({ ...job, ...wrong })).toThrow(words));
});

describe("what the RAM holds afterwards", () => {
  /** As the program leaves it. */
  const resultsOf = (program: CrcMapProgram, crcs: readonly number[]): Uint8Array => {
    const held = new Uint8Array(program.results.length);
    const view = new DataView(held.buffer);
    crcs.forEach((crc, i) => view.setUint32(i * 4, crc, true));
    view.setUint32(crcs.length * 4, stm32Crc(held.subarray(0, crcs.length * 4), program.seed), true);
    return held;
  };
  const job = (seed: number): CrcMapJob => ({
    loadAddress: LOAD,
    ranges: [{ start: FLASH, bytes: 1024, count: 16 }],
    seed,
    table: "nibble",
  });
  const crcs = Array.from({ length: 16 }, (_, i) => Math.imul(i + 1, 0x9e37_79b1) >>> 0);

  test("is believed when its own CRC is that of this run", () => {
    const program = crcMapProgram(job(7));
    expect([...crcMapOf(program, resultsOf(program, crcs))!]).toEqual(crcs);
  });

  test("is not believed with any bit flipped", () => {
    const program = crcMapProgram(job(7));
    fc.assert(
      fc.property(fc.nat(program.results.length * 8 - 1), (bit) => {
        const held = resultsOf(program, crcs);
        held[bit >> 3]! ^= 1 << (bit & 7);
        expect(crcMapOf(program, held)).toBeUndefined();
      }),
    );
  });

  test("is not believed when it is from another run", () =>
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), (seed, other) => {
        fc.pre(seed !== other);
        const stale = resultsOf(crcMapProgram(job(other)), crcs);
        expect(crcMapOf(crcMapProgram(job(seed)), stale)).toBeUndefined();
      }),
    ));

  test("is not believed when it is of another length, blank, or all zero", () => {
    const program = crcMapProgram(job(7));
    const { length } = program.results;
    expect(crcMapOf(program, resultsOf(program, crcs).subarray(4))).toBeUndefined();
    expect(crcMapOf(program, new Uint8Array(length).fill(0xff))).toBeUndefined();
    expect(crcMapOf(program, new Uint8Array(length))).toBeUndefined();
  });
});

describe("assembled with arm-none-eabi-as", () => {
  test.each([
    ["nibble", "crc-map"],
    ["byte", "crc-map-byte"],
  ] as const)("the %s table's program is %s.s", (table, name) => {
    const folder = mkdtempSync(join(tmpdir(), "crc-map-"));
    const [object, binary] = [join(folder, "program.o"), join(folder, "program.bin")];
    execFileSync("arm-none-eabi-as", ["--fatal-warnings", "-o", object, `${name}.s`], { cwd: SOURCES });
    execFileSync("arm-none-eabi-objcopy", ["-O", "binary", "-j", ".text", object, binary]);
    const assembled = readFileSync(binary);
    const { bytes } = crcMapProgram({
      loadAddress: LOAD,
      ranges: [{ start: FLASH, bytes: 4, count: 1 }],
      seed: 0,
      table,
    });
    expect(hex(bytes.subarray(16, assembled.length))).toBe(hex(assembled.subarray(16)));
    const symbols = execFileSync("arm-none-eabi-nm", [object], { encoding: "utf8" });
    const ending = Number.parseInt(/^(\w+) t crc_map_end$/m.exec(symbols)![1]!, 16);
    const vectors = new DataView(bytes.buffer);
    expect(vectors.getUint32(4, true)).toBe((LOAD + 16) | 1);
    for (const vector of [8, 12]) expect(vectors.getUint32(vector, true)).toBe((LOAD + ending) | 1);
  });
});

const CORES = ["CORTEX_M0", "CORTEX_M3", "CORTEX_M4", "CORTEX_M7", "CORTEX_M33"];

describe("run in emulated cores", () => {
  test.each(CORES)("on %s every random job gives the host's own CRCs, then the reset", (core) => {
    const flash = bytesOf(8192, 5);
    const trials = fc
      .sample(jobs(flash.length), { numRuns: 20, seed: 7 })
      .map((job): Trial => ({ core, job, flash }));
    emulate(trials).forEach(({ program, ran }, i) => {
      expect(ran.faults).toEqual([]);
      expect(ran.reset).toBe("05fa0004");
      expect(ran.vtor).toBe(trials[i]!.job.loadAddress);
      expect([...crcMapOf(program, Buffer.from(ran.results, "hex"))!]).toEqual(expectedCrcs(trials[i]!));
    });
  });

  test("a range that faults leaves results that are not believed", () => {
    const job: CrcMapJob = {
      loadAddress: LOAD,
      ranges: [
        { start: FLASH, bytes: 1024, count: 2 },
        { start: 0x6000_0000, bytes: 1024, count: 1 },
      ],
      seed: 99,
      table: "nibble",
    };
    const [result] = emulate([{ core: "CORTEX_M3", job, flash: bytesOf(4096, 1) }]);
    expect(crcMapOf(result!.program, Buffer.from(result!.ran.results, "hex"))).toBeUndefined();
  });

  test.each(CRC_MAP_TABLES)("the %s table takes the cycles that it is planned with", (table) => {
    const flash = bytesOf(16384, 3);
    const trial = (bytes: number): Trial => ({
      core: "CORTEX_M0",
      job: { loadAddress: LOAD, ranges: [{ start: FLASH, bytes, count: 1 }], seed: 1, table },
      flash,
      count: true,
    });
    const [small, large] = emulate([trial(4096), trial(16384)]);
    for (const core of ["m0", "m0p"] as const) {
      const perByte = (large!.ran.cycles[core] - small!.ran.cycles[core]) / 12288;
      const fixed = small!.ran.cycles[core] - perByte * 4096;
      expect(perByte).toBeLessThanOrEqual(CRC_MAP_CYCLES[table].perByte);
      expect(perByte).toBeGreaterThan(CRC_MAP_CYCLES[table].perByte - 0.5);
      expect(fixed).toBeLessThanOrEqual(CRC_MAP_CYCLES[table].fixed);
    }
  });
});
