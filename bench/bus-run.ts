/** One program, one fresh chip, one bus in real time: what it took, and whether the chip holds what it should. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { I2C_OPCODES, type I2cVersion } from "../src/simulator/opcodes.js";
import type { Totals } from "../test/fake-i2c-dev/bus.js";
import { type ChipMaker, chipOf } from "../test/fake-i2c-dev/chips.js";
import { startFakeI2c } from "../test/fake-i2c-dev/server.js";
import type { ChipTimes } from "./frames.js";
import { measure, type Measured } from "./measure.js";

export interface ChipSetUp {
  readonly productId: number;
  readonly flashSize: number;
  readonly version?: I2cVersion;
  readonly times: ChipTimes;
}

/** 10 cycles of 16 MHz for each word: no document has it. */
const CHECKSUM_MS_PER_KIB = 0.16;
/** Round figures: 256 bytes in 1 ms, a page in 20 ms, all in 40 ms. */
export const ROUND_TIMES: ChipTimes = {
  programMs: 1,
  pageEraseMs: 20,
  massEraseMs: 40,
  checksumMsPerKiB: CHECKSUM_MS_PER_KIB,
};
/** STM32G071 data sheet DS12232, flash memory characteristics, typical: a row of 32 double words, a page, mass erase. */
export const G071_TIMES: ChipTimes = {
  programMs: 2.7,
  pageEraseMs: 22,
  massEraseMs: 22.1,
  checksumMsPerKiB: CHECKSUM_MS_PER_KIB,
};
export const G071: ChipSetUp = { productId: 0x460, flashSize: 128 * 1024, times: ROUND_TIMES };

export const chipMaker = ({ productId, flashSize, version, times }: ChipSetUp): Promise<ChipMaker> =>
  chipOf(productId, {
    flashSize,
    timings: times,
    ...(version ? { i2cProtocol: version, i2cOpcodes: I2C_OPCODES[version] } : {}),
  });

export interface BusRun {
  readonly measured: Measured;
  readonly totals: Totals;
  readonly erasedPages: number;
  /** From the start of the process to its first frame, and from its last frame to its end. */
  readonly beforeMs: number;
  readonly afterMs: number;
}

export interface BusJob {
  readonly chip: ChipSetUp;
  /** Without it the wire takes no time. */
  readonly speedHz: number | undefined;
  /** What the chip holds before, and must hold afterwards. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  command(target: {
    readonly path: string;
    readonly address: string;
    readonly file: string;
  }): readonly string[];
}

/** @throws Error when the program fails, the chip holds something else, or the chip complains */
export async function runOnBus(job: BusJob): Promise<BusRun> {
  const maker = await chipMaker(job.chip);
  const device = await startFakeI2c({
    number: 7,
    chips: [maker],
    ...(job.speedHz === undefined ? {} : { speedHz: job.speedHz }),
    stretchLimit: { ms: 60_000, honoursTimeout: false },
  });
  const folder = mkdtempSync(join(tmpdir(), "bootlace-bench-"));
  try {
    const chip = device.bus.chips[0]!;
    const { base } = maker.facts.flash;
    chip.poke(base, job.before);
    const file = join(folder, "firmware.bin");
    writeFileSync(file, job.after);
    const address = `0x${maker.facts.i2c!.address.toString(16)}`;
    const measured = await measure(job.command({ path: device.path, address, file }), device.env);
    if (!Buffer.from(chip.peek(base, job.after.length)).equals(job.after))
      throw new Error("the chip does not hold the image");
    const complaint = chip.violations.find(({ kind }) => kind !== "short get");
    if (complaint) throw new Error(`the chip complains: ${complaint.text}`);
    const { totals } = device.bus;
    const beforeMs = totals.firstMs - measured.startMs;
    const afterMs = measured.wallMs - beforeMs - (totals.lastMs - totals.firstMs);
    return { measured, totals, erasedPages: chip.counters.erasedPages, beforeMs, afterMs };
  } finally {
    await device.close();
    rmSync(folder, { recursive: true });
  }
}

/** Looks like a program to those who check: stack in RAM, reset vector odd and inside; the rest differs with the seed. */
export function firmware(length: number, seed: number, base = 0x0800_0000): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  const vectors = new DataView(bytes.buffer);
  vectors.setUint32(0, 0x2000_2000, true);
  vectors.setUint32(4, base + 0x201, true);
  return bytes;
}
