/** RTS, DTR and BREAK of the serial port that the bootloader is on. */
import { BootlaceError, isSystemError } from "../errors.js";
import type { ModemLines } from "../transport/serial/serial.js";
import type { LineDriver } from "./line-driver.js";
import type { SerialReference } from "./line-reference.js";
import type { Level } from "./sequence.js";

/** The part of SerialTransport that is used. */
export interface ModemPort {
  readonly path: string;
  setLines(lines: ModemLines): Promise<void>;
}

export const isModemPort = (port: object): port is ModemPort =>
  "setLines" in port && typeof port.setLines === "function";

export class SerialLines implements LineDriver {
  readonly #references: ReadonlyMap<string, SerialReference>;
  readonly #port: ModemPort;

  constructor(references: ReadonlyMap<string, SerialReference>, port: ModemPort) {
    this.#references = references;
    this.#port = port;
  }

  /** All in one call: some adapters move a line only together with the other. */
  async set(values: ReadonlyMap<string, Level>): Promise<void> {
    const lines: { -readonly [line in keyof ModemLines]: ModemLines[line] } = {};
    for (const [name, level] of values) {
      const reference = this.#references.get(name);
      if (reference) lines[reference.line] = (level === 1) !== reference.inverted;
    }
    try {
      await this.#port.setLines(lines);
    } catch (error) {
      const failed = error instanceof BootlaceError && error.code === "BUS_FAILED";
      const cause = failed ? error.cause : error;
      if (!isSystemError(cause)) throw error;
      const names = Object.keys(lines).join(" and ");
      const message = `${this.#port.path} cannot set ${names}: ${cause.message}`;
      throw new BootlaceError("RESET_FAILED", message, {}, { cause });
    }
  }

  /** Nothing: the port keeps its lines until it is closed. */
  async release(): Promise<void> {}
}
