/**
 * What a line of a reset sequence is wired to:
 *
 *   gpiochip0:17   pinctrl-rp1:17   GPIO17        a GPIO line by chip (or the chip's label) and offset, or by its name
 *   rts   dtr   brk                               an output of the serial port
 *   cmd:COMMAND                                   a command of the user's; it is called with 1 or 0 (or z) as last argument
 *
 * "!" in front turns the line around (an inverting transistor); ":open-drain" behind a GPIO line lets high be high impedance.
 */
import { BootlaceError } from "../errors.js";

export type LineReference = GpioReference | SerialReference | CommandReference;

export interface GpioReference {
  readonly kind: "gpio";
  /** "gpiochip0", "/dev/gpiochip0" or a label; undefined: the line is searched by name on all chips. */
  readonly chip?: string;
  readonly line: number | string;
  readonly inverted: boolean;
  readonly openDrain: boolean;
}

export interface SerialReference {
  readonly kind: "serial";
  readonly line: "rts" | "dtr" | "brk";
  readonly inverted: boolean;
}

export interface CommandReference {
  readonly kind: "command";
  readonly command: string;
  /** What the command is told for 0 and 1 instead of the digits. */
  readonly words?: readonly [zero: string, one: string];
}

const SERIAL_LINES = ["rts", "dtr", "brk"] as const;
/** The kernel's line names are free text; these characters are what boards use. "=" "," and blanks would not survive in a sequence. */
const NAME = /^[A-Za-z0-9_.\-+#/[\]()]+$/;

/** @throws BootlaceError USAGE */
export function parseLineReference(text: string): LineReference {
  if (text.startsWith("cmd:")) return parseCommand(text);
  const inverted = text.startsWith("!");
  const whole = inverted ? text.slice(1) : text;
  const serial = SERIAL_LINES.find((line) => line === whole.toLowerCase());
  if (serial) return { kind: "serial", line: serial, inverted };
  const openDrain = whole.endsWith(":open-drain");
  const place = openDrain ? whole.slice(0, -":open-drain".length) : whole;
  return { kind: "gpio", ...parsePlace(place, text), inverted, openDrain };
}

/** For messages: "gpiochip0:17", "!rts". */
export function formatLineReference(reference: LineReference): string {
  if (reference.kind === "command") return `cmd:${reference.command}`;
  const mark = reference.inverted ? "!" : "";
  if (reference.kind === "serial") return mark + reference.line;
  const chip = reference.chip === undefined ? "" : `${reference.chip}:`;
  return `${mark}${chip}${reference.line}${reference.openDrain ? ":open-drain" : ""}`;
}

function parseCommand(text: string): CommandReference {
  const command = text.slice("cmd:".length).trim();
  if (command === "") throw usage(`"${text}" names no command`);
  return { kind: "command", command };
}

function parsePlace(place: string, whole: string): { chip?: string; line: number | string } {
  const [, chip, offset] = /^(.+):([^:]*)$/.exec(place) ?? [];
  if (chip === undefined) {
    if (NAME.test(place)) return { line: place };
    throw usage(
      `"${whole}" is not a line: write gpiochip0:17, a line's name, rts, dtr, brk or cmd:COMMAND, with ! in front to invert`,
    );
  }
  if (offset === undefined || !/^\d{1,5}$/.test(offset))
    throw usage(`"${whole}": "${offset ?? ""}" is not a line number; write gpiochip0:17`);
  return { chip, line: Number(offset) };
}

const usage = (message: string): BootlaceError => new BootlaceError("USAGE", message);
