/** Numbers and tables as people read them. */

/** "40 bytes", "13.8 KiB", "128 KiB", "2 MiB". */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return plural(bytes, "byte");
  const [value, unit] = bytes < 1024 * 1024 ? [bytes / 1024, "KiB"] : [bytes / 1024 / 1024, "MiB"];
  return `${rounded(value)} ${unit}`;
}

/** "0.4 s", "12.3 s", "2 min 5 s". */
export function timeText(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** "26.1 KiB/s". */
export const rateText = (bytes: number, ms: number): string => `${bytesText((bytes * 1000) / ms)}/s`;

export const plural = (count: number, noun: string): string => {
  const whole = Number.isInteger(count) ? `${count}` : rounded(count);
  return `${whole} ${noun}${whole === "1" ? "" : "s"}`;
};

/** Columns padded to their widest cell, two spaces between; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join("");
}

/** Breaks at spaces so that no line is longer than `columns`; lines after the first begin with `indent` spaces. */
export function wrap(text: string, columns: number, indent: number): string {
  const lines: string[] = [];
  let line = /^ */.exec(text)![0];
  for (const word of text.trimStart().split(" ")) {
    const longer = line.trim() === "" ? line + word : `${line} ${word}`;
    if (line.trim() !== "" && longer.length > columns) {
      lines.push(line);
      line = " ".repeat(indent) + word;
    } else line = longer;
  }
  return [...lines, line].join("\n");
}

function rounded(value: number): string {
  const text = value < 100 ? value.toFixed(1) : Math.round(value).toString();
  return text.replace(/\.0$/, "");
}
