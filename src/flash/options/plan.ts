/** From what the option bytes hold and what is asked for to what is sent: pure. What must not be set by name is refused here. */
import { BootlaceError, hex } from "../../errors.js";
import { completeChanged, isValueByte, type OptionArea } from "../../devices/options/area.js";
import { type OptionField, setValue, valueOf } from "../../devices/options/field.js";
import { nearestWord } from "../../spelling.js";

/** Values by field name, "0" to what its bits hold; or all option bytes, as they were read before. */
export type OptionValues = Readonly<Record<string, number>> | Uint8Array;

export interface OptionChange {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface OptionPlan {
  readonly changes: readonly (OptionChange & { readonly field: OptionField })[];
  readonly after: Uint8Array;
  /** Sent from the base on. Empty: nothing to do. */
  readonly frame: Uint8Array;
}

/** @throws BootlaceError USAGE for names and values that the chip does not have, and fields that are not set by name */
export function planOptions(
  area: OptionArea,
  fields: readonly OptionField[],
  before: Uint8Array,
  wanted: OptionValues,
): OptionPlan {
  const values =
    wanted instanceof Uint8Array ? valuesOf(area, fields, before, wanted) : byField(fields, wanted);
  const after = before.slice();
  for (const [field, value] of values) setValue(after, field, value);
  const changes = values
    .map(([field, to]) => ({ name: field.name, field, from: valueOf(before, field), to }))
    .filter(({ from, to }) => from !== to);
  for (const { field, to } of changes) checkSettable(field, to);
  completeChanged(after, before, area.inverse);
  const length =
    changes.length === 0
      ? 0
      : frameLength(
          area,
          changes.map(({ field }) => field),
        );
  return { changes, after, frame: after.subarray(0, length) };
}

function byField(
  fields: readonly OptionField[],
  wanted: Readonly<Record<string, number>>,
): [OptionField, number][] {
  return Object.entries(wanted).map(([name, value]) => {
    const field = fields.find((one) => one.name === name);
    if (!field) throw unknownName(name, fields);
    if (value >= 2 ** field.width)
      throw new BootlaceError(
        "USAGE",
        `${name} = ${value}: it has ${field.width} bits, 0 to ${2 ** field.width - 1}`,
        {
          hint: "`bootlace options` shows the fields of this chip and their values.",
        },
      );
    return [field, value];
  });
}

function unknownName(name: string, fields: readonly OptionField[]): BootlaceError {
  const names = fields.map((field) => field.name);
  const meant = names.find((one) => one.toLowerCase() === name.toLowerCase()) ?? nearestWord(name, names);
  return new BootlaceError("USAGE", `this chip has no option "${name}"`, {
    hint: meant === undefined ? "`bootlace options` shows those that it has." : `Did you mean ${meant}?`,
  });
}

/** Option bytes that were read before: every bit that differs must be one of a field, or nobody knows what it does. */
function valuesOf(
  area: OptionArea,
  fields: readonly OptionField[],
  before: Uint8Array,
  wanted: Uint8Array,
): [OptionField, number][] {
  if (wanted.length !== before.length)
    throw new BootlaceError(
      "USAGE",
      `${wanted.length} bytes are no option bytes of this chip: it has ${before.length}`,
    );
  const values = fields
    .map((field): [OptionField, number] => [field, valueOf(wanted, field)])
    .filter(([field, value]) => value !== valueOf(before, field));
  const named = before.slice();
  for (const [field, value] of values) setValue(named, field, value);
  const strange = named.findIndex((byte, at) => byte !== wanted[at] && isValueByte(area.inverse, at));
  if (strange !== -1)
    throw new BootlaceError(
      "USAGE",
      `the byte at ${hex(area.start + strange)} differs (${hex(named[strange]!, 2)}, not ${hex(wanted[strange]!, 2)}) in bits that have no name here: they are not written`,
      { hint: "Set the fields that are meant one by one, by name." },
    );
  return values;
}

function checkSettable({ name, danger, width }: OptionField, to: number): void {
  if (danger === "protection")
    throw new BootlaceError("USAGE", `${name} is not set here: it is the readout protection of the chip`, {
      hint: "`bootlace protect readout` and `bootlace unprotect readout --yes-erase-everything` are for that.",
    });
  if (danger !== "keep") return;
  throw new BootlaceError(
    "USAGE",
    `${name} = ${to} is not set: what its ${width} bits do is not settled, or is not the user's`,
    {
      hint: "`bootlace options` shows what it holds; it stays as it is.",
    },
  );
}

/** Up to the last word that changes and its inverse, or all. */
function frameLength({ start, end, frame, inverse }: OptionArea, changed: readonly OptionField[]): number {
  if (frame === "whole") return end - start;
  const last = Math.max(...changed.map(({ word }) => word));
  return Math.min(last + (inverse === "word" ? 8 : 4), end - start);
}
