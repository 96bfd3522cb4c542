/**
 * What a flasher wants from a tty beyond the `serialport` package, all of it optional: the port works without.
 * Linux only, through the addon: TIOCEXCL, input parity check, settings read back; and a look into sysfs for a UART without parity.
 */
import { readFile, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { BootlaceError } from "../../errors.js";
import { SERIAL_MODES } from "./mode.js";
import type { SerialMode } from "./mode.js";

/** The part of the addon that is used; tests give their own. */
export interface TtyBinding {
  /** TIOCEXCL: no other process but root's may open the port. TIOCNXCL takes it back. */
  ttyExclusive(fd: number, on: boolean): void;
  /** termios INPCK: bytes with a wrong parity bit are dropped (with IGNPAR, which `serialport` sets) instead of delivered. */
  ttyCheckParity(fd: number): void;
  /** What the driver took. `parity` is 0 none, 1 even, 2 odd. */
  ttySettings(fd: number): { readonly dataBits: number; readonly parity: number; readonly stopBits: number };
}

export async function loadTtyBinding(): Promise<TtyBinding | undefined> {
  if (process.platform !== "linux") return undefined;
  try {
    const { binding } = await import("../../native/binding.js");
    return binding();
  } catch {
    return undefined; // without the addon the port works, less guarded
  }
}

const PARITY_NAMES = ["none", "even", "odd"] as const;

/**
 * @returns what could not be had, for the trace
 * @throws BootlaceError ADAPTER_LIMIT when the driver did not take the character format
 */
export function guardTty(tty: TtyBinding, fd: number, port: { path: string; mode: SerialMode }): string[] {
  const wanted = SERIAL_MODES[port.mode];
  const notes: string[] = [];
  attempt("TIOCEXCL", () => tty.ttyExclusive(fd, true), notes);
  if (wanted.parity !== "none") attempt("input parity check", () => tty.ttyCheckParity(fd), notes);
  const taken = tty.ttySettings(fd);
  const parity = PARITY_NAMES[taken.parity] ?? "none";
  if (parity === wanted.parity && taken.stopBits === wanted.stopBits && taken.dataBits === 8) return notes;
  const shown = `${taken.dataBits}${parity.charAt(0).toUpperCase()}${taken.stopBits}`;
  throw new BootlaceError(
    "ADAPTER_LIMIT",
    `${port.path} did not take ${port.mode.toUpperCase()}: its driver set ${shown}`,
    {
      hint:
        wanted.parity === "none"
          ? "Use another serial port."
          : "The bootloader needs parity (8E1): use another serial port. A pseudo-terminal has none; use --mode 8n1 there.",
    },
  );
}

function attempt(what: string, run: () => void, notes: string[]): void {
  try {
    run();
  } catch (error) {
    notes.push(`no ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * The Raspberry Pi's mini UART (BCM2835 peripherals, section 2.2: "no parity bit") takes any setting and sends without parity.
 * Only the device tree tells it from a real UART.
 * @throws BootlaceError ADAPTER_LIMIT
 */
export async function refuseMiniUart(path: string, mode: SerialMode, sysRoot = "/sys"): Promise<void> {
  if (SERIAL_MODES[mode].parity === "none" || !(await isMiniUart(path, sysRoot))) return;
  throw new BootlaceError(
    "ADAPTER_LIMIT",
    `${path} is a mini UART: it has no parity bit, the bootloader needs one`,
    {
      hint: "On a Raspberry Pi use the full UART: `dtoverlay=disable-bt` or `miniuart-bt` gives /dev/ttyAMA0 the pins; see docs/wiring.md.",
    },
  );
}

async function isMiniUart(path: string, sysRoot: string): Promise<boolean> {
  try {
    const name = basename(await realpath(path)); // /dev/serial0 is a link
    let folder = await realpath(join(sysRoot, "class/tty", name, "device"));
    // Newer kernels put a port and a controller device between the tty and the UART of the device tree.
    for (let level = 0; level < 3; level++, folder = dirname(folder))
      if ((await compatible(folder)).includes("bcm2835-aux-uart")) return true;
  } catch {
    // Not Linux, not a tty of the kernel, or no device tree: nothing known against it.
  }
  return false;
}

const compatible = (folder: string): Promise<string> =>
  readFile(join(folder, "of_node/compatible"), "latin1").catch(() => "");
