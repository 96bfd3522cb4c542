/** Runs one command line with one tool on a fresh chip, and looks at everything that is left behind. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SimulatedChip } from "../../../src/simulator/chip.js";
import type { ChipFault } from "../../../src/simulator/faults.js";
import type { ChipFacts } from "../../../src/simulator/facts.js";
import { RealClock } from "../../../src/simulator/clock.js";
import { serveUartOnPty } from "../../../src/simulator/pty.js";
import { simulate } from "../../../src/simulator/spec.js";
import { deviceByName } from "../../../src/devices/name.js";
import { chipOf } from "../../fake-i2c-dev/chips.js";
import { projectFolder } from "../../fake-i2c-dev/project-folder.js";
import { startFakeI2c } from "../../fake-i2c-dev/server.js";
import { FILES, pattern, writeFiles } from "./images.js";

export type Tool = "stm32flash" | "bootlace";

const COMMANDS: Readonly<Record<Tool, readonly string[]>> = {
  stm32flash: ["stm32flash"],
  bootlace: [process.execPath, join(projectFolder(), "bin", "bootlace.js"), "stm32flash"],
};

export interface ChipSetup {
  readonly name: string;
  /** KiB, default the largest member. */
  readonly flash?: number;
  readonly rdp?: 0 | 1;
  /** Another protocol version than its own, on UART. */
  readonly protocol?: string;
  /** Write-protected sector codes. */
  readonly wrp?: readonly number[];
  /** True: nothing is in the flash. Otherwise something else is in all of it. */
  readonly blank?: boolean;
  /** Something that goes wrong in the chip. */
  readonly fault?: ChipFault;
}

export interface Case {
  readonly bus: "uart" | "i2c";
  readonly chip: ChipSetup;
  /** As typed. PORT and ADDRESS stand for the chip's, OUT for a file to read into; names of FILES for those. */
  readonly line: string;
  readonly stdin?: keyof typeof FILES;
  /** A command line that the same tool runs before, on the same chip. */
  readonly before?: string;
  /** Exit status of stm32flash 0.7. */
  readonly status: 0 | 1;
  /** Memory beside flash and option bytes that counts: RAM, EEPROM. */
  readonly watch?: { readonly address: number; readonly length: number };
}

/** What scripts and later commands can see. Names are those in the table of differences. */
export interface Outcome {
  readonly status: number | string;
  readonly flash: string;
  readonly options: string;
  readonly watched: string;
  readonly readout: number;
  readonly state: string;
  readonly resets: number;
  readonly file: string;
  readonly data: string;
  readonly crc: string;
}

export interface Run extends Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly violations: readonly string[];
}

const QUICK = { programMs: 0, pageEraseMs: 1, massEraseMs: 5, startupMs: 1 };
const OLD_SEED = 5;

export async function runCase(tool: Tool, one: Case): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "bootlace-differential-"));
  writeFiles(folder);
  const placed = await (one.bus === "uart" ? onUart(one) : onI2c(one));
  try {
    const { chip, facts } = placed;
    if (one.chip.blank !== true) chip.poke(facts.flash.base, pattern(facts.flash.size, OLD_SEED));
    if (one.before !== undefined) await runTool(tool, one.before, { one, placed, folder });
    if (one.chip.fault) chip.inject(one.chip.fault);
    const out = join(folder, "OUT");
    const result = await runTool(tool, one.line, { one, placed, folder });
    await settled(chip);
    return { ...outcomeOf(placed, one, result), file: contentOf(out), ...result };
  } finally {
    await placed.close();
    rmSync(folder, { recursive: true });
  }
}

interface Placed {
  readonly chip: SimulatedChip;
  readonly facts: ChipFacts;
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  close(): void | Promise<void>;
}

async function onUart({ chip: setup }: Case): Promise<Placed> {
  const { name, flash, rdp, wrp, protocol } = setup;
  const spec = {
    bus: "uart",
    program: "0",
    erase: "1",
    mass: "5",
    startup: "1",
    ...(flash !== undefined && { flash: String(flash) }),
    ...(rdp !== undefined && { rdp: String(rdp) }),
    ...(wrp !== undefined && { wrp: wrp.join(",") }),
    ...(protocol !== undefined && { protocol }),
  };
  const { chip, facts } = await simulate(name, spec, new RealClock());
  const server = serveUartOnPty(chip);
  return { chip, facts, path: server.path, env: {}, close: () => server.close() };
}

