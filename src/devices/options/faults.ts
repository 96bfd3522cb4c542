/** What is wrong with the named option bytes of a chip: a test walks all of them. */
import { hex } from "../../errors.js";
import type { Device } from "../device.js";
import type { OptionField } from "./field.js";

/** One sentence for each fault; none for sound rows. */
export function optionFaultsOf(device: Device, fields: readonly OptionField[]): string[] {
  return [...fields.flatMap((field) => fieldFaults(device, field)), ...overlapFaults(fields)];
}

function fieldFaults({ optionBytes: [area] }: Device, field: OptionField): string[] {
  const { name, word, bit, width, values, meaning } = field;
  const length = area ? area.end - area.start : 0;
  const checks: readonly (readonly [boolean, string])[] = [
    [/^\w+$/.test(name), `"${name}" is no name`],
    [
      word >= 0 && word % 4 === 0 && word + 4 <= length,
      `${name}: word ${hex(word, 2)} is outside the option bytes`,
    ],
    [
      bit >= 0 && width > 0 && bit + width <= 32,
      `${name}: bits ${bit} to ${bit + width - 1} are not in a word`,
    ],
    [meaning !== undefined, `${name}: nothing says what it means`],
    ...Object.keys(values ?? {}).map(
      (value) =>
        [Number(value) < 2 ** width, `${name}: the value ${value} does not fit ${width} bits`] as const,
    ),
  ];
  return checks.filter(([holds]) => !holds).map(([, sentence]) => sentence);
}

function overlapFaults(fields: readonly OptionField[]): string[] {
  return fields.flatMap((a, at) =>
    fields
      .slice(at + 1)
      .filter(
        (b) => a.name === b.name || (a.word === b.word && a.bit < b.bit + b.width && b.bit < a.bit + a.width),
      )
      .map((b) => `${a.name} and ${b.name} share a ${a.name === b.name ? "name" : "bit"}`),
  );
}
