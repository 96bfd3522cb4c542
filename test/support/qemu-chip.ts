/**
 * An STM32 that others modelled: a machine of Debian's qemu-system-arm, with our stand-in for its ROM bootloader (rom-stand-in/rom.c)
 * behind its USART on a pseudo-terminal. Core, memories and reset are QEMU's own.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const SOURCES = join(import.meta.dirname, "rom-stand-in");
const FLASH = 0x0800_0000;
const STAND_IN_BYTES = 4096;

interface Machine {
  readonly machine: string;
  readonly cpu: string;
  readonly usart: number;
  readonly productId: number;
  readonly flashBytes: number;
  readonly sizeRegister: number;
  /** Of the RAM: where it begins, what the ROM leaves to the host, and the end. */
  readonly ram: readonly [start: number, free: number, end: number];
}

/** Facts of the chips: AN2606 rev 70; RM0041, RM0033, RM0090 for the addresses of USART1 and of the flash size. */
export const QEMU_MACHINES = {
  F100: {
    machine: "stm32vldiscovery",
    cpu: "cortex-m3",
    usart: 0x4001_3800,
    productId: 0x420,
    flashBytes: 128 * 1024,
    sizeRegister: 0x1fff_f7e0,
    ram: [0x2000_0000, 0x2000_0200, 0x2000_2000],
  },
  F205: {
    machine: "netduino2",
    cpu: "cortex-m3",
    usart: 0x4001_1000,
    productId: 0x411,
    flashBytes: 1024 * 1024,
    sizeRegister: 0x1fff_7a22,
    ram: [0x2000_0000, 0x2000_2000, 0x2002_0000],
  },
  F405: {
    machine: "netduinoplus2",
    cpu: "cortex-m4",
    usart: 0x4001_1000,
    productId: 0x413,
    flashBytes: 1024 * 1024,
    sizeRegister: 0x1fff_7a22,
    ram: [0x2000_0000, 0x2000_3000, 0x2002_0000],
  },
} as const satisfies Readonly<Record<string, Machine>>;

export interface QemuChip extends AsyncDisposable {
  /** Of the pseudo-terminal that its USART is on. */
  readonly path: string;
  /** All that its flash holds. */
  readonly flash: Uint8Array;
}

/** @param program what the flash holds from its start; the first 8 bytes, stack pointer and reset vector, are the stand-in's */
export async function startQemuChip(
  name: keyof typeof QEMU_MACHINES,
  program: Uint8Array,
): Promise<QemuChip> {
  const machine: Machine = QEMU_MACHINES[name];
  const folder = mkdtempSync(join(tmpdir(), "qemu-chip-"));
  const flash = flashOf(machine, program, folder);
  const image = join(folder, "flash.bin");
  writeFileSync(image, flash);
  const options = [
    "-M",
    machine.machine,
    "-display",
    "none",
    "-monitor",
    "none",
    "-serial",
    "pty",
    "-kernel",
    image,
  ];
  const child = spawn("qemu-system-arm", options, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const path = await pseudoTerminalOf(child.stdout, child.stderr);
  return {
    path,
    flash,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** QEMU says "char device redirected to /dev/pts/3 (label serial0)". */
async function pseudoTerminalOf(...outputs: NodeJS.ReadableStream[]): Promise<string> {
  const said: string[] = [];
  return Promise.any(
    outputs.map(async (output) => {
      for await (const line of createInterface({ input: output })) {
        said.push(line);
        const [, path] = /redirected to (\S+)/.exec(line) ?? [];
        if (path) return path;
      }
      throw new Error("no pseudo-terminal");
    }),
  ).catch(() => {
    throw new Error(`qemu-system-arm did not start: ${said.join("\n")}`);
  });
}

function flashOf(machine: Machine, program: Uint8Array, folder: string): Uint8Array {
  const flash = new Uint8Array(machine.flashBytes).fill(0xff);
  const code = buildStandIn(machine, folder);
  const at = machine.flashBytes - STAND_IN_BYTES;
  if (program.length > at || code.length > STAND_IN_BYTES) throw new Error("the flash is too small for both");
  flash.set(program);
  flash.set(code, at);
  const vectors = new DataView(flash.buffer);
  vectors.setUint32(0, machine.ram[1], true);
  vectors.setUint32(4, (FLASH + at) | 1, true);
  return flash;
}

function buildStandIn(machine: Machine, folder: string): Uint8Array {
  const [start, free, end] = machine.ram;
  const facts = {
    USART: machine.usart,
    PRODUCT_ID: machine.productId,
    FLASH_BYTES: machine.flashBytes,
    SIZE_REGISTER: machine.sizeRegister,
    RAM_START: start,
    RAM_FREE: free,
    RAM_END: end,
  };
  const [elf, binary] = [join(folder, "rom.elf"), join(folder, "rom.bin")];
  execFileSync("arm-none-eabi-gcc", [
    `-mcpu=${machine.cpu}`,
    ..."-mthumb -Os -ffreestanding -nostdlib -Wall -Wextra -Werror".split(" "),
    ...Object.entries(facts).map(([key, value]) => `-D${key}=${value}u`),
    `-Wl,--section-start=.text=0x${(FLASH + machine.flashBytes - STAND_IN_BYTES).toString(16)}`,
    ...["-Wl,-e,rom", "-T", join(SOURCES, "rom.ld"), "-o", elf, join(SOURCES, "rom.c")],
  ]);
  execFileSync("arm-none-eabi-objcopy", ["-O", "binary", elf, binary]);
  return readFileSync(binary);
}
