/**
 * Checksums by a program in the chip's RAM (protocol/crc-map.ts), for ROMs that have no Get Checksum. Each run ends with a reset of the
 * chip, so all that is wanted is asked at once. What it says is believed when the results' own CRC is that of this run, and, the first
 * time on a product that nobody has seen do it, when a few spans that are read say the same. When anything is amiss, it is not tried again in this session: reading is left.
 */
import type { CrcProgramPlace } from "../../devices/crc-program.js";
import { BootlaceError, hex } from "../../errors.js";
import { chunks } from "../../protocol/chunks.js";
import { stm32Crc } from "../../protocol/crc.js";
import {
  CRC_MAP_ALIGNMENT,
  CRC_MAP_CYCLES,
  crcMapOf,
  crcMapProgram,
  crcMapRoom,
  type CrcMapProgram,
  type CrcMapTable,
  type CrcRanges,
} from "../../protocol/crc-map.js";
import { untilTwiceTheSame, withRetries } from "../../protocol/ask-again.js";
import { getId } from "../../protocol/identify.js";
import { dialectOf } from "../../protocol/dialect/table.js";
import { delay } from "../../transport/transport.js";
import { startInRam } from "../chip/load-program.js";
import type { Phase } from "../events.js";
import type { JobRun } from "../run/job-run.js";
import type { Checksummer, ProgramSource } from "./checksummer.js";
import { readSpan } from "./read.js";
import type { Span } from "./span.js";

/** Reading 1 KiB over I2C, 9 bits a byte at 400 kHz: the host does not know the rate, and most wires are as slow or slower. */
const READ_MS_PER_KIB = 25;
/** Over UART, 8E1. */
const BITS_PER_KIB = 1024 * 11;
/** Writing the program, reading it and its results, Go, the questions until it answers. */
const OVERHEAD_MS = 60;
/** Each run is a reset of the chip: it must be worth one. */
const WORTH_MS = 300;
/** Beyond twice what was expected. */
const LATE_MS = 2000;
/** Asked for and read beside the first results of a session, where the product is not known to do this for certain: so many, of so many bytes. */
const SAMPLES = 3;
const SAMPLE_BYTES = 64;

export class CrcProgram implements Checksummer {
  readonly by = "checksum program";
  readonly together = true;
  readonly #place: CrcProgramPlace;

  constructor(
    private readonly run: JobRun,
    private readonly source: ProgramSource,
  ) {
    this.#place = source.place;
  }

  worth(bytes: number): boolean {
    const { session } = this.run;
    if (this.source.trust === "given up") return false;
    const { baud } = session.loader.transport;
    const perKiB = baud === undefined ? READ_MS_PER_KIB : (BITS_PER_KIB * 1000) / baud;
    const readingMs = (bytes / 1024) * perKiB;
    return readingMs - this.#expectedMs(bytes) - OVERHEAD_MS > WORTH_MS;
  }

  /** Results are a word each and lie in RAM with the program. */
  get mostSpans(): number {
    const fixed = crcMapRoom({ ranges: [{ start: 0, bytes: 4, count: 1 }], table: "byte" });
    const room = this.#place.area.end - this.#loadAddress - fixed;
    return Math.max(0, Math.floor(room / BYTES_PER_SPAN) - SAMPLES);
  }

  async crcs(phase: Phase, spans: readonly Span[]): Promise<readonly number[] | undefined> {
    const { run } = this;
    const bytes = spans.reduce((sum, { length }) => sum + length, 0);
    if (this.source.trust === "given up" || spans.length > this.mostSpans) return undefined;
    const samples = this.#place.proven || this.source.trust === "believed" ? [] : drawn(spans);
    const asked = [...spans, ...samples.filter((sample) => !spans.includes(sample))];
    const program = this.#programFor(asked, bytes);
    if (this.source.trust === "untried")
      run.note(
        `checksums come from a program in the chip's RAM at ${hex(this.#loadAddress)}, which resets the chip`,
      );
    const crcs = await this.#results(run, phase, program, bytes);
    if (crcs && (await agree(run, phase, samples, (sample) => crcs[asked.indexOf(sample)]))) {
      this.source.trust = "believed";
      return [...crcs.subarray(0, spans.length)];
    }
    this.source.trust = "given up";
    run.note("the program in the chip's RAM left no results that can be believed; the flash is read instead");
    return undefined;
  }

