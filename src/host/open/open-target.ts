/** Opens what stands behind a target: the adapter, the lock of the address, the reset lines. */
import { setTimeout as sleep } from "node:timers/promises";
import { deviceByName } from "../../devices/name.js";
import { BootlaceError, type ErrorCode } from "../../errors.js";
import { openTransport } from "../../transport/open.js";
import { type TargetAddress, withDetails } from "../../transport/target.js";
import type { Transport } from "../../transport/transport.js";
import type { ResetLines } from "../../lines/reset-lines.js";
import type { ConnectOptions } from "../../flash/target.js";
import { monotonicMs } from "../../monotonic.js";
import { readTarget } from "./read-target.js";
import { refuseUnused } from "./unused-options.js";

/** The way to a chip: transport, lock, reset lines, closed together. */
export interface Link {
  readonly transport: Transport;
  /** 7-bit I2C address, where the target has one. */
  readonly address: number | undefined;
  readonly lines: ResetLines | undefined;
  close(): Promise<void>;
}

export async function openTarget(given: string | TargetAddress, options: ConnectOptions): Promise<Link> {
  const address = typeof given === "string" ? readTarget(given) : given;
  const target = await withChipAddress(withDetails(address, options), options.chip);
  refuseUnused(target, options);
  return whenThere(() => openLink(target, options), options);
}

const NOT_THERE_YET: ReadonlySet<ErrorCode> = new Set(["NO_DEVICE", "NO_PERMISSION"]);

/** udev makes a device's node and then gives it to its group: `waitDeviceMs` waits for both. */
async function whenThere<T>(open: () => Promise<T>, { waitDeviceMs, signal }: ConnectOptions): Promise<T> {
  const deadlineMs = monotonicMs() + (waitDeviceMs ?? 0);
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const mayCome = error instanceof BootlaceError && NOT_THERE_YET.has(error.code);
      if (!mayCome || monotonicMs() >= deadlineMs) throw error;
      await sleep(BETWEEN_LOOKS_MS, undefined, signal && { signal });
    }
  }
}

async function openLink(target: TargetAddress, options: ConnectOptions): Promise<Link> {
  const lock = await claim(target, options);
  const closers: (() => void | Promise<void>)[] = [() => lock?.release()];
  const close = async (): Promise<void> => {
    for (const closer of closers.reverse().splice(0)) await closer();
  };
  try {
    const transport = await openWhenFree(target, options);
    closers.push(() => transport.close());
    const lines = await linesOf(transport, options);
    if (lines) closers.push(() => lines.release());
    return { transport: await traced(transport, options), address: addressOf(target), lines, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const BETWEEN_LOOKS_MS = 100;

/** A serial port is locked by opening it; an I2C address or SPI device was claimed before. @throws BootlaceError TARGET_LOCKED when the time is over */
async function openWhenFree(target: TargetAddress, options: ConnectOptions): Promise<Transport> {
  const deadlineMs = monotonicMs() + (options.waitMs ?? 0);
  for (;;) {
    try {
      return await openTransport(target, openOptions(options));
    } catch (error) {
      const held = error instanceof BootlaceError && error.code === "TARGET_LOCKED";
      if (!held || target.kind !== "serial" || monotonicMs() >= deadlineMs) throw error;
      await sleep(BETWEEN_LOOKS_MS, undefined, options.signal && { signal: options.signal });
    }
  }
}

const openOptions = ({ maxFrame, signal, resetSequence }: ConnectOptions) => ({
  i2c: { maxFrame },
  // A reset sequence decides about RTS and DTR, also what they are when the port is closed.
  serial: { signal, hangUp: resetSequence === undefined },
});

const addressOf = (target: TargetAddress): number | undefined =>
  target.kind === "i2c" ? target.address : undefined;

/** The chip's name says its address where no address is given and the name leaves no choice. */
async function withChipAddress(target: TargetAddress, chip: string | undefined): Promise<TargetAddress> {
  if (target.kind !== "i2c" || target.address !== undefined || chip === undefined) return target;
  const match = await deviceByName(chip);
  if (match.kind === "unknown") throw new BootlaceError("USAGE", match.message);
  const addresses =
    match.kind === "found"
      ? match.device.bootloaders.flatMap(({ i2c }) => i2c.map((row) => row.address))
      : [];
  const [address, ...others] = new Set(addresses);
  if (address === undefined || others.length > 0)
    throw new BootlaceError("USAGE", `${chip} does not tell one I2C address`, {
      hint: "Give it with --address.",
    });
  return { ...target, address };
}

/** Of SPI the chip select is claimed: there is one chip behind it. */
async function claim(target: TargetAddress, { force, waitMs, signal }: ConnectOptions) {
  if (process.platform !== "linux") return undefined;
  if (target.kind === "spi") {
    const { lockTarget } = await import("../lock.js");
    return lockTarget(target.path, 0, { waitMs, signal, name: target.path });
  }
  if (target.kind !== "i2c" || target.address === undefined) return undefined;
  const { claimTarget } = await import("../claim.js");
  return claimTarget(target.path, target.address, { force, waitMs, signal });
}

async function linesOf(
  transport: Transport,
  { resetSequence, lines, signal }: ConnectOptions,
): Promise<ResetLines | undefined> {
  if (resetSequence === undefined) return undefined;
  const [{ openResetLines }, { isModemPort }] = await Promise.all([
    import("../../lines/reset-lines.js"),
    import("../../lines/serial-lines.js"),
  ]);
  return openResetLines({
    sequence: resetSequence,
    lines,
    signal,
    port: isModemPort(transport) ? transport : undefined,
  });
}

async function traced(transport: Transport, { onTrace }: ConnectOptions): Promise<Transport> {
  if (!onTrace) return transport;
  const { formatTrace, traceTransport } = await import("../../transport/trace.js");
  return traceTransport(transport, (record) => onTrace(formatTrace(record)));
}
