/** What is done while a system call fails: commands as users type them, on a chip behind a pseudo-terminal or in a file. */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SimulatedChip } from "../../src/simulator/chip.js";
import { compile, SHARED } from "../fake-i2c-dev/build.js";
import { chipOf } from "../fake-i2c-dev/chips.js";
import { startFakeI2c } from "../fake-i2c-dev/server.js";
import { projectFolder } from "../fake-i2c-dev/project-folder.js";
import type { PtyChip } from "../support/pty-chip.js";
import { chipOnPty } from "../support/pty-chip.js";

export interface Stage {
  /** The command line behind `bootlace`. */
  readonly args: readonly string[];
  /** Paths whose calls fail: files and terminals by strace, devices of stand-ins by fail-call.c. */
  readonly paths: readonly string[];
  /** Preload libraries and their settings, where a device is a stand-in's. */
  readonly standIn?: Readonly<Record<string, string>>;
  /** What is true when the command says OK. @returns what is not, undefined when all is */
  readonly truth: () => string | undefined;
  readonly close: () => void;
}

export interface Session {
  readonly name: string;
  /** Fresh for each run. */
  readonly open: (folder: string) => Promise<Stage>;
}

const BASE = 0x0800_0000;
const CHIP = "stm32f072";

/** 700 bytes that look like a program: small, so that a run on a terminal takes a moment. */
function firmware(): Buffer {
  const bytes = Buffer.from(Uint8Array.from({ length: 704 }, (_, i) => (i * 7) & 0xff));
  bytes.writeUInt32LE(0x2000_2000, 0);
  bytes.writeUInt32LE(BASE + 0x101, 4);
  return bytes;
}

const holds = (chip: SimulatedChip, bytes: Buffer): string | undefined =>
  Buffer.compare(chip.peek(BASE, bytes.length), bytes) === 0
    ? undefined
    : "the flash does not hold the image";

/** @param args with IMAGE, OUT and PORT for the paths */
const onPty =
  (
    args: readonly string[],
    over: readonly ("IMAGE" | "OUT" | "PORT")[],
    truth: (chip: PtyChip["chip"], paths: Record<string, string>) => string | undefined,
  ): Session["open"] =>
  async (folder) => {
    const target = await chipOnPty(CHIP);
    const paths: Record<string, string> = {
      IMAGE: join(folder, "app.bin"),
      OUT: join(folder, "out.bin"),
      PORT: target.path,
    };
    writeFileSync(paths["IMAGE"]!, firmware());
    if (args[0] !== "write" && !args.includes("-w")) target.chip.poke(BASE, firmware());
    return {
      args: args.map((word) => paths[word] ?? word),
      paths: over.map((name) => paths[name]!),
      truth: () => truth(target.chip, paths),
      close: () => target.close(),
    };
  };

const TARGET = ["--port", "PORT", "--mode", "8n1"] as const;

const same = (out: string): string | undefined =>
  existsSync(out) && Buffer.compare(readFileSync(out).subarray(0, 704), firmware()) === 0
    ? undefined
    : "the file does not hold the flash";

/** A simulated chip that is kept in a file. */
const inFile: Session["open"] = async (folder) => {
  const [image, memory] = [join(folder, "app.bin"), join(folder, "chip.bin")];
  writeFileSync(image, firmware());
  return {
    args: ["write", image, "--port", `sim:stm32g071?flash=128&file=${memory}`],
    paths: [image, memory, `${memory}.side.json`, `${memory}.side.json.new`],
    truth: () =>
      Buffer.compare(readFileSync(memory).subarray(0, 704), firmware()) === 0
        ? undefined
        : "the memory file does not hold the image",
    close: () => undefined,
  };
};