  get #loadAddress(): number {
    return Math.ceil(this.#place.area.start / CRC_MAP_ALIGNMENT) * CRC_MAP_ALIGNMENT;
  }

  #expectedMs(bytes: number): number {
    return (cyclesFor(tableFor(bytes), bytes) * 1000) / this.#place.clockHz + this.#place.startupMs;
  }

  #programFor(spans: readonly Span[], bytes: number): CrcMapProgram {
    const seed = Math.floor(Math.random() * 0x1_0000_0000);
    return crcMapProgram({
      loadAddress: this.#loadAddress,
      ranges: rangesOf(spans),
      seed,
      table: tableFor(bytes),
    });
  }

  async #results(
    run: JobRun,
    phase: Phase,
    program: CrcMapProgram,
    bytes: number,
  ): Promise<Uint32Array | undefined> {
    const { loader } = run.session;
    const address = this.#loadAddress;
    await startInRam(run, phase, { address, bytes: program.bytes }, () => loader.go(address));
    await this.#comeBack(run, this.#expectedMs(bytes));
    return crcMapOf(program, await readSpan(run, phase, program.results));
  }

  /** @throws BootlaceError RESET_FAILED where nothing brings the chip back, WRONG_CHIP where another one answers */
  async #comeBack(run: JobRun, expectedMs: number): Promise<void> {
    const { loader, reenter, chip } = run.session;
    const { transport } = loader;
    // Not asked before: a chip that measures the length of a byte must not meet half of one.
    await transport.exchange([delay(Math.ceil(expectedMs))]);
    if (!(await dialectOf(transport).meetAgain(transport, 2 * expectedMs + LATE_MS))) {
      if (!reenter) throw gone(chip.port);
      run.note(
        "the chip did not come back by itself from the program in its RAM; its reset lines brought it back",
      );
      await reenter();
    }
    const ask = (): Promise<number> => withRetries(transport, () => getId(transport));
    const productId = await untilTwiceTheSame("Get ID", ask, (a, b) => a === b);
    if (productId !== chip.productId)
      throw new BootlaceError(
        "WRONG_CHIP",
        `another chip answers after the reset: product ID ${hex(productId, 3)} instead of ${hex(chip.productId, 3)}`,
      );
  }
}

/** @returns the pieces to look at; a short span is a piece by itself */
function drawn(spans: readonly Span[]): Span[] {
  const pieces = spans.flatMap((span) =>
    span.length <= SAMPLE_BYTES ? [span] : chunks(span.address, span.length, SAMPLE_BYTES),
  );
  const samples: Span[] = [];
  while (samples.length < SAMPLES && pieces.length > 0)
    samples.push(...pieces.splice(Math.floor(Math.random() * pieces.length), 1));
  return samples;
}

async function agree(
  run: JobRun,
  phase: Phase,
  samples: readonly Span[],
  told: (sample: Span) => number | undefined,
): Promise<boolean> {
  for (const sample of samples)
    if (stm32Crc(await readSpan(run, phase, sample)) !== told(sample)) return false;
  return true;
}

/** A result of 4 bytes, and at worst an entry of 16 in the job. */
const BYTES_PER_SPAN = 20;

const cyclesFor = (table: CrcMapTable, bytes: number): number =>
  CRC_MAP_CYCLES[table].fixed + CRC_MAP_CYCLES[table].perByte * bytes;

/** Filling the larger table pays from about 3 KiB on. */
const tableFor = (bytes: number): CrcMapTable =>
  cyclesFor("byte", bytes) < cyclesFor("nibble", bytes) ? "byte" : "nibble";

/** Spans of one length that lie one behind the other are one entry of the job. */
function rangesOf(spans: readonly Span[]): CrcRanges[] {
  const ranges: { start: number; bytes: number; count: number }[] = [];
  for (const { address, length } of spans) {
    const last = ranges.at(-1);
    if (last?.bytes === length && last.start + last.bytes * last.count === address) last.count++;
    else ranges.push({ start: address, bytes: length, count: 1 });
  }
  return ranges;
}

const gone = (port: string): BootlaceError =>
  new BootlaceError(
    "RESET_FAILED",
    `the chip on ${port} did not come back from the checksum program in its RAM`,
    {
      hint: "Reset it with BOOT0 high and run the same command again without --crc-program.",
    },
  );
