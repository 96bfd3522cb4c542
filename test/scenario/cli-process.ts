/** The real command as its users start it: a process of its own, built beforehand. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { runTool, type ToolOptions, type ToolResult } from "../fake-i2c-dev/run-tool.js";

const PROJECT = new URL("../../", import.meta.url).pathname;
export const FIRMWARE = join(PROJECT, "examples/blink-g071/blink-g071.hex");
const BIN = join(PROJECT, "bin/bootlace.js");

if (!existsSync(join(PROJECT, "dist/cli/program.cjs"))) throw new Error("run `npm run build` first");

/** Neither the terminal of who runs the tests nor their settings play a part. */
const QUIET_ENV = {
  BOOTLACE_PORT: "",
  BOOTLACE_ADDRESS: "",
  NO_COLOR: "",
  FORCE_COLOR: "",
  LC_ALL: "C.UTF-8",
  TERM: "xterm",
};

export function bootlace(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  options: ToolOptions = {},
): Promise<ToolResult> {
  return runTool(process.execPath, [BIN, ...args], { ...QUIET_ENV, ...env }, { cwd: PROJECT, ...options });
}

/** On a terminal of this width (util-linux's script makes one). What the terminal shows is in `stdout`. */
export function bootlaceOnTerminal(
  args: readonly string[],
  columns: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ToolResult> {
  const quoted = [process.execPath, BIN, ...args]
    .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
    .join(" ");
  const command = `stty cols ${columns} rows 24; ${quoted}`;
  return runTool("script", ["-qec", command, "/dev/null"], { ...QUIET_ENV, ...env }, { cwd: PROJECT });
}

/** A shell command line in which $BOOTLACE is the command. */
export function shell(line: string, env: Readonly<Record<string, string>> = {}): Promise<ToolResult> {
  const all = { ...QUIET_ENV, BOOTLACE: `${process.execPath} ${BIN}`, ...env };
  return runTool("bash", ["-c", line], all, { cwd: PROJECT });
}

/** A folder for the files of one test file, removed at its end. */
export function scratchFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "bootlace-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}

export const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
export const lastLine = (text: string): string => lines(text).at(-1) ?? "";
export const jsonLines = (text: string): Record<string, unknown>[] =>
  lines(text).map((line) => JSON.parse(line) as Record<string, unknown>);
