import { expect, it } from "vitest";
import { CATALOGUE } from "../../../src/devices/catalogue.js";
import { namedWithoutRow } from "../../../src/devices/without-row.js";

const IDS = [0x47b, 0x47c, 0x486, 0x500, 0x501, 0x505];

it.each(IDS)("product ID %i has a name and a sentence that says what to do, and no row", (productId) => {
  const named = namedWithoutRow(productId)!;
  expect(named.sentence).toContain(named.name);
  expect(named.sentence).toMatch(/--flash-size and --page-size|STM32CubeProgrammer/);
  expect(CATALOGUE.some((entry) => entry.productId === productId)).toBe(false);
});

it("a processor is told from a chip whose flash is only not known", () => {
  expect(namedWithoutRow(0x500)?.sentence).toBe(
    "0x500 is STM32MP15x, a processor without flash of its own: its ROM loads a boot stage into RAM, which is work for STM32CubeProgrammer or dfu-util.",
  );
  expect(namedWithoutRow(0x47c)?.sentence).toBe(
    "0x47C is STM32H54x/H55x, of which one public list has the name only: give its flash with --flash-size and --page-size, from the data sheet.",
  );
});

it("other product IDs have none", () => {
  expect(namedWithoutRow(0x4ff)).toBeUndefined();
  expect(namedWithoutRow(0x460)).toBeUndefined();
});
