/** Options that could change nothing where they are given: somebody meant something by them, so they are refused. */
import { BootlaceError } from "../../errors.js";
import type { ConnectOptions } from "../../flash/target.js";
import { formatTarget, type TargetAddress } from "../../transport/target.js";

type Name = keyof ConnectOptions;

/** As they are typed; the library's names differ in their letters only. */
const TYPED = {
  baud: "--baud",
  mode: "--mode",
  force: "--force",
  maxFrame: "--max-frame",
  waitMs: "--wait",
  waitDeviceMs: "--wait-device",
  resetSequence: "--reset-sequence",
  lines: "--line",
} as const satisfies Partial<Record<Name, string>>;

type Unused = keyof typeof TYPED;

/** What a kind of target makes nothing of. Address, baud and mode are looked at where they meet the target's text. */
const UNUSED: Readonly<Record<TargetAddress["kind"], readonly Unused[]>> = {
  i2c: [],
  serial: ["force", "maxFrame"],
  spi: ["force", "maxFrame"],
  sim: ["force", "maxFrame", "waitMs", "waitDeviceMs"],
};

const KINDS = {
  i2c: "an I2C bus",
  serial: "a serial port",
  spi: "an SPI device",
  sim: "a simulated chip",
} as const;

/** @throws BootlaceError USAGE before anything is opened */
export function refuseUnused(target: TargetAddress, options: ConnectOptions): void {
  refuse(UNUSED[target.kind], options, `${KINDS[target.kind]} (${formatTarget(target)})`);
  if (options.lines !== undefined && options.resetSequence === undefined)
    throw new BootlaceError("USAGE", "--line has no meaning without a --reset-sequence that moves it");
}

/** Of the environment, whose settings are for every target: what has no meaning for this one is left away. */
export function withoutUnused(target: TargetAddress, options: ConnectOptions): ConnectOptions {
  const left: ConnectOptions = {
    ...options,
    lines: options.resetSequence === undefined ? undefined : options.lines,
  };
  return UNUSED[target.kind].reduce((rest, name) => ({ ...rest, [name]: undefined }), left);
}

/** Of a transport that the caller opened: how it is opened and what is wired beside it is the caller's. */
export function refuseUnusedWithTransport(options: ConnectOptions): void {
  refuse(Object.keys(TYPED) as Unused[], options, "a transport that is open already");
}

function refuse(names: readonly Unused[], options: ConnectOptions, where: string): void {
  for (const name of names)
    if (options[name] !== undefined && options[name] !== false)
      throw new BootlaceError("USAGE", `${TYPED[name]} has no meaning for ${where}`);
}
