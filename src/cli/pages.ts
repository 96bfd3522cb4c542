/** The documents, offline: `bootlace help wiring`, and the part of docs/errors.md on one code for `bootlace explain`. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BootlaceError } from "../errors.js";
import { wrap } from "./text.js";

/** Beside dist/ in the package and beside src/ in a checkout. */
const FOLDER = fileURLToPath(new URL("../../docs/", import.meta.url));

/** "wiring" of docs/wiring.md. */
export function pageNames(folder = FOLDER): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".md"))
      .map((name) => name.slice(0, -".md".length))
      .sort();
  } catch {
    return []; // a package without documents
  }
}

/** @returns its Markdown; undefined where there is no such page */
export function pageOf(name: string, folder = FOLDER): string | undefined {
  return pageNames(folder).includes(name) ? readFileSync(`${folder}${name}.md`, "utf8") : undefined;
}

/** Heading and text of a code in docs/errors.md. */
export function errorPart(code: string, folder = FOLDER): string {
  const page = pageOf("errors", folder);
  if (page === undefined)
    throw new BootlaceError("FILE_FAILED", `the documents are not there: ${folder}errors.md`, {
      hint: "Install bootlace as a whole: docs/ is part of the package.",
    });
  const [, part] = new RegExp(`^(## ${code}\\n.*?)(?=^## |$(?![^]))`, "ms").exec(page) ?? [];
  return part?.trimEnd() ?? "";
}

/** Markdown for a terminal: paragraphs as wide as it is, links by their text; tables and code stay as they are. */
export function pageText(markdown: string, columns: number): string {
  let code = false;
  const lines: string[] = [];
  let paragraph: string[] = [];
  const flush = (): void => {
    if (paragraph.length > 0) lines.push(wrap(paragraph.join(" "), columns, hangingIndent(paragraph[0]!)));
    paragraph = [];
  };
  for (const line of markdown
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .trimEnd()
    .split("\n")) {
    if (line.startsWith("```")) code = !code;
    const plain = code || line.startsWith("```") || line === "" || /^(\||#)/.test(line);
    if (plain || /^\s*([-*]|\d+\.) /.test(line)) flush();
    if (plain) lines.push(line);
    else paragraph.push(paragraph.length === 0 ? line : line.trim());
  }
  flush();
  return `${lines.filter((line) => !line.startsWith("```")).join("\n")}\n`;
}

/** Of a list: the text behind its mark. */
const hangingIndent = (line: string): number => /^\s*(?:(?:[-*]|\d+\.) +)?/.exec(line)![0].length;
