/** The transport over Linux i2c-dev: one chip at one address of one bus. */
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { basename } from "node:path";
import { BootlaceError, hex, isSystemError } from "../../errors.js";
import type { ErrorCode } from "../../errors.js";
import { RUN_STATUS } from "../../native/binding.js";
import type { NativeBinding, RunResult } from "../../native/binding.js";
import { errnoName, systemError } from "../../native/system-error.js";
import { checkExchange } from "../arguments.js";
import { I2cBus } from "./bus.js";
import { can, I2C_FUNC } from "./functionality.js";
import { LEAST_MESSAGE } from "./frame-limits.js";
import { frameLimits, nextShorter } from "./limits.js";
import { splitReads, stepLength } from "./program.js";
import { StepError } from "../transport.js";
import { I2C_TRAITS, type Traits } from "../traits.js";
import type { Exchanged, ExchangeOptions, Step, Transport } from "../transport.js";

export interface I2cDevOptions {
  /** "/dev/i2c-1" */
  readonly path: string;
  /** 7 bits. */
  readonly address: number;
  /** I2C_RETRIES, set at open. Not touched without it: it belongs to the whole adapter. */
  readonly retries?: number;
  /** Longest message, 32 to 258 bytes, for adapters that take less than is known of their driver. */
  readonly maxFrame?: number | undefined;
  /** Send a command and the read of its answer as one system call where the adapter can (PROTOCOL_MANGLING). Default true. */
  readonly combine?: boolean;
}

/** PATH_MAX of Linux. */
const MAX_PATH = 4096;

/**
 * Opens the bus for one target. Sends nothing on it and locks nothing.
 * @throws BootlaceError NO_DEVICE, NO_PERMISSION, SMBUS_ONLY, BUS_FAILED, UNSUPPORTED_PLATFORM, ADDON_MISSING, USAGE
 */
export const openI2cDev = async (
  options: I2cDevOptions,
  native?: NativeBinding,
): Promise<I2cDevTransport> => {
  checkOptions(options);
  const bus = await openBus(options.path, native);
  try {
    if (!can(bus.functionality, I2C_FUNC.I2C)) throw smbusOnly(bus);
    if (options.retries !== undefined) await bus.setRetries(options.retries);
    return new I2cDevTransport(bus, options);
  } catch (error) {
    await bus.close();
    throw isSystemError(error) ? openFailure(options.path, error) : error;
  }
};

export class I2cDevTransport implements Transport {
  readonly description: string;
  readonly #address: number;
  /** Some drivers claim protocol mangling and send a repeated START all the same: what fails at first is not done again. */
  #combine: "no" | "trying" | "yes";
  #traits: Traits;
  /** What the adapter refused last, and its length. */
  #refused: { readonly what: "maxWrite" | "maxRead"; readonly length: number } | undefined;

  /** Somebody acknowledged the address once. */
  #heard = false;

