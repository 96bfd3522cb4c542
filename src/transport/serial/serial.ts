/**
 * A serial port as a transport: lists of steps, run in TypeScript over the `serialport` package.
 * UART bootloader protocol: AN3155. Linux ("/dev/ttyS1"), macOS ("/dev/cu.usbserial-1"), Windows ("COM3").
 *
 * Deadlines count from the moment the last byte sent has left the wire, and leave the expected bytes their own time on it,
 * so they mean the same at 1200 and at 115200 baud.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { BootlaceError } from "../../errors.js";
import { checkExchange } from "../arguments.js";
import { bitsPerCharacter, DEFAULT_BAUD, DEFAULT_MODE } from "./mode.js";
import type { SerialMode } from "./mode.js";
import { guarded, isUnknownCall, portFailure } from "./failure.js";
import { openPort } from "./port.js";
import type { PortBinding, PortSettings } from "./port.js";
import { SerialWire } from "./wire.js";
import { guardTty, loadTtyBinding, refuseMiniUart } from "./tty.js";
import type { TtyBinding } from "./tty.js";
import { Turns } from "../turns.js";
import { UART_TRAITS } from "../traits.js";
import type { Exchanged, ExchangeOptions, Step, Transport } from "../transport.js";

/** Software auto-baud is off by up to 6 % at 115200 (AN2606 rev 70, table 6); AN2606 sends those who miss it to 57600 and below. */
const FALLBACK_BAUDS = [57_600, 19_200, 9_600];

export interface SerialOptions {
  readonly path: string;
  /** Default 115200, the end of what AN3155 documents. */
  readonly baud?: number | undefined;
  /** Default "8e1". STM32WB0x and WL3x, and every pseudo-terminal, want "8n1". */
  readonly mode?: SerialMode | undefined;
  /** Ask the driver to hand over each byte at once (Linux ASYNC_LOW_LATENCY; USB adapters wait up to 16 ms otherwise). Default true. */
  readonly lowLatency?: boolean | undefined;
  /** Levels of DTR and RTS from the start. Default true: the system raises both when it opens a port. */
  readonly dtr?: boolean | undefined;
  readonly rts?: boolean | undefined;
  /** Drop DTR and RTS when the port is closed. Default true, as the system does; false keeps the levels a reset sequence left. */
  readonly hangUp?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Output lines of the port. true: asserted, which is the low level on the pin of a TTL adapter. */
export interface ModemLines {
  readonly dtr?: boolean;
  readonly rts?: boolean;
  /** true: TX held low. */
  readonly brk?: boolean;
}

/** @throws BootlaceError NO_DEVICE, NO_PERMISSION, TARGET_LOCKED, ADAPTER_LIMIT (the port has no parity), BUS_FAILED */
export async function openSerial(options: SerialOptions): Promise<SerialTransport> {
  const { path, baud = DEFAULT_BAUD, mode = DEFAULT_MODE, hangUp = true, signal } = options;
  signal?.throwIfAborted();
  await refuseMiniUart(path, mode);
  const settings = { path, baud, mode, hangUp };
  const port = await openPort(settings);
  const transport = new SerialTransport(port, settings, options);
  try {
    await transport.prepare(options.lowLatency ?? true, await loadTtyBinding());
    signal?.throwIfAborted();
    return transport;
  } catch (error) {
    await transport.close();
    throw error;
  }
}

export class SerialTransport implements Transport {
  readonly traits = UART_TRAITS;
  readonly #port: PortBinding;
  readonly #path: string;
  readonly #mode: SerialMode;
  readonly #wire: SerialWire;
  readonly #turns = new Turns();
  readonly #notes: string[] = [];
  readonly #lines = { dtr: true, rts: true, brk: false };
  #tty: TtyBinding | undefined;
  readonly #firstBaud: number;
  #baud: number;
  #lowLatency = false;
  #closed: Promise<void> | undefined;

  /** For tests; others call openSerial. */
  constructor(
    port: PortBinding,
    settings: PortSettings,
    lines: { dtr?: boolean | undefined; rts?: boolean | undefined } = {},
  ) {
    this.#port = guarded(port, settings.path);
    this.#path = settings.path;
    this.#mode = settings.mode;
    this.#firstBaud = settings.baud;
    this.#baud = settings.baud;
    this.#lines.dtr = lines.dtr ?? true;
    this.#lines.rts = lines.rts ?? true;
    this.#wire = new SerialWire(this.#port, () => this.#byteTimeUs() / 1000);
  }

  get description(): string {
    return `${this.#path} at ${this.#baud} baud ${this.#mode.toUpperCase()}`;
  }

  get path(): string {
    return this.#path;
  }

  get baud(): number {
    return this.#baud;
  }

