/** A chip's memory between runs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BootlaceError } from "../../../src/errors.js";
import { openMemoryFile } from "../../../src/simulator/memory-file.js";
import type { ChipOptions } from "../../../src/simulator/options.js";
import { F072, FLASH, G071, L072 } from "./chips.js";
import { Host, text } from "./host.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bootlace-chip-"));
  path = join(folder, "chip.bin");
});
afterEach(() => rmSync(folder, { recursive: true }));

const chip = (options: Partial<ChipOptions> = {}): Host => {
  const { facts = G071 } = options;
  const memory = openMemoryFile(path, facts.name, {
    size: facts.flash.size,
    erased: facts.flash.erasedValue,
  });
  return new Host({ facts, memory, ...options });
};

describe("a memory file", () => {
  it("is made blank when it is missing: plain flash bytes", () => {
    chip().chip.close();
    expect(readFileSync(path)).toEqual(Buffer.alloc(0x10000, 0xff));
    expect(existsSync(`${path}.side.json`)).toBe(false);
  });

  it("is 00 for a chip whose erased flash reads 00", () => {
    chip({ facts: L072 }).chip.close();
    expect(readFileSync(path)).toEqual(Buffer.alloc(0x10000, 0));
  });

  it("is written at every program and erase, before anything is closed", () => {
    const host = chip();
    host.write(FLASH + 2048, [1, 2, 3, 4, 5, 6, 7, 8]);
    expect(host.chip.state).toBe("bootloader");
    expect(readFileSync(path).subarray(2048, 2057)).toEqual(Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 0xff]));
    host.erase([1]);
    expect(host.chip.state).toBe("bootloader");
    expect(readFileSync(path).subarray(2048, 2056)).toEqual(Buffer.alloc(8, 0xff));
    host.chip.close();
  });

  it("gives the next run what the last one left", () => {
    const first = chip({ facts: L072 });
    first.write(FLASH, [1, 2, 3, 4, 5, 6, 7, 8]);
    first.write(0x0808_0000, [9, 8, 7, 6]);
    first.write(0x1fff_7000, [0, 1, 2, 3, 4, 5, 6, 7]);
    first.chip.close();
    const second = chip({ facts: L072 });
    expect(second.read(FLASH, 8)).toBe("01 02 03 04 05 06 07 08");
    expect(second.read(0x0808_0000, 4)).toBe("09 08 07 06");
    expect(second.read(0x1fff_7000, 4)).toBe("00 01 02 03");
    second.chip.close();
  });

  it("keeps readout and write protection", () => {
    const first = chip();
    first.command("63 9C", "00 FF", "03 03");
    first.clock.advance(2);
    first.command("82 7D");
    first.poll();
    first.chip.close();
    const second = chip();
    expect(second.chip.readoutLevel).toBe(1);
    second.command("92 6D");
    second.poll();
    second.clock.advance(2);
    expect(second.write(FLASH + 3 * 2048, [1, 2, 3, 4, 5, 6, 7, 8])).toBe("79");
    expect(second.read(FLASH + 3 * 2048, 2)).toBe("FF FF");
    second.chip.close();
  });

  it("a protection given by an option is written too", () => {
    chip({ facts: F072, readoutLevel: 1 }).chip.close();
    const again = chip({ facts: F072 });
    expect(again.chip.readoutLevel).toBe(1);
    again.chip.close();
  });

  it("that is shorter than the flash is filled up", () => {
    writeFileSync(path, Uint8Array.of(1, 2, 3));
    const host = chip();
    expect(host.read(FLASH, 4)).toBe("01 02 03 FF");
    host.chip.close();
    expect(readFileSync(path)).toHaveLength(0x10000);
  });

  it("that is longer is refused", () => {
    writeFileSync(path, new Uint8Array(0x10001));
    expect(() => chip()).toThrow(`${path}: 65537 bytes, but stm32g071 has 65536 bytes of flash`);
  });

  it("of another chip is refused", () => {
    chip({ facts: F072, readoutLevel: 1 }).chip.close();
    expect(() => chip({ facts: G071 })).toThrow(`${path}.side.json: belongs to stm32f072, not to stm32g071`);
  });

  it("with a side file that is none is refused, and says how to go on", () => {
    chip().chip.close();
    for (const content of ["", "{", "[]", "null", '{"format":2}']) {
      writeFileSync(`${path}.side.json`, content);
      try {
        chip();
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(BootlaceError);
        expect((error as BootlaceError).message).toBe(
          `${path}.side.json: not the side file of a simulated chip`,
        );
        expect((error as BootlaceError).commandHint).toContain("Delete it");
      }
    }
  });

  it("in a folder that does not exist keeps the system's error", () => {
    path = join(folder, "no", "chip.bin");
    try {
      chip();
      expect.unreachable();
    } catch (error) {
      expect((error as BootlaceError).code).toBe("FILE_FAILED");
      expect(((error as BootlaceError).cause as NodeJS.ErrnoException).code).toBe("ENOENT");
    }
  });

  it("holds every acknowledged block after SIGKILL", async () => {
    const program = join(folder, "program.mjs");
    await build({
      stdin: { contents: writer(path), resolveDir: process.cwd(), loader: "ts" },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: program,
      logLevel: "error",
    });
    const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
    const acknowledged = await lastLineAfter(child.stdout, 20);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(acknowledged).toBeGreaterThan(0);
    const host = chip();
    const expected = Uint8Array.from({ length: 64 * acknowledged }, (_, at) => (at % 64) + 1);
    expect(text(host.chip.peek(FLASH, expected.length))).toBe(text(expected));
    expect(text(host.chip.peek(FLASH + 0xff00, 4))).toBe("FF FF FF FF");
    host.chip.close();
  });
});

/** Writes block after block and prints how many the chip has acknowledged; never ends by itself. */
const writer = (file: string): string => `
  import { writeSync } from "node:fs";
  import { openMemoryFile } from "./src/simulator/memory-file.ts";
  import { createChip } from "./src/simulator/create-chip.ts";
  import { VirtualClock } from "./src/simulator/clock.ts";
  import { G071 } from "./test/unit/simulator/chips.ts";
  const clock = new VirtualClock();
  const memory = openMemoryFile(${JSON.stringify(file)}, G071.name, { size: 0x10000, erased: 0xff });
  const chip = createChip({ facts: G071, memory, clock });
  const xor = (bytes) => [...bytes, bytes.reduce((sum, byte) => sum ^ byte, 0)];
  const send = (bytes) => {
    chip.i2cWrite(0x51, Uint8Array.from(bytes));
    const answer = chip.i2cRead(0x51, 1);
    clock.advance(answer.stretchMs);
    if (chip.state !== "bootloader" || answer.bytes[0] !== 0x79) throw new Error("refused");
  };
  const data = Array.from({ length: 64 }, (_, at) => at + 1);
  for (let block = 0; block < 1000; block++) {
    send([0x31, 0xce]);
    send(xor([8, 0, (block * 64) >> 8, (block * 64) & 255]));
    send(xor([63, ...data]));
    writeSync(1, block + 1 + "\\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
  }
  setInterval(() => undefined, 1000);
`;

/** The number in the last complete line, once there are at least `lines`. */
const lastLineAfter = async (stream: Readable, lines: number): Promise<number> => {
  let output = "";
  for await (const chunk of stream) {
    output += String(chunk);
    const complete = output.split("\n").slice(0, -1);
    if (complete.length >= lines) return Number(complete.at(-1));
  }
  throw new Error(`the writer ended: ${output}`);
};
