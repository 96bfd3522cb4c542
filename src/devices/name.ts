/** From what a user types, "stm32g071", "STM32F103C8T6" or "g071", to a row. */
import { checkArgument, TEXT } from "../arguments.js";
import { hex } from "../errors.js";
import { editDistance } from "../spelling.js";
import type { CatalogueEntry } from "./catalogue.js";
import { CATALOGUE } from "./catalogue.js";
import type { Device } from "./device.js";
import { deviceByProductId } from "./load.js";

export type NameMatch =
  | { readonly kind: "found"; readonly device: Device }
  /** Several chips have this name; more of the order code, or the product ID, tells them apart. */
  | { readonly kind: "ambiguous"; readonly candidates: readonly CatalogueEntry[]; readonly message: string }
  /** The nearest names first. */
  | { readonly kind: "unknown"; readonly candidates: readonly CatalogueEntry[]; readonly message: string };

/** Length of "STM32F103C8T6": with that much, only the -A and -X suffixes are still open, and they would have been typed. */
const ORDER_CODE_LENGTH = 13;

/** A row by name: part, order code, AN2606's name with its x, or a product ID such as "0x460". Case does not matter. @throws BootlaceError USAGE for what is no text */
export async function deviceByName(text: string): Promise<NameMatch> {
  checkArgument("text", TEXT, text);
  const found = entriesByName(text);
  if (found.length === 1) return { kind: "found", device: (await deviceByProductId(found[0]!.productId))! };
  if (found.length > 1)
    return {
      kind: "ambiguous",
      candidates: found,
      message: `"${text}" can be ${describe(found)}; give more of the order code, or the product ID.`,
    };
  const candidates = nearest(normalise(text));
  const near = candidates.length === 0 ? "" : `; near to it: ${describe(candidates)}`;
  return { kind: "unknown", candidates, message: `No chip is called "${text}"${near}.` };
}

/** All that a name can mean; empty for an unknown one. */
export function entriesByName(text: string): readonly CatalogueEntry[] {
  const typed = normalise(text);
  if (/^0X[0-9A-F]+$/.test(typed)) return CATALOGUE.filter(({ productId }) => productId === Number(typed));
  const series = typed.slice("STM32".length, "STM32G0".length); // most names need no closer look
  const exact = CATALOGUE.filter(({ name }) => name.includes(series) && familyNames(name).includes(typed));
  if (exact.length > 0) return exact;
  if (typed === "STM32") return [];
  const ranked = CATALOGUE.map((entry) => ({ entry, rank: rankOf(entry, typed) }));
  const best = Math.max(...ranked.map(({ rank }) => rank));
  const complete = typed.length >= ORDER_CODE_LENGTH;
  return ranked
    .filter(({ rank }) => (complete && best > 0 ? rank === best : rank !== NO_MATCH))
    .map(({ entry }) => entry);
}

const NO_MATCH = -1;

/** Characters that the nearest pattern names, if the typed name covers it; 0 if it only begins like one. */
function rankOf(entry: CatalogueEntry, typed: string): number {
  const ranks = entry.parts.map((part) => {
    if (!agree(part, typed)) return NO_MATCH;
    if (typed.length < part.length) return 0;
    const line = lineOf(part);
    return isOrderCodeTail(line, typed.slice(line.length)) ? part.replaceAll("x", "").length : NO_MATCH;
  });
  return Math.max(NO_MATCH, ...ranks);
}

/** "STM32F103" of "STM32F103xB": what stands before the letters of pins and flash size. */
const lineOf = (part: string): string => part.replace(/x.*$/, "");

/** Of pins, flash size, package (none is called Z), temperature range, options and packing; each may be missing from the end, or an X. */
const TAIL = /^(?:[A-Z](?:[0-9A-Z](?:[A-Y](?:[0-9X][0-9A-Z]{0,4})?)?)?)?$/;

/** What stands behind the line in an order code ("Ordering information" of the data sheets). Rows name a few lines without their last digit. */
function isOrderCodeTail(line: string, tail: string): boolean {
  const lineLength = (line.startsWith("STM32WBA") ? "STM32WBA55" : "STM32F103").length;
  return TAIL.test(tail.slice(Math.max(0, lineLength - line.length)));
}

/** Compares as far as both go; an x in the pattern and an X in what was typed stand for any character. */
function agree(pattern: string, typed: string): boolean {
  const length = Math.min(pattern.length, typed.length);
  for (let i = 0; i < length; i++) {
    const wanted = pattern[i];
    const given = typed[i];
    if (wanted !== "x" && given !== "X" && wanted !== given) return false;
  }
  return true;
}

function normalise(text: string): string {
  const typed = text.toUpperCase().replace(/[\s_-]/g, "");
  return typed.startsWith("STM32") || typed.startsWith("0X") ? typed : `STM32${typed}`;
}

/** "STM32G07xxx/08xxx" is STM32G07XXX and STM32G08XXX too. */
function familyNames(name: string): readonly string[] {
  const names = [normalise(name)];
  for (const product of name.split(" / ")) {
    names.push(normalise(product));
    if (product.includes("(")) continue;
    const [first, ...others] = product.split("/");
    names.push(normalise(first!), ...others.map((tail) => normalise(first!.slice(0, -tail.length) + tail)));
  }
  return names;
}

/** So much may be mistyped of a name before it is another one. */
const MOST_SLIPS = 2;

function nearest(typed: string): readonly CatalogueEntry[] {
  const distance = ({ parts }: CatalogueEntry): number =>
    Math.min(...parts.map((part) => editDistance(part.toUpperCase(), typed.slice(0, part.length))));
  return CATALOGUE.map((entry) => ({ entry, distance: distance(entry) }))
    .filter((near) => near.distance <= MOST_SLIPS)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 5)
    .map(({ entry }) => entry);
}

const SHOWN = 8;

function describe(entries: readonly CatalogueEntry[]): string {
  const shown = entries.slice(0, SHOWN).map(({ name, productId }) => `${name} (${hex(productId, 3)})`);
  const more = entries.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
