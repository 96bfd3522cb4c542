/** The file of `options --backup`: all option bytes of a chip, and their names for who reads it. */
import { BootlaceError, hex } from "../errors.js";
import type { ChipInfo, OptionsInfo } from "../flash/job.js";

export interface OptionBackup {
  readonly productId: number;
  readonly bytes: Uint8Array;
}

const TYPE = "bootlace option bytes";

export function backupText({ productId, name }: ChipInfo, { address, bytes, fields }: OptionsInfo): string {
  const words = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const named = Object.fromEntries(fields.map((field) => [field.name, field.value]));
  const file = {
    type: TYPE,
    productId: hex(productId, 3),
    chip: name,
    address: hex(address),
    bytes: words,
    fields: named,
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** @throws BootlaceError USAGE that names the file */
export function parseBackup(text: string, file: string): OptionBackup {
  const { type, productId, bytes } = contentOf(text);
  if (
    type !== TYPE ||
    !/^0x[0-9a-f]{1,4}$/i.test(String(productId)) ||
    !/^([0-9a-f]{2})+$/i.test(String(bytes))
  )
    throw new BootlaceError("USAGE", `${file} is no backup of option bytes`, {
      file,
      hint: "Make one with `bootlace options --backup FILE`.",
    });
  const pairs = String(bytes).match(/../g)!;
  return { productId: Number(productId), bytes: Uint8Array.from(pairs, (pair) => parseInt(pair, 16)) };
}

function contentOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === "object" && content !== null ? (content as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