async function onI2c({ chip: setup }: Case): Promise<Placed> {
  const { name, flash, rdp, wrp } = setup;
  const match = await deviceByName(name);
  if (match.kind !== "found") throw new Error(match.message);
  const maker = await chipOf(match.device.productId, {
    timings: QUICK,
    ...(flash !== undefined && { flashSize: flash * 1024 }),
    ...(rdp !== undefined && { readoutLevel: rdp }),
    ...(wrp !== undefined && { writeProtected: wrp }),
  });
  const device = await startFakeI2c({ number: 7, chips: [maker], speedHz: 100_000, wait: false });
  return {
    chip: device.bus.chips[0]!,
    facts: maker.facts,
    path: device.path,
    env: device.env,
    close: () => device.close(),
  };
}

interface Around {
  readonly one: Case;
  readonly placed: Placed;
  readonly folder: string;
}

/** Words of a line; 'in quotes' is one, and may be empty. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2]!);

const TIMEOUT_MS = 60_000;

function runTool(tool: Tool, line: string, { one, placed, folder }: Around) {
  const address = `0x${(placed.facts.i2c?.address ?? 0).toString(16)}`;
  const words = wordsOf(line).map((word) => word.replace("PORT", placed.path).replace("ADDRESS", address));
  const [command, ...first] = COMMANDS[tool];
  const child = spawn(command!, [...first, ...words], {
    cwd: folder,
    env: { ...process.env, ...placed.env },
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (bytes: Buffer) => stdout.push(bytes));
  child.stderr.on("data", (bytes: Buffer) => stderr.push(bytes));
  child.stdin.on("error", () => undefined); // the tool may end without reading it
  child.stdin.end(one.stdin === undefined ? "" : FILES[one.stdin]);
  return new Promise<{ status: number | string; stdout: string; stderr: string }>((resolve, reject) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const text = (parts: Buffer[]) => Buffer.concat(parts).toString("latin1");
      resolve({ status: code ?? signal ?? "none", stdout: text(stdout), stderr: text(stderr) });
    });
  });
}

/** A chip that restarts is looked at when it has started. */
async function settled(chip: SimulatedChip): Promise<void> {
  for (let turn = 0; chip.state === "booting" && turn < 50; turn++)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

function outcomeOf(
  { chip, facts }: Placed,
  { line, watch }: Case,
  { status, stdout }: { status: number | string; stdout: string },
): Omit<Run, "file" | "stdout" | "stderr"> {
  const { base, size } = facts.flash;
  const [optionBytes] = facts.optionBytes;
  return {
    status,
    flash: flashText(chip.peek(base, size), facts),
    options: optionBytes
      ? hexOf(chip.peek(optionBytes.start, Math.min(32, optionBytes.end - optionBytes.start)))
      : "",
    watched: watch ? hexOf(chip.peek(watch.address, watch.length)) : "",
    readout: chip.readoutLevel,
    // On the I2C stand-in a chip that restarts waits for the next frame to have started.
    state: chip.state === "booting" ? "bootloader" : chip.state === "application" ? `application at ${chip.jumpTarget ?? 0}` : chip.state, // prettier-ignore
    resets: chip.counters.resets,
    data: / -r - /.test(` ${line} `) ? digest(Buffer.from(stdout, "latin1")) : "",
    crc: /^CRC\(.*$/m.exec(stdout)?.[0] ?? "",
    violations: chip.violations.map(({ text }) => text),
  };
}

/** Runs of old, erased and new contents, and a digest. */
function flashText(bytes: Uint8Array, { flash }: ChipFacts): string {
  const old = pattern(bytes.length, OLD_SEED);
  const step = 32;
  const runs: string[] = [];
  let last = "";
  for (let at = 0; at < bytes.length; at += step) {
    const part = bytes.subarray(at, at + step);
    const kind = Buffer.compare(part, old.subarray(at, at + step)) === 0 ? "old" : part.every((byte) => byte === flash.erasedValue) ? "erased" : "new"; // prettier-ignore
    if (kind !== last) runs.push(`${kind} from ${at.toString(16)}`);
    last = kind;
  }
  return `${runs.slice(0, 12).join(", ")} (${digest(bytes)})`;
}

const contentOf = (file: string): string =>
  existsSync(file) ? `${readFileSync(file).length} bytes, ${digest(readFileSync(file))}` : "none";

const digest = (bytes: Uint8Array): string => createHash("sha1").update(bytes).digest("hex").slice(0, 12);
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
