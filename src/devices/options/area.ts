/** How the option bytes of a series lie in memory, and how much of them one Write Memory takes. docs/options.md says where it is from. */
import type { Device, Range } from "../device.js";

/**
 * What follows a value: "byte", "half-word" and "word" have their inverse behind them, "none" is the value alone.
 */
export type Inverse = "byte" | "half-word" | "word" | "none";

export interface OptionArea extends Range {
  readonly inverse: Inverse;
  /** "whole": all of it, or what is not sent stays erased. "to the last change": what lies behind the frame keeps its values. */
  readonly frame: "whole" | "to the last change";
}

const FORMS: Readonly<Record<string, Omit<OptionArea, keyof Range>>> = {
  ...of(["F0", "F1", "F3"], { inverse: "byte", frame: "whole" }),
  ...of(["F2", "F4", "F7"], { inverse: "none", frame: "whole" }),
  ...of(["L0", "L1"], { inverse: "half-word", frame: "whole" }),
  ...of(["G0", "C0", "G4", "L4", "WB", "WL"], { inverse: "word", frame: "to the last change" }),
  ...of(["L5", "U5"], { inverse: "none", frame: "whole" }),
};

/** Registers from here on are the write-only OEM keys of U5 (RM0456): nothing is sent there. */
const REGISTER_BYTES = 0x30;

function of<T>(series: readonly string[], form: T): Record<string, T> {
  return Object.fromEntries(series.map((name) => [name, form]));
}

/** The area that options are set in; undefined where its place, or how its bootloader takes it, is not known (H5, H7, C5, U0, ...). */
export function optionAreaOf({ series, optionBytes: [area] }: Device): OptionArea | undefined {
  const form = FORMS[series];
  if (!area || !form) return undefined;
  const isRegisters = series === "L5" || series === "U5";
  const end = isRegisters ? Math.min(area.end, area.start + REGISTER_BYTES) : area.end;
  return { start: area.start, end, ...form };
}

/** Makes the inverses of those groups right whose values differ from `before`; the others stay as they were read. */
export function completeChanged(bytes: Uint8Array, before: Uint8Array, inverse: Inverse): void {
  if (inverse === "none") return;
  const size = { byte: 1, "half-word": 2, word: 4 }[inverse];
  for (let at = 0; at < bytes.length; at += 2 * size) {
    const group = bytes.subarray(at, at + size);
    if (group.every((byte, i) => byte === before[at + i])) continue;
    for (let i = 0; i < size && at + size + i < bytes.length; i++) bytes[at + size + i] = ~group[i]! & 0xff;
  }
}

/** Of bytes [0, length): which are values, and not inverses. */
export const isValueByte = (inverse: Inverse, at: number): boolean => {
  if (inverse === "none") return true;
  const size = { byte: 1, "half-word": 2, word: 4 }[inverse];
  return at % (2 * size) < size;
};
