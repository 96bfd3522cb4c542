import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ERRORS, REMEDIES } from "../../../src/errors.js";

const doc = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
const sections = new Map(
  [...doc.matchAll(/^## ([A-Z_]+)\n([^]*?)(?=^## |(?![^]))/gm)].map(([, code, text]) => [code!, text!]),
);
const rows = Object.entries(ERRORS);

describe("the table of errors", () => {
  it("gives every code an exit status of its own, never 0 and within a byte", () => {
    const statuses = rows.map(([, { exit }]) => exit);
    expect(new Set(statuses).size).toBe(statuses.length);
    expect(Math.min(...statuses)).toBeGreaterThan(0);
    expect(Math.max(...statuses)).toBeLessThan(256);
  });

  it.each(rows)("%s has a hint that is a sentence", (_code, { hint }) => {
    expect(hint).toMatch(/^[`A-Zi].*\.$/);
  });

  it.each(rows)("%s has a section in docs/errors.md that names its exit status", (code, { exit }) => {
    expect(sections.get(code)).toContain(`Exit status ${exit}.`);
  });

  it.each(Object.entries(REMEDIES))("the remedy %s stands there with its codes", (remedy, text) => {
    const codes = rows.filter(([, row]) => row.remedy === remedy).map(([code]) => code);
    expect(doc).toContain(`| \`${remedy}\` | ${text} | ${codes.join(", ")} |`);
  });

  it("and the document has no code that is gone", () => {
    expect([...sections.keys()].filter((code) => !(code in ERRORS))).toEqual([]);
  });
});

/** What a user meets at a bench, and what the message alone does not settle. */
const FELT = [
  "NO_REPLY",
  "VERIFY_FAILED",
  "ERASE_FAILED",
  "REFUSED",
  "ADAPTER_GONE",
  "ADAPTER_LIMIT",
  "BUS_FAILED",
  "INTERNAL",
  "WRONG_CHIP",
  "IMAGE_INVALID",
  "IMAGE_OUTSIDE",
  "RESET_FAILED",
  "PROTECTED",
  "TARGET_LOCKED",
  "interrupted",
  "command not found",
];

describe("docs/troubleshooting.md", () => {
  const page = readFileSync("docs/troubleshooting.md", "utf8");
  const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading!).join("\n");

  it("names codes that there are", () => {
    for (const [code] of page.matchAll(/\b[A-Z]+(_[A-Z]+)+\b/g))
      if (!/^(I2C_|BOOT_)/.test(code)) expect(Object.keys(ERRORS)).toContain(code);
  });

  it.each(FELT)("has a heading for %s", (code) => {
    expect(headings).toContain(code);
  });

  it("and docs/errors.md lead to each other", () => {
    expect(page).toContain("(errors.md)");
    expect(readFileSync("docs/errors.md", "utf8")).toContain("(troubleshooting.md)");
  });
});
