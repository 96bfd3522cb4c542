// Writes the small index of the device rows, so that looking a chip up loads one series and not all. package.json says where the rows
// are and where the index goes. Run it after a change of rows: npm run catalogue
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";

const root = new URL("..", import.meta.url).pathname;
const [rows, index] = process.argv.slice(2);
const files = (await readdir(`${root}${rows}`)).filter((file) => file.endsWith(".ts")).sort();
const source = files.map((file, i) => `export { rows as rows${i} } from "./${rows}/${file}";`).join("\n");
const bundle = await build({
  stdin: { contents: source, resolveDir: root, loader: "ts" },
  bundle: true,
  format: "esm",
  write: false,
});
const modules = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`
);
const devices = Object.values(modules)
  .flat()
  .sort((a, b) => a.productId - b.productId);

const hex = (value, digits) => `0x${value.toString(16).padStart(digits, "0")}`;
const list = (values, text) => `[${values.map(text).join(", ")}]`;
const unique = (values) => [...new Set(values)].sort((a, b) => a - b);

const entries = devices.map((device) => {
  const i2c = device.bootloaders.flatMap((bootloader) => bootloader.i2c);
  const sure = unique(i2c.filter((row) => row.alternatives.length === 0).map((row) => row.address));
  const doubtful = unique(
    i2c.filter((row) => row.alternatives.length > 0).flatMap((row) => [row.address, ...row.alternatives]),
  );
  return `  {
    productId: ${hex(device.productId, device.productId > 0xff ? 3 : 2)},
    series: ${JSON.stringify(device.series)},
    name: ${JSON.stringify(device.name)},
    parts: ${list(device.parts, (part) => JSON.stringify(part))},
    addresses: ${list(sure, (address) => hex(address, 2))},
    doubtful: ${list(
      doubtful.filter((address) => !sure.includes(address)),
      (address) => hex(address, 2),
    )},
  },\n`;
});

const file = `${root}${index}`;
await writeFile(
  file,
  `// Made from ${rows}/ by \`npm run catalogue\`; test/unit/devices/catalogue.test.ts compares the two.

/** What look-up needs to know before it loads a row. */
export interface CatalogueEntry {
  readonly productId: number;
  /** Name of the file in rows/, in capitals. */
  readonly series: string;
  readonly name: string;
  readonly parts: readonly string[];
  /** 7-bit I2C addresses, ascending; those that a document leaves in doubt apart. */
  readonly addresses: readonly number[];
  readonly doubtful: readonly number[];
}

export const CATALOGUE: readonly CatalogueEntry[] = [
${entries.join("")}];
`,
);
execFileSync(`${root}node_modules/.bin/prettier`, ["--write", "--log-level", "warn", file], {
  stdio: "inherit",
});
