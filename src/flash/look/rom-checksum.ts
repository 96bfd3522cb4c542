/** The ROM's Get Checksum: a command a span. */
import { concat, sameBytes } from "../../bytes.js";
import { BootlaceError } from "../../errors.js";
import { chunks } from "../../protocol/chunks.js";
import { READ_MEMORY } from "../../protocol/commands.js";
import { stm32Crc } from "../../protocol/crc.js";
import { untilTwiceTheSame } from "../../protocol/ask-again.js";
import type { CheckedBy, Phase } from "../events.js";
import type { JobRun } from "../run/job-run.js";
import { persist } from "../run/retry.js";
import type { Checksummer, RomSource } from "./checksummer.js";
import type { Span } from "./span.js";

export class RomChecksum implements Checksummer {
  readonly together = false;
  readonly mostSpans = Infinity;

  /** Some bootloaders list Get Checksum and have no code for it (Open Bootloader v3.0.1, a G070 in the field): `refused`. */
  constructor(
    private readonly run: JobRun,
    private readonly source: RomSource,
  ) {}

  get by(): CheckedBy {
    return this.source.refused ? "read back" : "checksum";
  }

  worth(): boolean {
    return !this.source.refused;
  }

  async crcs(phase: Phase, spans: readonly Span[]): Promise<readonly number[]> {
    const crcs: number[] = [];
    for (const span of spans) crcs.push(await this.#crc(phase, span));
    return crcs;
  }

  /** A chip that refuses the command, but can be read, is read from then on. */
  async #crc(phase: Phase, span: Span): Promise<number> {
    const { run } = this;
    const { address, length } = span;
    if (this.source.refused) return crcByReading(run, phase, span);
    try {
      return await persist(run, { phase, address }, () => run.session.loader.checksum(address, length));
    } catch (error) {
      if (!isUnhandled(error)) throw error;
      this.source.refused = true;
      run.note("the bootloader lists Get Checksum and refuses it; the flash is read instead");
      return crcByReading(run, phase, span);
    }
  }
}

/** Not the range is refused but the command, and the chip can be read: protocol/refusal.ts. */
const isUnhandled = (error: unknown): boolean =>
  error instanceof BootlaceError && error.code === "REFUSED" && error.context.stage === "command";

/** In pieces, so that a stop request is answered soon; each until it reads the same twice, because data have no checksum on the way. */
const PIECE_BYTES = 4096;

async function crcByReading(run: JobRun, phase: Phase, { address, length }: Span): Promise<number> {
  const { loader } = run.session;
  const pieces: Uint8Array[] = [];
  for (const piece of chunks(address, length, PIECE_BYTES)) {
    const ask = (): Promise<Uint8Array> =>
      persist(run, { phase, address: piece.address }, () => loader.readMemory(piece.address, piece.length));
    pieces.push(await untilTwiceTheSame(READ_MEMORY.name, ask, sameBytes));
  }
  return stm32Crc(concat(pieces));
}
