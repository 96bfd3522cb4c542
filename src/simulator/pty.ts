/**
 * A simulated chip on a pseudo-terminal, so that any program can talk to it as to a serial port: `stm32flash -m 8n1 /dev/pts/3`.
 * The terminal keeps neither baud rate nor parity: every byte that comes is a good character for the chip.
 */
import type { SimulatedChip } from "./chip.js";
import { PtyLine } from "./pty-line.js";
import { LineNoise } from "./pty-noise.js";
import type { NoiseCounters, NoiseOptions } from "./pty-noise.js";

export interface PtyOptions {
  /** Called once, with the path to open: "/dev/pts/3". */
  readonly onPath?: ((path: string) => void) | undefined;
  /** Spoils bytes in both directions. */
  readonly noise?: NoiseOptions | undefined;
}

export interface PtyServer {
  readonly path: string;
  /** What the noise did so far, to the chip and from it. */
  readonly noise: { readonly toChip: NoiseCounters; readonly fromChip: NoiseCounters } | undefined;
  /** The line is clean from now on. */
  stopNoise(): void;
  close(): void;
}

/**
 * Serves `chip` until closed. The chip's clock must be real time.
 * @throws BootlaceError UNSUPPORTED_PLATFORM, ADDON_MISSING
 */
export function serveUartOnPty(chip: SimulatedChip, options: PtyOptions = {}): PtyServer {
  const toChip = options.noise && new LineNoise(options.noise);
  const fromChip = options.noise && new LineNoise({ ...options.noise, seed: options.noise.seed + 1 });
  const line = new PtyLine((bytes) => {
    for (const byte of toChip?.spoil(bytes) ?? bytes) chip.uartReceive(byte);
    output.collect();
  });
  const output = new DueOutput(chip, (bytes) => line.send(fromChip?.spoil(bytes) ?? bytes));
  options.onPath?.(line.path);
  return {
    path: line.path,
    get noise() {
      return toChip && fromChip && { toChip: toChip.counters, fromChip: fromChip.counters };
    },
    stopNoise: () => {
      toChip?.stop();
      fromChip?.stop();
    },
    close: () => {
      output.stop();
      line.close();
    },
  };
}

/** Sends each character of the chip when it is due. */
class DueOutput {
  readonly #chip: SimulatedChip;
  readonly #send: (bytes: Uint8Array) => void;
  #waiting: { readonly atMs: number; readonly byte: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(chip: SimulatedChip, send: (bytes: Uint8Array) => void) {
    this.#chip = chip;
    this.#send = send;
  }

  /** Takes what the chip has to say, sends what is due, and comes back for the rest. */
  collect(): void {
    clearTimeout(this.#timer);
    this.#waiting.push(...this.#chip.uartTake());
    const nowMs = this.#chip.clock.now();
    const later = this.#waiting.findIndex(({ atMs }) => atMs > nowMs);
    const due = this.#waiting.splice(0, later < 0 ? this.#waiting.length : later);
    if (due.length > 0) this.#send(Uint8Array.from(due, ({ byte }) => byte));
    const next = this.#waiting[0];
    if (next) this.#timer = setTimeout(() => this.collect(), Math.max(0, next.atMs - nowMs));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
