/** `bootlace chips`: the device table, searched by name, series, product ID or I2C address. */
import type { Command } from "commander";
import type { CatalogueEntry } from "../../devices/catalogue.js";
import { BootlaceError, hex } from "../../errors.js";
import type { Context } from "../context.js";
import { document } from "../json.js";
import { addExamples, jsonOption } from "../options.js";
import { plural, table } from "../text.js";
import type { Act } from "../verb.js";

export function define(command: Command, act: Act): void {
  command
    .argument("[word]", "part of a name (g071), a series (G0), a product ID or an I2C address (0x56)")
    .addOption(jsonOption());
  addExamples(command, "bootlace chips g071", "bootlace chips 0x56", "bootlace chips --json");
  command.action(act(run));
}

async function run(
  { io }: Context,
  word: string | undefined,
  options: { readonly json?: boolean },
): Promise<number> {
  const { CATALOGUE } = await import("../../devices/catalogue.js");
  const { deviceByName, entriesByName } = await import("../../devices/name.js");
  const containing = CATALOGUE.filter((entry) => word === undefined || matches(entry, word));
  const found = containing.length > 0 ? containing : entriesByName(word!); // a marking: STM32F103C8T6
  if (found.length === 0) {
    const { namedWithoutRow } = await import("../../devices/without-row.js");
    const match = await deviceByName(word!);
    const near = match.kind === "unknown" ? match.candidates.map(({ name }) => name).join(", ") : "";
    throw new BootlaceError("UNKNOWN_CHIP", `no chip in the table matches "${word!}"`, {
      hint:
        namedWithoutRow(Number(word))?.sentence ??
        `${near === "" ? "" : `Near to it: ${near}. `}\`bootlace chips\` lists all of them.`,
    });
  }
  io.stdout.write(options.json === true ? document("chips", { chips: found }) : chipsText(found));
  return 0;
}

/** A user types "g071"; the table has "STM32G071". Of a whole marking, "STM32G071CBT6", devices/name.ts knows what may follow. */
export function matches(
  { productId, series, name, parts, addresses, doubtful }: CatalogueEntry,
  word: string,
): boolean {
  if (/^0x[0-9a-f]+$/i.test(word)) {
    const value = Number(word);
    return productId === value || addresses.includes(value) || doubtful.includes(value);
  }
  if (/^[0-9a-f]{3}$/i.test(word) && productId === Number(`0x${word}`)) return true;
  const text = word.toUpperCase();
  const full = text.startsWith("STM32") ? text : `STM32${text}`;
  if (text === series) return true;
  return name.toUpperCase().includes(text) || parts.some((part) => part.startsWith(full));
}

function chipsText(chips: readonly CatalogueEntry[]): string {
  const rows = chips.map(({ productId, name, addresses, doubtful, series }) => [
    hex(productId, 3),
    series,
    addresses
      .map((address) => hex(address, 2))
      .concat(doubtful.map((address) => `${hex(address, 2)}?`))
      .join(" "),
    name,
  ]);
  return `${table([["ID", "SERIES", "I2C", "NAME"], ...rows])}\n${plural(chips.length, "row")}\n`;
}