const convert: Session["open"] = async (folder) => {
  const [image, out] = [join(folder, "app.bin"), join(folder, "out.hex")];
  writeFileSync(image, firmware());
  copyFileSync(image, out);
  return {
    args: ["image", "convert", image, "--base", "0x08000000", "--to", "hex", out],
    paths: [image, out],
    truth: () => (readFileSync(out, "utf8").startsWith(":") ? undefined : "the file is no HEX"),
    close: () => undefined,
  };
};

/** One chip on a test /dev/i2c-N, with lines of a test /dev/gpiochip0. @param args with IMAGE and OUT for the paths */
const onI2c =
  (args: readonly string[], truth: (chip: SimulatedChip) => string | undefined = fine): Session["open"] =>
  async (folder) => {
    const g071 = await chipOf(0x460, { flashSize: 128 * 1024, timings: { pageEraseMs: 1 } });
    const device = await startFakeI2c({ number: 7, chips: [g071], speedHz: 400_000, wait: false });
    const image = join(folder, "app.bin");
    writeFileSync(image, firmware());
    const [chip] = device.bus.chips;
    if (args[0] !== "write") chip!.poke(BASE, firmware());
    const { LD_PRELOAD, ...env } = device.env;
    return {
      args: [...args.map((word) => (word === "IMAGE" ? image : word)), "--port", "i2c:7@0x51"],
      paths: ["/dev/i2c-", "/dev/gpiochip"],
      standIn: { ...env, LD_PRELOAD: `${LD_PRELOAD!}:${compile("stand-in.so", [STAND_IN], SHARED)}` },
      truth: () => truth(chip!),
      close: () => void device.close(),
    };
  };

const STAND_IN = join(projectFolder(), "test/native/stand-in.c");
const LINES = ["--reset-sequence", "gpio"];
const WIRES = ["--line", "boot0=gpiochip0:0", "--line", "nrst=gpiochip0:1"];

const fine = (): undefined => undefined;

export const SESSIONS: readonly Session[] = [
  { name: "write", open: onPty(["write", "IMAGE", ...TARGET], ["IMAGE", "PORT"], (chip) => holds(chip, firmware())) }, // prettier-ignore
  { name: "read", open: onPty(["read", "OUT", "--range", "0x08000000:704", ...TARGET], ["OUT", "PORT"], (_, { OUT }) => same(OUT!)) }, // prettier-ignore
  { name: "verify", open: onPty(["verify", "IMAGE", ...TARGET], ["IMAGE", "PORT"], (chip) => holds(chip, firmware())) }, // prettier-ignore
  { name: "info", open: onPty(["info", ...TARGET], ["PORT"], fine) },
  { name: "erase", open: onPty(["erase", "--range", "0x08000000:2048", ...TARGET], ["PORT"], (chip) => (chip.peek(BASE, 2048).every((byte) => byte === 0xff) ? undefined : "the page is not blank")) }, // prettier-ignore
  { name: "drop-in write", open: onPty(["stm32flash", "-m", "8n1", "-w", "IMAGE", "-v", "PORT"], ["IMAGE", "PORT"], (chip) => holds(chip, firmware())) }, // prettier-ignore
  { name: "drop-in read", open: onPty(["stm32flash", "-m", "8n1", "-r", "OUT", "-S", "0x08000000:704", "PORT"], ["OUT", "PORT"], (_, { OUT }) => same(OUT!)) }, // prettier-ignore
  { name: "write over I2C", open: onI2c(["write", "IMAGE"], (chip) => holds(chip, firmware())) },
  { name: "write over I2C with reset lines", open: onI2c(["write", "IMAGE", ...LINES, ...WIRES], (chip) => holds(chip, firmware())) }, // prettier-ignore
  { name: "reset over I2C with reset lines", open: onI2c(["reset", ...LINES, ...WIRES]) },
  { name: "scan", open: onI2c(["scan", "--all"]) },
  { name: "doctor", open: onI2c(["doctor"]) },
  { name: "a chip in a file", open: inFile },
  { name: "convert", open: convert },
];
