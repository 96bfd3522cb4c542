/** The list of differences: each one occurs in a case, and docs/stm32flash.md has the same list in the same words. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { I2C_CASES } from "./stm32flash/cases-i2c.js";
import { UART_CASES } from "./stm32flash/cases-uart.js";
import type { Compared } from "./stm32flash/compare.js";
import { DIFFERENCES } from "./stm32flash/differences.js";

const CASES: readonly Compared[] = [...UART_CASES, ...I2C_CASES];
const DOCUMENT = readFileSync(new URL("../../docs/stm32flash.md", import.meta.url), "utf8");

describe("differences from stm32flash 0.7", () => {
  it("are each shown by a case, and no case names another", () => {
    const shown = new Set(CASES.flatMap(({ differs }) => (differs ? [differs[0]] : [])));
    expect([...shown].sort()).toEqual(Object.keys(DIFFERENCES).sort());
  });

  it("are listed in docs/stm32flash.md, in the same order and words", () => {
    const sections = DOCUMENT.split(/^### /m).slice(1);
    const listed = sections.map((section) => {
      const [key = "", ...lines] = section
        .split(/\n(?=#)/)[0]!
        .trim()
        .split("\n");
      return [key, lines.join(" ").replaceAll(/\s+/g, " ").trim()];
    });
    const known = Object.entries(DIFFERENCES).map(([key, { theirs, here, why }]) => [
      key,
      `- **0.7** ${theirs} - **Here** ${here} - **Because** ${why}`,
    ]);
    expect(listed).toEqual(known);
  });

  it("are a small part of what is compared", () => {
    expect(CASES.length).toBeGreaterThanOrEqual(60);
    expect(CASES.filter(({ differs }) => !differs).length).toBeGreaterThan(CASES.length / 2);
  });
});