  /** Use openI2cDev. */
  constructor(
    readonly bus: I2cBus,
    options: I2cDevOptions,
  ) {
    const { path, address, maxFrame } = options;
    const { maxWrite, maxRead } = frameLimits(path, bus.limits, maxFrame);
    this.description = `${path} address ${hex(address, 2)}`;
    this.#address = address;
    const { combine = true } = options;
    this.#combine = combine && can(bus.functionality, I2C_FUNC.PROTOCOL_MANGLING) ? "trying" : "no";
    this.#traits = {
      ...I2C_TRAITS,
      maxWrite,
      maxRead,
    };
  }

  get address(): number {
    return this.#address;
  }

  get traits(): Traits {
    return this.#traits;
  }

  /** The adapter's clock is not ours to choose. */
  get baud(): undefined {
    return undefined;
  }

  async exchange(steps: readonly Step[], options: ExchangeOptions = {}): Promise<Exchanged> {
    checkExchange(steps, options);
    const { signal } = options;
    signal?.throwIfAborted();
    if (steps.length === 0) return { reads: [], busy: 0 };
    const own = [...steps]; // the caller's list may change while this one runs
    const result = await this.#run(own, signal);
    const tried = result.status === RUN_STATUS.done ? own.length : result.step;
    this.#heard ||= own.slice(0, tried).some(({ kind }) => kind !== "delay");
    if (result.status === RUN_STATUS.done)
      return { reads: splitReads(own, result.reads), busy: result.tries - polls(own) };
    if (result.status === RUN_STATUS.aborted) signal?.throwIfAborted();
    this.#refused = refusedLength(own[result.step], result);
    throw stepError(result, { tooLong: this.#refused !== undefined, absent: this.#soundsAbsent(result) });
  }

  /** Of drivers that have another word for it: before anybody was heard, a missing acknowledge is what it most likely means. */
  #soundsAbsent({ status, errno }: RunResult): boolean {
    const { nackErrno } = this.bus.limits;
    return !this.#heard && status === RUN_STATUS.system && errnoName(errno) === nackErrno;
  }

  async #run(steps: readonly Step[], signal: AbortSignal | undefined): Promise<RunResult> {
    const result = await this.bus.run(this.#address, steps, { signal, combine: this.#combine !== "no" });
    if (this.#combine !== "trying") return result;
    this.#combine = result.status === RUN_STATUS.done ? "yes" : "no";
    // The kernel refuses two messages at once before anything is on the bus (adapter quirk max_num_msgs).
    const refused = result.status === RUN_STATUS.system && result.errno === EOPNOTSUPP && result.step <= 1;
    return refused ? this.bus.run(this.#address, steps, { signal }) : result;
  }

  /** A message that nobody reads is never sent: nothing to throw away. */
  discardInput(): Promise<void> {
    return Promise.resolve();
  }

  slowDown(): Promise<boolean> {
    return Promise.resolve(false);
  }

  shrinkFrames(): boolean {
    const refused = this.#refused;
    this.#refused = undefined;
    const shorter = refused && nextShorter(refused.length);
    if (shorter === undefined) return false;
    this.#traits = { ...this.#traits, [refused!.what]: shorter };
    return true;
  }

  close(): Promise<void> {
    return this.bus.close();
  }
}

/** In a list that ran to its end each of them got one byte that was not busy. */
const polls = (steps: readonly Step[]): number => {
  let count = 0;
  for (const { kind } of steps) if (kind === "poll") count++;
  return count;
};

const FAILURES = { [RUN_STATUS.unexpected]: "unexpected", [RUN_STATUS.timeout]: "timeout" } as const;

interface Meaning {
  readonly tooLong: boolean;
  readonly absent: boolean;
}

const stepError = ({ status, step, reply, errno }: RunResult, { tooLong, absent }: Meaning): StepError => {
  const last = reply < 0 ? undefined : reply;
  if (status === RUN_STATUS.unexpected || status === RUN_STATUS.timeout) {
    return new StepError(step, FAILURES[status], last);
  }
  return new StepError(step, tooLong ? "too long" : "system", last, {
    cause: Object.assign(systemError(errno, "ioctl(I2C_RDWR)"), absent && { means: "ENXIO" }),
  });
};

/** What drivers say to a message that is too long: the i2c core EOPNOTSUPP (adapter quirks), others what came to their authors' minds. */
const { EOPNOTSUPP, EINVAL, EMSGSIZE, E2BIG, EFBIG } = constants.errno;
const TOO_LONG: ReadonlySet<number> = new Set([EOPNOTSUPP, EINVAL, EMSGSIZE, E2BIG, EFBIG]);

const refusedLength = (step: Step | undefined, { status, errno }: RunResult) => {
  if (step === undefined || status !== RUN_STATUS.system || !TOO_LONG.has(errno)) return undefined;
  const { written, wanted = 0 } = stepLength(step);
  const length = written ?? wanted;
  if (length <= LEAST_MESSAGE) return undefined;
  return { what: written === undefined ? "maxRead" : "maxWrite", length } as const;
};

const checkOptions = ({ path, address, maxFrame }: I2cDevOptions): void => {
  if (path.length === 0 || path.length >= MAX_PATH || path.includes("\0")) {
    throw new BootlaceError("USAGE", `${JSON.stringify(path.slice(0, 40))} is not the path of an I2C bus`);
  }
  if (!Number.isInteger(address) || address < 0 || address > 0x7f) {
    throw new BootlaceError("USAGE", `I2C address ${address} is not a 7-bit address (0x00 to 0x7F)`);
  }
  if (maxFrame !== undefined && !(maxFrame >= LEAST_MESSAGE)) {
    throw new BootlaceError(
      "USAGE",
      `a longest frame of ${maxFrame} bytes is too short, the least is ${LEAST_MESSAGE}`,
    );
  }
};

/** The bus alone, whatever its adapter can do. @throws BootlaceError NO_DEVICE, NO_PERMISSION, BUS_FAILED */
export const openBus = async (path: string, native?: NativeBinding): Promise<I2cBus> => {
  try {
    return await I2cBus.open(path, native);
  } catch (error) {
    throw isSystemError(error) ? openFailure(path, error) : error;
  }
};

const OPEN_FAILURES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ["NO_DEVICE", "there is no such device"],
  ENOTDIR: ["NO_DEVICE", "there is no such device"],
  ENODEV: ["NO_DEVICE", "there is no I2C adapter behind it"],
  ENXIO: ["NO_DEVICE", "there is no I2C adapter behind it"],
  ENOTTY: ["NO_DEVICE", "it is not an I2C bus"],
  EISDIR: ["NO_DEVICE", "it is not an I2C bus"],
  EACCES: ["NO_PERMISSION", "permission denied"],
  EPERM: ["NO_PERMISSION", "permission denied"],
};

const openFailure = (path: string, cause: Error & { readonly code: string }): BootlaceError => {
  const [code, text] = OPEN_FAILURES[cause.code] ?? ["BUS_FAILED", "it cannot be opened"];
  return new BootlaceError(code, `${path}: ${text}`, {}, { cause });
};

const smbusOnly = (bus: I2cBus): BootlaceError => {
  const name = adapterName(bus.path);
  const adapter = name === undefined ? bus.path : `${bus.path} (${name})`;
  const mask = hex(bus.functionality);
  return new BootlaceError(
    "SMBUS_ONLY",
    `${adapter} does SMBus transfers only: it lacks I2C_FUNC_I2C, plain I2C messages of any length (functionality ${mask})`,
  );
};

/** For the message only, and not there without sysfs. */
const adapterName = (path: string): string | undefined => {
  try {
    return readFileSync(`/sys/class/i2c-dev/${basename(path)}/name`, "utf8").trim();
  } catch {
    return undefined;
  }
};
