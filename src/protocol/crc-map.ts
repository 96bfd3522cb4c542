/**
 * The CRC map: a program for the chip's RAM that computes the CRC of many ranges, leaves the results in RAM and resets the chip.
 * Source and layout: ram-programs/crc-map.inc. Here a run of it is put together, and its results are believed or not.
 */
import { stm32Crc } from "./crc.js";

/** Machine code behind the four words of the vector table, as `objcopy -O binary` gives it. The job follows it. */
const CODE = {
  nibble:
    "72b630a741cf2c490860bff34f8fb0462a4d002001070422490000d36940013afad102c601300109f4d032464646904610cf002c37d00ecf91461800" +
    "0d1904c95040020f9200b25800015040020f9200b25800015040020f9200b25800015040020f9200b25800015040020f9200b25800015040020f9200" +
    "b25800015040020f9200b25800015040020f9200b25800015040a942d3d1424601c290464a46013a9146cad1c4e704480549bff34f8f4160bff34f8f" +
    "fee7000008ed00e0b71dc1040400fa05",
  byte:
    "72b626a741cf22490860bff34f8fb046204d002001060822490000d36940013afad102c60130010af4d032464646904610cf002c23d00ecf91461800" +
    "0d1904c95040020e9200b25800025040020e9200b25800025040020e9200b25800025040020e9200b25800025040a942e7d1424601c290464a46013a" +
    "9146ded1d8e704480549bff34f8f4160bff34f8ffee7000008ed00e0b71dc1040400fa05",
} as const;

/** "nibble": 64 bytes of table, for little. "byte": 1 KiB of table, faster from about 3 KiB on. */
export type CrcMapTable = keyof typeof CODE;

export const CRC_MAP_TABLES = Object.keys(CODE) as CrcMapTable[];

/**
 * Core cycles without wait states: for the table, and for each byte. Counted in an emulator with the cycle tables of ARM DDI 0432
 * (Cortex-M0) and DDI 0484 (M0+), the greater of both.
 */
export const CRC_MAP_CYCLES = {
  nibble: { fixed: 1_000, perByte: 13.8 },
  byte: { fixed: 20_000, perByte: 7.8 },
} as const;

const TABLE_BYTES = { nibble: 64, byte: 1024 } as const;
const VECTORS_BYTES = 16;
const ENTRY_WORDS = 4;
/** A fault pushes 8 words, with a floating-point unit 26 (ARM DDI 0403, B1.5.6); nothing else is pushed. */
const STACK_BYTES = 128;
/** VTOR leaves out the low 7 bits, on Cortex-M0+ 8 (ARM DDI 0403 B3.2.5; ARM DUI 0662 4.3.4). */
export const CRC_MAP_ALIGNMENT = 256;

/** `count` ranges of `bytes` bytes each, one behind the other. Address and length are multiples of 4. */
export interface CrcRanges {
  readonly start: number;
  readonly bytes: number;
  readonly count: number;
}

export interface CrcMapJob {
  /** Where the program goes: a multiple of CRC_MAP_ALIGNMENT in RAM that the bootloader leaves to the host. */
  readonly loadAddress: number;
  readonly ranges: readonly CrcRanges[];
  /** Drawn anew for each run, 32 bits: only results of this run have a CRC that begins with it. */
  readonly seed: number;
  readonly table: CrcMapTable;
}

export interface CrcMapProgram {
  /** To be written to `loadAddress`, which is also where Go goes. */
  readonly bytes: Uint8Array;
  readonly results: { readonly address: number; readonly length: number };
  /** First address that the program and its stack leave alone. */
  readonly end: number;
  readonly seed: number;
}

/** Room in RAM, in bytes, that a run over `ranges` needs from its load address. */
export function crcMapRoom({ ranges, table }: Pick<CrcMapJob, "ranges" | "table">): number {
  const results = 4 * (rangesIn(ranges) + 1);
  return align8(programBytes(table, ranges) + TABLE_BYTES[table] + results + STACK_BYTES);
}

const rangesIn = (ranges: readonly CrcRanges[]): number => ranges.reduce((sum, { count }) => sum + count, 0);
/** Load address and table, an entry for each run of ranges and for the results, the end. */
const jobWords = (ranges: readonly CrcRanges[]): number => 2 + ENTRY_WORDS * (ranges.length + 1) + 1;
const programBytes = (table: CrcMapTable, ranges: readonly CrcRanges[]): number =>
  VECTORS_BYTES + CODE[table].length / 2 + 4 * jobWords(ranges);
const align8 = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** @throws RangeError for addresses and lengths that the program cannot take */
export function crcMapProgram(job: CrcMapJob): CrcMapProgram {
  check(job);
  const { loadAddress, ranges, table, seed } = job;
  const tableAddress = loadAddress + programBytes(table, ranges);
  const results = { address: tableAddress + TABLE_BYTES[table], length: 4 * (rangesIn(ranges) + 1) };
  const end = loadAddress + crcMapRoom(job);
  const entries = ranges.flatMap(({ start, bytes, count }) => [bytes, start, count, CRC_OF_A_RANGE]);
  const own = [results.length - 4, results.address, 1, seed];
  const words = [...vectors(job, end), ...codeWords(table), loadAddress, tableAddress, ...entries, ...own, 0];
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(i * 4, word, true));
  return { bytes, results, end, seed };
}

/** As of the ROM's Get Checksum, so that one function on the host serves both. */
const CRC_OF_A_RANGE = 0xffff_ffff;

function check({ loadAddress, ranges, seed }: CrcMapJob): void {
  if (loadAddress % CRC_MAP_ALIGNMENT !== 0)
    throw new RangeError(`the program lies at a multiple of ${CRC_MAP_ALIGNMENT}, not at ${loadAddress}`);
  if (ranges.length === 0) throw new RangeError("a CRC map needs a range");
  for (const { start, bytes, count } of ranges)
    if (start % 4 !== 0 || bytes % 4 !== 0 || bytes <= 0 || count <= 0 || !Number.isInteger(count))
      throw new RangeError(
        `whole words and at least one range, not ${count} of ${bytes} bytes from ${start}`,
      );
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff)
    throw new RangeError(`a seed has 32 bits, not ${seed}`);
}

/** Initial SP, reset, NMI, HardFault. A fault goes to the reset at the end of the code. */
function vectors({ loadAddress, table }: CrcMapJob, end: number): number[] {
  const thumb = (offset: number) => (loadAddress + offset) | 1;
  const fault = thumb(VECTORS_BYTES + CODE[table].length / 2 - ENDING_BYTES);
  return [end, thumb(VECTORS_BYTES), fault, fault];
}

/** From `crc_map_end` to the job: the instructions of the reset and the words that they load. */
const ENDING_BYTES = 30;

function codeWords(table: CrcMapTable): number[] {
  const words = CODE[table].match(/.{8}/g)!;
  return words.map((word) => Number.parseInt(word.match(/../g)!.reverse().join(""), 16));
}

/**
 * @param held what the chip's RAM holds at `program.results`
 * @returns the CRC of each range in order, or undefined when these are not the results of this run
 */
export function crcMapOf(program: CrcMapProgram, held: Uint8Array): Uint32Array | undefined {
  if (held.length !== program.results.length) return undefined;
  const view = new DataView(held.buffer, held.byteOffset, held.length);
  const count = held.length / 4 - 1;
  if (stm32Crc(held.subarray(0, count * 4), program.seed) !== view.getUint32(count * 4, true))
    return undefined;
  return Uint32Array.from({ length: count }, (_, i) => view.getUint32(i * 4, true));
}
