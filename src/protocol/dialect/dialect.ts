/** What the bootloader's manuals say differently for each bus: AN4221 for I2C, AN3155 for USART, AN4286 for SPI. All else is in compile.ts. */
import type { Transport } from "../../transport/transport.js";
import type { ChecksumWait } from "../checksum-wait.js";
import type { AckOptions, CommandFrames, DialogueBuilder } from "../dialogue.js";

export interface ResyncOptions {
  /** The broken command may still owe a status byte: take it before anything is written. */
  readonly statusDue?: boolean;
  /** How long the chip may need: a command that goes on in the chip, or a reset by its own time-out (2.2 s at most) and its start. */
  readonly timeoutMs?: number | undefined;
  /** Nothing at all is sent for so long: for chips that lose the status with the stretch, and take a question for a broken order. */
  readonly quietMs?: number | undefined;
  /** UART: 0x7F that the caller has sent already, without an answer. */
  readonly sentSyncs?: number;
  /** UART: the chip may wait for a list of pages whose count is 0x7F7F. */
  readonly longList?: boolean;
}

export interface GetReply {
  readonly version: number;
  readonly commands: readonly number[];
}

/** What is known of a chip before it is asked what it can do. */
export interface Known {
  /** The answer of Get Version. */
  readonly version?: number | undefined;
  /** Opcodes that Get listed earlier in this session. */
  readonly commands?: readonly number[] | undefined;
}

export interface ChecksumQuestion {
  readonly address: number;
  /** Bytes, a multiple of 4. */
  readonly length: number;
  readonly initial: number;
  readonly wait: ChecksumWait;
}

export interface Dialect extends CommandFrames {
  /**
   * From "somebody may be there" to a chip that answers at a command boundary.
   * @returns the answer of Get Version where that is how it was met
   * @throws BootlaceError NO_REPLY, DESYNCHRONISED, ...
   */
  open(transport: Transport): Promise<number | undefined>;
  /** After a reset that the chip does by itself: whether it answers at a command boundary before it was waited for so long. */
  meetAgain(transport: Transport, patienceMs: number): Promise<boolean>;
  getVersion(transport: Transport): Promise<number>;
  /** Version and opcodes. */
  get(transport: Transport, known: Known): Promise<GetReply>;
  /** The whole reply of Get ID, its count byte first. */
  getId(transport: Transport): Promise<Uint8Array>;
  /** What Get lists with a protocol version, in its order; undefined where that varies. */
  usualCommands(version: number): readonly number[] | undefined;
  /** Least time from a block to the question for its status. */
  readonly programWaitMs: number;
  /** After an erase was acknowledged: returns when the chip is certainly at a command boundary. */
  settle(transport: Transport): Promise<void>;
  /** @throws BootlaceError DESYNCHRONISED, or what the bus says, when the chip does not come back in time */
  resynchronise(transport: Transport, options: ResyncOptions): Promise<void>;
  /** Count and list of Erase 0x44 and its twin. */
  sendPages(dialogue: DialogueBuilder, pages: readonly number[], final: AckOptions): DialogueBuilder;
  /** Count and list of Write Protect. */
  sendSectors(dialogue: DialogueBuilder, sectors: readonly number[], final: AckOptions): DialogueBuilder;
  /** CRC, four bytes most significant first, and their XOR. */
  checksum(transport: Transport, question: ChecksumQuestion): Promise<Uint8Array>;
}
