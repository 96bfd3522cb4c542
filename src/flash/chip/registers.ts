/** Reads registers that a chip may refuse: a refusal is an answer, and protection is noticed. */
import { sameBytes } from "../../bytes.js";
import { BootlaceError, hex } from "../../errors.js";
import type { Bootloader } from "../../protocol/bootloader.js";
import { READ_MEMORY } from "../../protocol/commands.js";
import { withRetries, untilTwiceTheSame } from "../../protocol/ask-again.js";

interface Register {
  readonly address: number;
  readonly length: number;
}

/**
 * Read Memory has no checksum of its data. What is read to find out which chip this is, is read once; before anything is erased by
 * what it says, `confirm` reads it again.
 */
export class RegisterReader {
  protected?: boolean;
  readonly #unconfirmed: (Register & { readonly bytes: Uint8Array })[] = [];

  constructor(readonly loader: Bootloader) {}

  /** @returns undefined where the chip refuses */
  async read(register: Register): Promise<Uint8Array | undefined> {
    const bytes = await this.#orRefused(() => this.#ask(register));
    if (bytes) this.#unconfirmed.push({ address: register.address, length: register.length, bytes });
    return bytes;
  }

  /** Until two answers are the same. */
  readTwice(register: Register): Promise<Uint8Array | undefined> {
    return this.#orRefused(() => untilTwiceTheSame(READ_MEMORY.name, () => this.#ask(register), sameBytes));
  }

  /** @throws BootlaceError BUS_FAILED when a register now reads differently */
  async confirm(): Promise<void> {
    for (let register = this.#unconfirmed[0]; register; register = this.#unconfirmed[0]) {
      if (!(await this.#confirmed(register))) throw changed(register.address);
      this.#unconfirmed.shift();
    }
  }

  /** A second look that differs may be the one that is wrong: then a third is as the first. */
  async #confirmed({ bytes, ...register }: Register & { readonly bytes: Uint8Array }): Promise<boolean> {
    const looksSame = async (): Promise<boolean> => {
      const answer = await orRefusal(() => this.#ask(register));
      return typeof answer !== "string" && sameBytes(answer, bytes);
    };
    return (await looksSame()) || looksSame();
  }

  #ask({ address, length }: Register): Promise<Uint8Array> {
    return withRetries(this.loader.transport, () => this.loader.readMemory(address, length));
  }

  /**
   * A flipped bit in the question is refused too, and what follows from it would be wrong: a chip that counts as protected is not written,
   * one without its size register counts as the largest. So a refusal needs as many answers as two faults cannot make.
   */
  async #orRefused(ask: () => Promise<Uint8Array>): Promise<Uint8Array | undefined> {
    if (this.protected || !this.loader.offers(READ_MEMORY)) return undefined;
    let saidProtected = 0;
    for (let asked = 0; asked < REFUSALS; asked++) {
      const answer = await orRefusal(ask);
      if (typeof answer !== "string") {
        this.protected = false;
        return answer;
      }
      if (answer === "PROTECTED") saidProtected++;
      await this.loader.settle(); // where a refusal that was none leaves the chip in the middle of the command
    }
    if (saidProtected > 1) this.protected = true;
    return undefined;
  }
}

const REFUSALS = 3;

async function orRefusal(ask: () => Promise<Uint8Array>): Promise<Uint8Array | "PROTECTED" | "REFUSED"> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BootlaceError && (error.code === "PROTECTED" || error.code === "REFUSED"))
      return error.code;
    throw error;
  }
}

const changed = (address: number): BootlaceError =>
  new BootlaceError(
    "BUS_FAILED",
    `Read Memory at ${hex(address)}: other bytes came when the chip was identified`,
    {
      command: READ_MEMORY.name,
      address,
      chipState: "the flash was not changed; the chip is still in its bootloader",
      hint: "A bit flipped on the way: run the same command again; if it happens often, see to the wiring or lower the rate.",
    },
  );
