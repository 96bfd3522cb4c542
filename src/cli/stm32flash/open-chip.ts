/** The way to the chip: serial port or I2C bus, lines of -i, the dialogue, and which chip it is. */
import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import { BootlaceError, hex } from "../../errors.js";
import { withAddressHint } from "../../flash/chip/address-hint.js";
import { identifyChip } from "../../flash/chip/identify.js";
import type { Session } from "../../flash/chip/session.js";
import { type LineDriver, runMoves } from "../../lines/line-driver.js";
import type { LineReference } from "../../lines/line-reference.js";
import type { Move } from "../../lines/sequence.js";
import { connectBootloader } from "../../protocol/connect.js";
import { getVersion, identify, type Identity } from "../../protocol/identify.js";
import { delay, type Transport } from "../../transport/transport.js";
import type { CommandLine } from "./command-line.js";
import { LimitedTransport } from "./limited-transport.js";
import { checkPort, checkResume, type PortKind } from "./unused.js";
import { usageError } from "./usage-error.js";

export interface Port {
  readonly transport: Transport;
  /** 7-bit I2C address, where the port is a bus. */
  readonly address: number | undefined;
  close(): Promise<void>;
}

/** Opens the port and takes its lock; sends nothing. @throws BootlaceError */
export async function openPort(line: CommandLine, signal: AbortSignal): Promise<Port> {
  const port = await openByKind(line, signal);
  try {
    checkResume(port.transport.traits, line.resume);
  } catch (error) {
    await port.close();
    throw error;
  }
  return { ...port, transport: new LimitedTransport(port.transport, line.frames) };
}

async function openByKind(line: CommandLine, signal: AbortSignal): Promise<Port> {
  const { device, letters } = line;
  const path = await realpath(device).catch(() => device);
  const kind = kindOf(device, path);
  checkPort(kind, device, letters);
  if (kind === "a simulated chip") return openSimulated(device);
  if (kind === "an I2C bus") return openI2c(path, line.address, signal);
  const { openSerial } = await import("../../transport/serial/serial.js");
  const { baud, mode, signals } = line;
  // A sequence decides about RTS and DTR, also what they are when the port is closed.
  const transport = await openSerial({ path: device, baud, mode, signal, hangUp: signals === undefined });
  return { transport, address: undefined, close: () => transport.close() };
}

function kindOf(device: string, path: string): PortKind {
  if (device.startsWith("sim:")) return "a simulated chip";
  return /^i2c-\d+$/.test(basename(path)) ? "an I2C bus" : "a serial port";
}

async function openI2c(path: string, address: number | undefined, signal: AbortSignal): Promise<Port> {
  if (address === undefined) throw usageError(`${path} is an I2C bus: give the chip's address with -a`);
  const { openTarget } = await import("../../host/open/open-target.js");
  return openTarget({ kind: "i2c", path, address }, { signal });
}

async function openSimulated(device: string): Promise<Port> {
  const { openTarget } = await import("../../host/open/open-target.js");
  return openTarget(device, {});
}

/** The lines of -i; nothing is moved yet. @throws BootlaceError USAGE for rts, dtr and brk without a serial port, NO_DEVICE, ... */
export async function openSignals(
  { signals }: CommandLine,
  { transport }: Port,
): Promise<LineDriver | undefined> {
  if (!signals || signals.names.size === 0) return undefined;
  const [{ openLines }, { isModemPort }] = await Promise.all([
    import("../../lines/open-lines.js"),
    import("../../lines/serial-lines.js"),
  ]);
  const lines = new Map<string, LineReference>();
  for (const name of signals.names) lines.set(name, await referenceOf(name));
  const inner = transport instanceof LimitedTransport ? transport.inner : transport;
  const port = isModemPort(inner) ? inner : undefined;
  return openLines({ lines, entry: signals.entry, exit: signals.exit }, { port });
}

async function referenceOf(name: string): Promise<LineReference> {
  if (name === "rts" || name === "dtr" || name === "brk")
    return { kind: "serial", line: name, inverted: false };
  const { gpioByNumber } = await import("./gpio-number.js");
  return gpioByNumber(Number(name));
}

const NO_LINES: LineDriver = { set: () => Promise.resolve(), release: () => Promise.resolve() };

export const moveSignals = (moves: readonly Move[], driver: LineDriver = NO_LINES): Promise<void> =>
  runMoves(moves, driver);

/** @throws BootlaceError NO_REPLY, UNKNOWN_CHIP, ... */
export async function meetChip({ transport, address }: Port, resume: boolean): Promise<Session> {
  const identity = await (resume ? resumed(transport) : connectBootloader(transport)).catch(
    async (error: unknown) => {
      throw await withAddressHint(error, address);
    },
  );
  const session = await identifyChip(transport, identity, { address });
  if (session.device) return session;
  throw new BootlaceError(
    "UNKNOWN_CHIP",
    `no row of the device table has product ID ${hex(identity.productId, 3)}`,
    {
      hint: "`bootlace` takes its geometry with --flash-size and --page-size.",
    },
  );
}

/** -c: the chip is at a command boundary already and knows the rate. */
async function resumed(transport: Transport): Promise<Identity> {
  return identify(transport, { version: await getVersion(transport) });
}

/** Longest start of a bootloader with USB detection (AN2606, timings) with room to spare. */
const RESTART_MS = 200;

/** After a command that restarts the chip. @throws BootlaceError NO_REPLY when it does not come back to its bootloader */
export async function meetAgain({ loader: { transport, identity } }: Session): Promise<void> {
  await transport.exchange([delay(RESTART_MS)]);
  await connectBootloader(transport, identity);
}
