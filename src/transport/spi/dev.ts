/** The transport over Linux spidev: one chip behind one chip select. */
import { BootlaceError, isSystemError } from "../../errors.js";
import type { ErrorCode } from "../../errors.js";
import { binding, RUN_STATUS } from "../../native/binding.js";
import type { NativeBinding, RunResult, SpiHandle } from "../../native/binding.js";
import { systemError } from "../../native/system-error.js";
import { encodeSteps, splitReads } from "../i2c/program.js";
import { SPI_TRAITS } from "../traits.js";
import { StepError } from "../transport.js";
import type { Exchanged, ExchangeOptions, Step, Transport } from "../transport.js";
import { Turns } from "../turns.js";
import { ACK, BUSY, FILLER, GAP_US, NACK, POLL_FILLER } from "./procedure.js";
import { DEFAULT_HZ } from "./rate.js";
import { makesGaps } from "./word-delay.js";

export interface SpiDevOptions {
  /** "/dev/spidev0.0" */
  readonly path: string;
  /** Of the clock; default DEFAULT_HZ. */
  readonly hz?: number | undefined;
  /** Between two bytes, in µs; default GAP_US. 0: frames without gaps. */
  readonly gapUs?: number | undefined;
  /** The controller makes the gaps; default what is known of its driver. */
  readonly wordDelay?: boolean | undefined;
}

const PROCEDURE = Uint8Array.of(FILLER, POLL_FILLER, ACK, NACK);

type SpiCalls = Pick<NativeBinding, "spiOpen" | "spiRun" | "spiAbort" | "close">;

/**
 * Opens the device in mode 0. Sends nothing on it and locks nothing.
 * @throws BootlaceError NO_DEVICE, NO_PERMISSION, BUS_FAILED, UNSUPPORTED_PLATFORM, ADDON_MISSING
 */
export async function openSpiDev(
  { path, hz = DEFAULT_HZ, gapUs = GAP_US, wordDelay }: SpiDevOptions,
  native: SpiCalls = linuxBinding(),
): Promise<SpiDevTransport> {
  try {
    const handle = await native.spiOpen(path, hz, gapUs, (wordDelay ?? makesGaps(path)) ? 1 : 0);
    return new SpiDevTransport(native, handle, `${path} at ${rateText(hz)}`);
  } catch (error) {
    throw isSystemError(error) ? openFailure(path, error) : error;
  }
}

function linuxBinding(): NativeBinding {
  if (process.platform === "linux") return binding();
  throw new BootlaceError("UNSUPPORTED_PLATFORM", `spidev is not available on ${process.platform}`);
}

const rateText = (hz: number): string => (hz % 1000 === 0 ? `${hz / 1000} kHz` : `${hz} Hz`);

export class SpiDevTransport implements Transport {
  readonly traits = SPI_TRAITS;
  readonly baud = undefined;
  readonly #native: SpiCalls;
  readonly #handle: SpiHandle;
  readonly #turns = new Turns();
  #closed: Promise<void> | undefined;

  /** Use openSpiDev. */
  constructor(
    native: SpiCalls,
    handle: SpiHandle,
    readonly description: string,
  ) {
    this.#native = native;
    this.#handle = handle;
  }

  async exchange(steps: readonly Step[], { signal }: ExchangeOptions = {}): Promise<Exchanged> {
    signal?.throwIfAborted();
    if (this.#closed !== undefined) throw new StepError(0, "system", undefined, { cause: closedError() });
    if (steps.length === 0) return { reads: [], busy: 0 };
    const own = [...steps]; // the caller's list may change while this one runs
    const result = await this.#turns.take(() => this.#run(own, signal), signal);
    if (result.status === RUN_STATUS.done) return { reads: splitReads(own, result.reads), busy: 0 };
    if (result.status === RUN_STATUS.aborted) signal?.throwIfAborted();
    throw stepError(result);
  }

  async #run(steps: readonly Step[], signal: AbortSignal | undefined): Promise<RunResult> {
    const abort = (): void => this.#native.spiAbort(this.#handle);
    const running = this.#native.spiRun(this.#handle, encodeSteps(steps), PROCEDURE);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) abort();
    try {
      return await running;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** What the chip sends is clocked by the host. */
  discardInput(): Promise<void> {
    return Promise.resolve();
  }

  /** Frames are cut to what spidev's buffer holds: the chip does not see where. */
  shrinkFrames(): boolean {
    return false;
  }

  slowDown(): Promise<boolean> {
    return Promise.resolve(false);
  }

  close(): Promise<void> {
    this.#closed ??= this.#turns.take(() => {
      this.#native.close(this.#handle);
      return Promise.resolve();
    });
    return this.#closed;
  }
}

const SYSCALL = "ioctl(SPI_IOC_MESSAGE)";
/** EBADF of Linux, which is the only system with spidev. */
const closedError = () => systemError(9, SYSCALL);

const FAILURES = { [RUN_STATUS.unexpected]: "unexpected", [RUN_STATUS.timeout]: "timeout" } as const;

/** Of a poll that timed out only the byte says something that a chip sends while it is busy: others are the level of the line. */
function stepError({ status, step, reply, errno }: RunResult): StepError {
  if (status === RUN_STATUS.unexpected) return new StepError(step, FAILURES[status], reply);
  if (status === RUN_STATUS.timeout)
    return new StepError(step, FAILURES[status], reply === BUSY ? reply : undefined);
  return new StepError(step, "system", undefined, { cause: systemError(errno, SYSCALL) });
}

const OPEN_FAILURES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ["NO_DEVICE", "there is no such device"],
  ENOTDIR: ["NO_DEVICE", "there is no such device"],
  ENODEV: ["NO_DEVICE", "there is no SPI device behind it"],
  ENXIO: ["NO_DEVICE", "there is no SPI device behind it"],
  ENOTTY: ["NO_DEVICE", "it is not an SPI device"],
  EISDIR: ["NO_DEVICE", "it is not an SPI device"],
  EINVAL: ["BUS_FAILED", "the controller cannot do mode 0 with words of 8 bits"],
  EACCES: ["NO_PERMISSION", "permission denied"],
  EPERM: ["NO_PERMISSION", "permission denied"],
};

const NO_DEVICE_HINT =
  "List what is there with `bootlace ports`; a chip select needs spidev in the device tree: `bootlace help linux`.";

function openFailure(path: string, cause: Error & { readonly code: string }): BootlaceError {
  const [code, text] = OPEN_FAILURES[cause.code] ?? ["BUS_FAILED", "it cannot be opened"];
  const hint = code === "NO_DEVICE" ? NO_DEVICE_HINT : undefined;
  return new BootlaceError(code, `${path}: ${text}`, { hint }, { cause });
}
