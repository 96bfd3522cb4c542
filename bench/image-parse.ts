/**
 * node scripts/run-ts.mjs bench/image-parse.ts: how long 2 MiB of firmware in an Intel HEX file (5.6 MB of text) take
 * to become bytes, beside the npm package nrf-intel-hex and Debian's srec_cat. Peers that are not installed are left out.
 *
 * Each is measured in a process of its own: "first" is the first file that process reads, as in a command; "then" is the
 * median of the next twenty, as in a service. srec_cat is a command, so its start is in the time.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MemoryImage } from "../src/image/image.js";
import { parseImage } from "../src/image/parse.js";
import { writeHex } from "../src/image/write-hex.js";

const DATA_BYTES = 2 << 20;
const REPEATS = 20;

interface Times {
  readonly firstMs: number;
  readonly thenMs: number;
}

interface IntelHexPackage {
  readonly default: { fromHex(text: string): Map<number, Uint8Array> };
}

/** Text to bytes, from the file's content as read from disk. */
async function parserOf(name: string): Promise<(file: Uint8Array) => unknown> {
  if (name === "bootlace") return (file) => parseImage(file, { file: "bench.hex" });
  const require = createRequire(join(process.cwd(), "bench", "package.json"));
  const entry = join(require.resolve("nrf-intel-hex/package.json"), "..", "intel-hex.cjs.js");
  const loaded = (await import(pathToFileURL(entry).href)) as {
    default: IntelHexPackage | IntelHexPackage["default"];
  };
  const MemoryMap = "fromHex" in loaded.default ? loaded.default : loaded.default.default;
  return (file) => MemoryMap.fromHex(Buffer.from(file).toString("latin1"));
}

const timed = (work: () => unknown): number => {
  const began = performance.now();
  work();
  return performance.now() - began;
};

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

function repeated(work: () => unknown): Times {
  const firstMs = timed(work);
  return { firstMs, thenMs: median(Array.from({ length: REPEATS }, () => timed(work))) };
}

function inChild(name: string, file: string): Times | undefined {
  const args = [process.argv[1]!, "--child", name, file];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return status === 0 ? (JSON.parse(stdout) as Times) : undefined;
}

function srecCat(file: string): Times | undefined {
  if (spawnSync("srec_cat", ["--version"]).error !== undefined) return undefined;
  const out = `${file}.bin`;
  const args = [file, "-intel", "-offset", "-0x08000000", "-o", out, "-binary"];
  return repeated(() => execFileSync("srec_cat", args));
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), "bootlace-bench-"));
  const file = join(folder, "bench.hex");
  const bytes = Uint8Array.from({ length: DATA_BYTES }, (_, index) => Math.imul(index, 0x9e37_79b1) >>> 24);
  writeFileSync(file, writeHex(new MemoryImage([{ address: 0x0800_0000, bytes }])));
  console.log(
    `Intel HEX of ${DATA_BYTES} bytes, ${readFileSync(file).length} characters, Node ${process.version}\n`,
  );
  console.log("| | first, ms | then, ms |\n|---|---|---|");
  const rows: [string, Times | undefined][] = [
    ["bootlace", inChild("bootlace", file)],
    ["nrf-intel-hex 1.4.0", inChild("nrf-intel-hex", file)],
    ["srec_cat (whole command)", srecCat(file)],
  ];
  for (const [name, times] of rows)
    console.log(
      `| ${name} | ${times?.firstMs.toFixed(1) ?? "not installed"} | ${times?.thenMs.toFixed(1) ?? ""} |`,
    );
  rmSync(folder, { recursive: true });
}

if (process.argv[2] === "--child") {
  const parse = await parserOf(process.argv[3]!);
  const file = readFileSync(process.argv[4]!);
  console.log(JSON.stringify(repeated(() => parse(file))));
} else {
  main();
}
