/** The host side of the ROM bootloader: one method per command of AN4221 rev 14, AN3155 rev 20 and AN4286 rev 15, whatever the bus. */
import { concat } from "../bytes.js";
import { BootlaceError } from "../errors.js";
import type { Transport } from "../transport/transport.js";
import { getChecksum } from "./checksum.js";
import { ChecksumWait } from "./checksum-wait.js";
import { chunks } from "./chunks.js";
import {
  ERASE,
  GET_CHECKSUM,
  GO,
  LEGACY_ERASE,
  READ_MEMORY,
  READOUT_PROTECT,
  READOUT_UNPROTECT,
  TIMEOUT,
  WRITE_MEMORY,
  WRITE_PROTECT,
  WRITE_UNPROTECT,
  type Command,
  type SpecialErase,
} from "./commands.js";
import {
  compileErase,
  compileGo,
  compileProtection,
  compileRead,
  compileSpecialErase,
  compileWrite,
  compileWriteProtect,
  type Chosen,
} from "./compile.js";
import type { AckOptions, Dialogue } from "./dialogue.js";
import type { Identity } from "./identify.js";
import { CommandFailure, runDialogue, runDialogues } from "./link.js";
import type { Dialect, ResyncOptions } from "./dialect/dialect.js";
import { dialectOf } from "./dialect/table.js";
import { withReason } from "./refusal.js";
import { resynchronise } from "./resync.js";

/** Bytes at an address: what one Write Memory carries. */
export interface Block {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** What a chip does differently from the documents, as far as single commands know it. */
export interface BootloaderQuirks {
  /** Write Unprotect 0x73 performs a Readout Unprotect: only its twin 0x74 may be sent. */
  readonly writeUnprotectErasesChip?: boolean;
  readonly waitAfterEraseMs?: number;
  /** UART and SPI: Go sends no ACK after its opcode. */
  readonly goFirstAckMissing?: boolean;
}

export class Bootloader {
  readonly #listed: ReadonlySet<number>;
  #stretchingErase = false;
  readonly #checksumWait = new ChecksumWait();

  constructor(
    readonly transport: Transport,
    readonly identity: Identity,
    readonly quirks: BootloaderQuirks = {},
  ) {
    this.#listed = new Set(identity.commands);
  }

  /** Most data bytes of one Write Memory: 256, less where the adapter takes shorter messages. A multiple of 16. */
  get writeBytes(): number {
    return Math.min(256, (this.transport.traits.maxWrite - 2) & ~15);
  }
  get readBytes(): number {
    return Math.min(256, this.transport.traits.maxRead);
  }
  /** Most pages of one Erase that fit into a frame of this adapter. */
  get erasePages(): number {
    return Math.floor((this.transport.traits.maxWrite - 3) / 2);
  }