  /** What the system could not give, one sentence each: for --trace and bug reports. */
  get notes(): readonly string[] {
    return [...this.#notes, this.#lowLatency ? "low latency mode is on" : "low latency mode is off"];
  }

  /** Part of opening: guards, low latency, first levels of DTR and RTS. */
  async prepare(lowLatency: boolean, tty: TtyBinding | undefined): Promise<void> {
    this.#tty = tty;
    const fd = this.#port.fd;
    if (tty && typeof fd === "number") this.#notes.push(...this.#guard(tty, fd));
    else this.#notes.push("settings not read back: needs the addon on Linux");
    await this.#checkBaud();
    this.#lowLatency = lowLatency;
    const changed = lowLatency || !this.#lines.dtr || !this.#lines.rts;
    if (changed) await this.#applyLines().catch((error: unknown) => this.#linesFailed(error));
  }

  async exchange(steps: readonly Step[], options: ExchangeOptions = {}): Promise<Exchanged> {
    checkExchange(steps, options);
    const own = [...steps]; // the caller may change its list while this one waits
    return this.#run(async () => {
      const reads: Uint8Array[] = [];
      let busy = 0;
      for (const [index, step] of own.entries()) {
        options.signal?.throwIfAborted();
        busy += await this.#step(step, index, reads);
      }
      if (own.at(-1)?.kind === "write") await this.#wire.drain(own.length - 1);
      return { reads, busy };
    }, options.signal);
  }

  /** A stream takes frames of any length. */
  shrinkFrames(): boolean {
    return false;
  }

  discardInput(): Promise<void> {
    return this.#run(() => this.#wire.discardInput(this.#path));
  }

  /** Another rate from now on; what was sent has left before. @throws BootlaceError ADAPTER_LIMIT when the driver cannot do it */
  #setBaud(baud: number): Promise<void> {
    return this.#run(async () => {
      await this.#port.drain();
      await this.#port.update({ baudRate: baud });
      this.#baud = baud;
      this.#wire.clearInput();
      await this.#checkBaud();
    });
  }

  async slowDown(): Promise<boolean> {
    const next = FALLBACK_BAUDS.find((baud) => baud < this.#baud);
    await this.#setBaud(next ?? this.#firstBaud); // the next attempt, after a reset, begins where this one did
    return next !== undefined;
  }

  /** Sets the lines that are named, leaves the others. @throws BootlaceError BUS_FAILED when the port has no such lines (a pty), ADAPTER_GONE */
  setLines(lines: ModemLines): Promise<void> {
    return this.#run(async () => {
      await this.#port.drain();
      Object.assign(this.#lines, lines);
      await this.#applyLines();
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#turns.take(() => this.#closePort());
    return this.#closed;
  }

  #run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#closed) return Promise.reject(new BootlaceError("BUS_FAILED", `${this.#path} is closed`));
    return this.#turns.take(job, signal);
  }

  /** @returns how often the busy byte came */
  async #step(step: Step, index: number, reads: Uint8Array[]): Promise<number> {
    switch (step.kind) {
      case "write":
        await this.#wire.write(step.bytes, index);
        return 0;
      case "read":
        reads.push(await this.#wire.read(step, index));
        return 0;
      case "poll":
        return this.#wire.poll(step, index);
      case "delay":
        await this.#wire.drain(index); // the pause is on the wire, not in the system's buffer
        await sleep(step.ms);
        return 0;
    }
  }

  #guard(tty: TtyBinding, fd: number): string[] {
    try {
      return guardTty(tty, fd, { path: this.#path, mode: this.#mode });
    } catch (error) {
      throw portFailure(this.#path, error, "tcgetattr");
    }
  }

  #byteTimeUs(): number {
    return (bitsPerCharacter(this.#mode) * 1e6) / this.#baud;
  }

  async #checkBaud(): Promise<void> {
    if (process.platform === "darwin") return; // the binding cannot read it back there
    const { baudRate } = await this.#port.getBaudRate().catch((error: unknown) => {
      if (isUnknownCall(error)) return { baudRate: this.#baud }; // it cannot be read back here either
      throw error;
    });
    // 2.5 %: all that both ends together may be off (AN2606, bootloader with auto-baud).
    if (Math.abs(baudRate - this.#baud) <= this.#baud * 0.025) return;
    throw new BootlaceError(
      "ADAPTER_LIMIT",
      `${this.#path} cannot do ${this.#baud} baud: its driver set ${baudRate}`,
      {
        hint: "Choose another rate with --baud; 115200, 57600 and 9600 work nearly everywhere.",
      },
    );
  }

  async #applyLines(): Promise<void> {
    await this.#port.set({ ...this.#lines, lowLatency: this.#lowLatency });
    if (this.#lowLatency) this.#lowLatency = (await this.#port.get()).lowLatency ?? false;
  }

  /** A port without modem lines works; one that is gone does not. */
  #linesFailed(error: unknown): void {
    if (error instanceof BootlaceError && error.code === "ADAPTER_GONE") throw error;
    this.#lowLatency = false;
    const { cause } = portFailure(this.#path, error, "ioctl");
    this.#notes.push(`no modem lines: ${cause instanceof Error ? cause.message : ""}`);
  }

  async #closePort(): Promise<void> {
    if (!this.#port.isOpen) return;
    const fd = this.#port.fd;
    try {
      if (this.#tty && typeof fd === "number") this.#tty.ttyExclusive(fd, false);
    } catch {
      // The port is gone: nothing to give back.
    }
    try {
      await this.#port.close();
    } catch {
      // Its descriptor is free all the same (close(2)), and what was done with the port was told by what did it.
    }
  }
}
