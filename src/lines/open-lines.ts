/** The driver for a sequence: each line by what it is wired to. Nothing is touched before the first move. */
import { BootlaceError } from "../errors.js";
import { CommandLines } from "./command-lines.js";
import { CombinedLines } from "./line-driver.js";
import type { LineDriver } from "./line-driver.js";
import type { LineReference } from "./line-reference.js";
import type { ResetSequence } from "./sequence.js";
import { SerialLines } from "./serial-lines.js";
import type { ModemPort } from "./serial-lines.js";

export interface OpenLinesOptions {
  /** The port that RTS, DTR and BREAK belong to. */
  readonly port?: ModemPort | undefined;
}

/** @throws BootlaceError USAGE (rts without a serial port), UNSUPPORTED_PLATFORM, ADDON_MISSING */
export async function openLines(
  sequence: ResetSequence,
  options: OpenLinesOptions = {},
): Promise<LineDriver> {
  const drivers: { names: Iterable<string>; driver: LineDriver }[] = [];
  const add = (lines: ReadonlyMap<string, unknown>, driver: LineDriver) =>
    drivers.push({ names: lines.keys(), driver });
  const serial = ofKind(sequence, "serial");
  if (serial.size > 0) add(serial, new SerialLines(serial, options.port ?? missingPort([...serial.keys()])));
  const gpio = ofKind(sequence, "gpio");
  if (gpio.size > 0) add(gpio, await openGpio(gpio));
  const command = ofKind(sequence, "command");
  if (command.size > 0) add(command, new CommandLines(command));
  return new CombinedLines(drivers);
}

async function openGpio(
  references: ReadonlyMap<string, Extract<LineReference, { kind: "gpio" }>>,
): Promise<LineDriver> {
  if (process.platform !== "linux") throw new BootlaceError("UNSUPPORTED_PLATFORM", "GPIO lines need Linux");
  const [{ GpioLines }, { binding }] = await Promise.all([
    import("./gpio-lines.js"),
    import("../native/binding.js"),
  ]);
  return new GpioLines(references, binding());
}

function ofKind<K extends LineReference["kind"]>(
  sequence: ResetSequence,
  kind: K,
): Map<string, Extract<LineReference, { kind: K }>> {
  const matches = (entry: [string, LineReference]): entry is [string, Extract<LineReference, { kind: K }>] =>
    entry[1].kind === kind;
  return new Map([...sequence.lines].filter(matches));
}

function missingPort(names: readonly string[]): never {
  throw new BootlaceError("USAGE", `${names.join(", ")}: RTS, DTR and BREAK need a target on a serial port`);
}
