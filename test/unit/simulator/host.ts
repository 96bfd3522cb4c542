/** The plainest possible host: frames by hand, the clock moved by what the chip asks for. Knows nothing of src/protocol. */
import { expect } from "vitest";
import { VirtualClock } from "../../../src/simulator/clock.js";
import { createChip } from "../../../src/simulator/create-chip.js";
import type { SimulatedChip } from "../../../src/simulator/chip.js";
import type { ChipOptions } from "../../../src/simulator/options.js";
import { ADDRESS } from "./chips.js";

export const bytes = (text: string): Uint8Array =>
  Uint8Array.from(text.trim() === "" ? [] : text.trim().split(/\s+/), (byte) => parseInt(byte, 16));
export const text = (data: Uint8Array): string =>
  Array.from(data, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");

const xor = (data: readonly number[]): number => data.reduce((sum, byte) => sum ^ byte, 0);
export const withXor = (data: readonly number[]): Uint8Array => Uint8Array.of(...data, xor(data));
export const word = (value: number): number[] => [
  value >>> 24,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
];

export class Host {
  readonly clock = new VirtualClock();
  readonly chip: SimulatedChip;
  /** Total of what the chip held SCL. */
  stretchedMs = 0;

  constructor(options: ChipOptions) {
    this.chip = createChip({ ...options, clock: this.clock });
  }

  // ---- I2C ----

  /** Sends a frame that the chip must take. */
  w(frame: string | Uint8Array): void {
    const answer = this.tryWrite(frame);
    expect(answer, `write of ${typeof frame === "string" ? frame : text(frame)}`).toBe("done");
  }

  /** Reads a frame that the chip must send. */
  r(length = 1): string {
    const answer = this.tryRead(length);
    expect(answer, `read of ${length}`).not.toMatch(/nack|held/);
    return answer;
  }

  tryWrite(frame: string | Uint8Array, restart = false): string {
    const answer = this.chip.i2cWrite(ADDRESS, typeof frame === "string" ? bytes(frame) : frame, restart);
    if (answer.kind !== "nack") this.#wait(answer.stretchMs);
    return answer.kind;
  }

  /** @returns the bytes, or "nack" or "held" */
  tryRead(length: number, restart = false): string {
    const answer = this.chip.i2cRead(ADDRESS, length, restart);
    if (answer.kind !== "nack") this.#wait(answer.stretchMs);
    return answer.kind === "done" ? text(answer.bytes ?? new Uint8Array(0)) : answer.kind;
  }

  /** Polls through BUSY. */
  poll(limit = 100_000): string {
    for (let tries = 0; tries < limit; tries++) {
      const status = this.tryRead(1);
      if (status !== "76") return status;
      this.clock.advance(1);
    }
    return "76";
  }

  /** Sends frames, each followed by its status; stops at the first that is not ACK. @returns the last status */
  command(...frames: readonly (string | Uint8Array)[]): string {
    let status = "";
    for (const frame of frames) {
      this.w(frame);
      status = this.poll();
      if (status !== "79") break;
    }
    return status;
  }

  write(address: number, data: readonly number[], opcode = "31 CE"): string {
    return this.command(opcode, withXor(word(address)), withXor([data.length - 1, ...data]));
  }

  read(address: number, length: number): string {
    const status = this.command("11 EE", withXor(word(address)), Uint8Array.of(length - 1, ~(length - 1)));
    return status === "79" ? this.r(length) : status;
  }

  erase(pages: readonly number[], opcode = "44 BB"): string {
    const count = pages.length - 1;
    const list = pages.flatMap((page) => [page >> 8, page & 255]);
    return this.command(opcode, withXor([count >> 8, count & 255]), withXor(list));
  }

  // ---- UART ----

  /** Sends characters and waits until the chip is quiet. @returns what it sent */
  u(data: string | Uint8Array, parityOk = true): string {
    for (const byte of typeof data === "string" ? bytes(data) : data) this.chip.uartReceive(byte, parityOk);
    return this.take();
  }

  take(): string {
    const sent = this.chip.uartTake();
    this.clock.advanceTo(sent.at(-1)?.atMs ?? 0);
    return text(Uint8Array.from(sent, ({ byte }) => byte));
  }

  #wait(ms: number): void {
    this.stretchedMs += ms;
    this.clock.advance(ms);
  }
}

/** A host on UART that is already connected. */
export const uartHost = (options: ChipOptions): Host => {
  const host = new Host(options);
  expect(host.u("7F")).toBe("79");
  return host;
};
