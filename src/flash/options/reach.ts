/** Would the bootloader still be reached by BOOT0 with these option bytes? By what the manuals say of each selector; see docs/options.md. */
import { type OptionField, valueOf } from "../../devices/options/field.js";

/** Fields whose meaning for the way back is known: the set as a whole is judged by them. */
export const JUDGED: ReadonlySet<string> = new Set([
  "nBOOT_SEL",
  "nSWBOOT0",
  "BOOT_SEL",
  "nBOOT0",
  "nBOOT1",
  "BOOT_LOCK",
]);

interface Chip {
  /** Flash that begins blank brings chips with an empty check to their bootloader. */
  readonly flashIsEmpty: boolean;
}

/** Why not, in words that follow "because"; undefined: it would, as far as these bits decide. */
export function unreachableBecause(
  fields: readonly OptionField[],
  options: Uint8Array,
  { flashIsEmpty }: Chip,
): string | undefined {
  const is = (name: string): number | undefined => {
    const field = fields.find((one) => one.name === name && one.danger !== "keep");
    return field && valueOf(options, field);
  };
  if (is("BOOT_LOCK") === 1) return "BOOT_LOCK = 1: it always starts its flash";
  if (is("nBOOT1") === 0) return "nBOOT1 = 0: a high BOOT0 starts SRAM";
  if (is("nBOOT0") !== 1) return undefined;
  for (const [selector, ignores] of SELECTORS) {
    if (is(selector) !== ignores) continue;
    if (flashIsEmpty && selector !== "nSWBOOT0") return undefined;
    return `${selector} = ${ignores} and nBOOT0 = 1: BOOT0 is ignored and flash that is not empty is started`;
  }
  return undefined;
}

/** By which value of the selector the pin is ignored. */
const SELECTORS = [
  ["nBOOT_SEL", 1],
  ["nSWBOOT0", 0],
  ["BOOT_SEL", 0],
] as const;

/** The other trap: the bootloader always starts. */
export function neverStartsBecause(fields: readonly OptionField[], options: Uint8Array): string | undefined {
  const is = (name: string): number | undefined => {
    const field = fields.find((one) => one.name === name && one.danger !== "keep");
    return field && valueOf(options, field);
  };
  if (is("nBOOT0") !== 0) return undefined;
  const selector = SELECTORS.find(([name, ignores]) => is(name) === ignores);
  return (
    selector && `${selector[0]} = ${selector[1]} and nBOOT0 = 0: no reset starts the program in the flash`
  );
}
