/** Which addresses of an I2C bus answer as a bootloader. */
import { checkArgument, type Kind, TEXT } from "../arguments.js";
import { CATALOGUE } from "../devices/catalogue.js";
import { BootlaceError, type ErrorCode, stopError } from "../errors.js";
import { checkOptions } from "../flash/arguments.js";
import { inOurWords } from "../protocol/failure.js";
import { getVersion } from "../protocol/identify.js";
import { openBus, openI2cDev } from "../transport/i2c/dev.js";
import { busNumberOf } from "./adapters.js";
import { boundDrivers } from "./bound-driver.js";
import { lockTarget } from "./lock.js";
import { busPath } from "./open/bus-path.js";
import { planScan, type SkippedAddress } from "./scan-policy.js";

export interface ScanOptions {
  /** Also ask 0x50 to 0x57, where EEPROMs live: the two bytes of the question change an EEPROM. Default false. */
  readonly all?: boolean | undefined;
  /** Stops between two addresses. */
  readonly signal?: AbortSignal | undefined;
}

export interface ScanAnswer {
  /** 7-bit. */
  readonly address: number;
  /** Of the bootloader that answered: "1.2". */
  readonly protocol?: string;
  /** Instead of it: something is there, but no bootloader that waits for a command; or it could not be asked. */
  readonly trouble?: string;
  /** Families whose bootloader has this address: "STM32G07xxx/08xxx". */
  readonly chips: readonly string[];
}

export interface ScanResult {
  /** "/dev/i2c-1" */
  readonly port: string;
  /** Addresses, 7-bit, that were asked. */
  readonly asked: readonly number[];
  readonly skipped: readonly SkippedAddress[];
  /** Of those where something is there, by address. */
  readonly answers: readonly ScanAnswer[];
}

const BUS: Kind = {
  says: 'a number, or a text like "/dev/i2c-1"',
  fits: (value) => TEXT.fits(value) || (Number.isInteger(value) && (value as number) >= 0),
};

/**
 * Asks, by Get Version, each address of a bus at which STM32 bootloaders are known and that no kernel driver owns.
 * @param bus 1, "1", "/dev/i2c-1" or "i2c:1"
 * @throws BootlaceError USAGE, NO_DEVICE, NO_PERMISSION, SMBUS_ONLY before anything is sent; INTERRUPTED; what the bus as a whole fails with
 */
export async function scan(bus: string | number, options: ScanOptions = {}): Promise<ScanResult> {
  checkArgument("bus", BUS, bus);
  checkOptions("scan", options);
  const { all = false, signal } = options;
  const port = busPath(bus);
  const device = await openBus(port);
  try {
    const { ask, skip } = planScan({
      known: CATALOGUE.flatMap(({ addresses, doubtful }) => [...addresses, ...doubtful]),
      bound: boundDrivers(busNumberOf(port) ?? -1),
      all,
    });
    await refuseSmbus(port);
    const answers: ScanAnswer[] = [];
    for (const address of ask) {
      if (signal?.aborted) throw stopError(signal.reason);
      const answer = await askAt(port, address, signal);
      if (answer !== undefined) answers.push({ address, ...answer, chips: familiesAt(address) });
    }
    return { port, asked: ask, skipped: skip, answers };
  } finally {
    await device.close();
  }
}

const familiesAt = (address: number): string[] =>
  CATALOGUE.filter(({ addresses }) => addresses.includes(address)).map(({ name }) => name);

/** @throws BootlaceError SMBUS_ONLY before anything is sent */
async function refuseSmbus(path: string): Promise<void> {
  const probe = await openI2cDev({ path, address: 0x08 });
  await probe.close();
}

type What = Pick<ScanAnswer, "protocol" | "trouble">;

/** @returns undefined when nobody acknowledges the address */
async function askAt(path: string, address: number, signal?: AbortSignal): Promise<What | undefined> {
  try {
    const lock = await lockTarget(path, address, { signal });
    try {
      const transport = await openI2cDev({ path, address });
      const version = await getVersion(transport).finally(() => transport.close());
      return { protocol: `${version >> 4}.${version & 0xf}` };
    } finally {
      lock.release();
    }
  } catch (thrown) {
    const error = inOurWords(thrown);
    if (!(error instanceof BootlaceError)) throw error;
    if (error.code === "NO_REPLY") return undefined;
    if (!ANSWERS.has(error.code)) throw error;
    return { trouble: error.message };
  }
}

/** Failures that say something of this address, not of the bus as a whole. */
const ANSWERS: ReadonlySet<ErrorCode> = new Set([
  "TARGET_LOCKED",
  "REFUSED",
  "DESYNCHRONISED",
  "TIMED_OUT",
  "BUS_FAILED",
]);