  offers(command: Command): boolean {
    return (
      this.#listed.has(command.opcode) ||
      (command.noStretch !== undefined && this.#listed.has(command.noStretch))
    );
  }
  get canChecksum(): boolean {
    return this.offers(GET_CHECKSUM);
  }

  /** `length` bytes, more than one command where needed. @throws BootlaceError PROTECTED, REFUSED, ... */
  async readMemory(address: number, length: number): Promise<Uint8Array> {
    for (;;) {
      try {
        return concat(await this.readMany(chunks(address, length, this.readBytes)));
      } catch (error) {
        if (!this.#shorten(error)) throw error;
        await this.resynchronise();
      }
    }
  }

  /** @returns whether a message was too long for the adapter, and shorter ones are worth a try */
  #shorten(error: unknown): boolean {
    const tooLong = error instanceof BootlaceError && error.code === "ADAPTER_LIMIT";
    return tooLong && this.transport.shrinkFrames();
  }

  /** One command for each range of 1..256 bytes, all in one list. @throws BootlaceError about the first that failed */
  async readMany(
    ranges: readonly { readonly address: number; readonly length: number }[],
  ): Promise<Uint8Array[]> {
    this.#choose(READ_MEMORY);
    const dialogues = ranges.map(({ address, length }) => compileRead(this.#dialect, address, length));
    try {
      return (await runDialogues(this.transport, dialogues)).reads;
    } catch (failure) {
      throw failure instanceof CommandFailure ? failure.cause : failure;
    }
  }

  /** @returns how often BUSY was the answer. @throws CommandFailure telling how many blocks were acknowledged */
  async writeMany(blocks: readonly Block[], wait: AckOptions = {}): Promise<number> {
    return this.sendWrites(this.compileWrites(blocks, wait));
  }

  /** One command for each block: made while the bus is busy with other ones, they cost no time. */
  compileWrites(blocks: readonly Block[], wait: AckOptions = {}): readonly Dialogue[] {
    const chosen = this.#choose(WRITE_MEMORY);
    return blocks.map((block) => compileWrite(this.#dialect, chosen, block, wait));
  }

  /** All in one list. @returns and @throws as `writeMany` */
  async sendWrites(writes: readonly Dialogue[]): Promise<number> {
    return (await this.#told(() => runDialogues(this.transport, writes))).busy;
  }

  /** After what takes the chip longer than its ACK can be believed on this bus: returns when it surely listens again. */
  async settle(): Promise<void> {
    await this.#dialect.settle(this.transport);
  }

  /** `pages` by number in one command; the caller keeps to `erasePages` and to what the chip's row allows. */
  async erasePageList(pages: readonly number[]): Promise<void> {
    await this.#run(compileErase(this.#dialect, this.#eraser(), pages, this.quirks.waitAfterEraseMs));
    await this.settle();
  }

  /** @throws BootlaceError REFUSED where the product has no such erase, NOT_OFFERED for banks on 0x43 */
  async eraseSpecial(what: SpecialErase): Promise<void> {
    const chosen = this.#eraser();
    if (chosen.command === LEGACY_ERASE && what !== "mass")
      throw new BootlaceError("NOT_OFFERED", "Erase Memory 0x43 cannot erase a single bank");
    await this.#run(compileSpecialErase(this.#dialect, chosen, what, this.quirks.waitAfterEraseMs));
    await this.settle();
  }

  /**
   * After an erase that neither ended nor did its work: the twin is tried, where it is listed (Open Bootloader v3.0.1 hangs in 0x45 when
   * the flash is busy). Called again, it goes back: an adapter may not bear the stretch of 0x44.
   */
  changeErase(): void {
    this.#stretchingErase = !this.#stretchingErase;
  }

  /** CRC-32/MPEG-2 over words, protocol/crc.ts. `address` and `length` are multiples of 4. */
  async checksum(address: number, length: number): Promise<number> {
    this.#choose(GET_CHECKSUM);
    return this.#told(() => getChecksum(this.transport, address, length, { wait: this.#checksumWait }));
  }

  /** Starts the program whose vector table is at `address`. One ACK comes, then the chip is gone from the bus. */
  async go(address: number): Promise<void> {
    this.#choose(GO);
    const firstAckMissing = this.quirks.goFirstAckMissing && this.transport.traits.dialect !== "i2c";
    await this.#run(compileGo(this.#dialect, address, firstAckMissing));
  }

  /** Replaces the set of protected sectors; the chip resets. Numbers are not checked by the chip. */
  async writeProtect(sectors: readonly number[]): Promise<void> {
    const chosen = this.#choose(WRITE_PROTECT);
    await this.#run(compileWriteProtect(this.#dialect, chosen, sectors));
  }

  /** The chip resets. Never sent as 0x73 where that erases the chip. */
  async writeUnprotect(): Promise<void> {
    const chosen = this.#choose(WRITE_UNPROTECT);
    if (this.quirks.writeUnprotectErasesChip && chosen.opcode === WRITE_UNPROTECT.opcode && this.#onMessages)
      throw new BootlaceError(
        "NOT_OFFERED",
        "Write Unprotect 0x73 would erase this chip, and it does not list 0x74",
      );
    await this.#run(compileProtection(this.#dialect, chosen, TIMEOUT.optionBytes));
  }

  async readoutProtect(): Promise<void> {
    await this.#run(compileProtection(this.#dialect, this.#choose(READOUT_PROTECT), TIMEOUT.optionBytes));
  }

  /**
   * Erases the whole chip, then the chip resets. The first ACK is certain; the second may come before or after the erase, or
   * be lost in the reset.
   * @returns whether the second status came
   */
  async readoutUnprotect(): Promise<boolean> {
    const dialogue = compileProtection(this.#dialect, this.#choose(READOUT_UNPROTECT), TIMEOUT.massErase);
    try {
      await runDialogue(this.transport, dialogue);
      return true;
    } catch (error) {
      const lost =
        error instanceof BootlaceError && error.context.stage === "completion" && error.code !== "REFUSED";
      if (!lost) throw error;
      return false;
    }
  }

  async resynchronise(options?: ResyncOptions): Promise<void> {
    await resynchronise(this.transport, options);
  }

  async #run(dialogue: Dialogue): Promise<void> {
    await this.#told(() => runDialogue(this.transport, dialogue));
  }

  /** What a listed command is refused for is found out. */
  async #told<T>(command: () => Promise<T>): Promise<T> {
    try {
      return await command();
    } catch (failure) {
      throw await withReason(this.transport, failure);
    }
  }

  get #dialect(): Dialect {
    return dialectOf(this.transport);
  }

  get #onMessages(): boolean {
    return this.transport.traits.framing === "message";
  }

  #eraser(): Chosen {
    if (this.#stretchingErase && this.#listed.has(ERASE.opcode))
      return { command: ERASE, opcode: ERASE.opcode };
    return this.offers(ERASE) ? this.#choose(ERASE) : this.#choose(LEGACY_ERASE);
  }

  /** The no-stretch twin where the chip lists it. */
  #choose(command: Command): Chosen {
    if (command.noStretch !== undefined && this.#listed.has(command.noStretch))
      return { command, opcode: command.noStretch };
    if (this.#listed.has(command.opcode)) return { command, opcode: command.opcode };
    throw new BootlaceError("NOT_OFFERED", `${command.name}: the bootloader does not list this command`, {
      command: command.name,
    });
  }
}
