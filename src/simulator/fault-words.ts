/**
 * Faults that are ordered by name, from a shell: `sim:stm32g071?fault=power-lost:3`. docs/simulator.md has the same table, with the exit
 * status that a write ends with; a test tries each.
 */
import { BootlaceError, type ErrorCode } from "../errors.js";
import type { ChipFault } from "./faults.js";

/** What the modelled adapter says from one step on, in the words of Linux. */
export interface AdapterFault {
  readonly step: number;
  readonly code: "EACCES" | "EAGAIN" | "EIO" | "ENODEV" | "ENXIO" | "EOPNOTSUPP" | "ETIMEDOUT";
}

export interface OrderedFaults {
  readonly chip: readonly ChipFault[];
  readonly adapter?: AdapterFault;
}

/** A byte that is no status. */
const NONSENSE = 0x55;

/** Counted from 0: flash operations, status bytes, frames (faults.ts). */
const CHIP: Readonly<Record<string, (n: number, lasting: boolean) => ChipFault>> = {
  "power-lost": (operation) => ({ kind: "power lost", operation, fraction: 0.5 }),
  "reset-in-operation": (operation) => ({ kind: "reset in operation", operation, fraction: 0.5 }),
  "not-done": (operation, lasting) => ({ kind: "not done", operation, lasting }),
  refused: (status, lasting) => ({ kind: "refused", status, lasting }),
  "wrong-status": (status, lasting) => ({ kind: "status replaced", status, byte: NONSENSE, lasting }),
  "busy-for-ever": (status) => ({ kind: "busy for ever", status }),
  reset: (frame) => ({ kind: "reset", frame }),
};

const ADAPTER: Readonly<Record<string, AdapterFault["code"]>> = {
  "adapter-gone": "ENODEV",
  "no-reply": "ENXIO",
  "bus-failed": "EIO",
  "clock-held": "ETIMEDOUT",
  "bus-busy": "EAGAIN",
  "message-too-long": "EOPNOTSUPP",
  forbidden: "EACCES",
};

/** What opening a target can end with, as the code's name: "target-locked". */
const OPENING: ReadonlyMap<string, ErrorCode> = new Map(
  (["NO_DEVICE", "NO_PERMISSION", "TARGET_LOCKED", "SMBUS_ONLY", "ADDRESS_OWNED", "UNSUPPORTED_PLATFORM", "ADDON_MISSING", "SERIALPORT_MISSING"] as const) // prettier-ignore
    .map((code) => [code.toLowerCase().replaceAll("_", "-"), code]),
);

export const FAULT_NAMES: readonly string[] = [
  ...Object.keys(CHIP),
  ...Object.keys(ADAPTER),
  ...OPENING.keys(),
];

const FORM = /^([a-z-]+)(?::(\d{1,9})(\+?))?$/;

/**
 * @param text names with a number each, joined with commas: "refused:4,power-lost:2"; "not-done:2+" from the third on; without a number, 0
 * @throws BootlaceError USAGE for what is no fault; the error itself where the fault is one of opening
 */
export function parseFaults(text: string): OrderedFaults {
  const chip: ChipFault[] = [];
  let adapter: AdapterFault | undefined;
  for (const item of text.split(",")) {
    const [, name = "", number = "0", more = ""] = FORM.exec(item) ?? [];
    const code = OPENING.get(name);
    if (code !== undefined) throw new BootlaceError(code, `sim: ${name}, as fault= says`);
    if (Object.hasOwn(ADAPTER, name)) adapter = { step: Number(number), code: ADAPTER[name]! };
    else if (Object.hasOwn(CHIP, name)) chip.push(CHIP[name]!(Number(number), more === "+"));
    else throw unknown(item);
  }
  return adapter === undefined ? { chip } : { chip, adapter };
}

const unknown = (item: string): BootlaceError =>
  new BootlaceError("USAGE", `"${item}" is no fault: NAME or NAME:NUMBER, of ${FAULT_NAMES.join(", ")}`);
