/** Files as people have them: several at once, more than the flash in one, linked for another address. On a simulated chip, with the real command. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { MemoryImage } from "../../src/image/image.js";
import { writeHex } from "../../src/image/write-hex.js";
import { bootlace, lastLine } from "./cli-process.js";

const folder = mkdtempSync(join(tmpdir(), "bootlace-files-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const scratch = (name: string): string => join(folder, name);
const FLASH = 0x0800_0000;

function firmware(length: number, base = FLASH): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + (at >> 8)) & 0xff);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x2000_1000, true);
  view.setUint32(4, base + 0x101, true);
  return bytes;
}

function hexFile(name: string, ...parts: readonly (readonly [number, Uint8Array])[]): string {
  writeFileSync(
    scratch(name),
    writeHex(new MemoryImage(parts.map(([address, bytes]) => ({ address, bytes })))),
  );
  return scratch(name);
}

function binFile(name: string, bytes: Uint8Array): string {
  writeFileSync(scratch(name), bytes);
  return scratch(name);
}

const APP = firmware(1000);
const port = (chip: string, file: string): string => `sim:${chip}?file=${scratch(file)}`;
const held = (file: string, offset: number, length: number): Buffer =>
  readFileSync(scratch(file)).subarray(offset, offset + length);

describe("a file that holds more than the flash", () => {
  const mixed = hexFile("mixed.hex", [FLASH, APP], [0x9000_0000, firmware(700)]);

  it("is refused, says what lies there and names the option that leaves it out", async () => {
    const { status, stderr } = await bootlace(["write", mixed, "--port", "sim:stm32f103c8"]);
    expect(status).toBe(41);
    expect(stderr).toContain("0x90000000 to 0x900002BB (700 bytes) is outside the flash");
    expect(stderr).toContain(
      "try:     0x90000000 is external memory. To write what lies in the flash and leave the rest out: --only flash.",
    );
  });

  it("is written, verified and kept in step without the rest, which is said", async () => {
    const target = ["--only", "flash", "--port", port("stm32f103c8", "mixed.chip")];
    const written = await bootlace(["write", mixed, ...target]);
    expect(written.stderr).toMatch(/^Note {6}left out: 0x90000000 to 0x900002BB \(700 bytes\)$/m);
    expect(written.status).toBe(0);
    expect(held("mixed.chip", 0, 1000).equals(APP)).toBe(true);
    expect((await bootlace(["verify", mixed, ...target])).status).toBe(0);
    expect(lastLine((await bootlace(["sync", mixed, ...target])).stderr)).toContain("already current");
  });

  it("is cut by a range, also without a chip", async () => {
    const only = ["--only", "0x08000000:512"];
    const info = await bootlace(["image", "info", mixed, ...only]);
    expect(info.stdout).toContain("512 bytes in 1 part");
    expect(info.stdout).toMatch(
      /^Note {6}left out: 0x08000200 to 0x080003E7, 0x90000000 to 0x900002BB \(1188 bytes\)$/m,
    );
    const out = scratch("part.bin");
    expect((await bootlace(["image", "convert", mixed, out, ...only])).status).toBe(0);
    expect(readFileSync(out).equals(APP.subarray(0, 512))).toBe(true);
    const none = await bootlace(["image", "info", mixed, "--only", "0x20000000:16"]);
    expect([none.status, none.stderr]).toEqual([
      41,
      expect.stringContaining("nothing lies in the range of --only"),
    ]);
    const flash = await bootlace(["image", "info", mixed, "--only", "flash"]);
    expect([flash.status, flash.stderr]).toEqual([2, expect.stringContaining("--only flash needs a chip")]);
  });

  it.each([
    ["option bytes", 0x1fff_f800, "0x1FFFF800 is in the option bytes. "],
    ["RAM", 0x2000_0000, "0x20000000 is RAM. "],
    ["external memory", 0x7f00_0000, "external memory"],
  ])("is told by its memory: %s", async (_, address, text) => {
    const file = hexFile(`at-${address}.hex`, [FLASH, APP], [address, Uint8Array.of(1, 2, 3, 4)]);
    const { status, stderr } = await bootlace(["write", file, "--port", "sim:stm32f103c8"]);
    expect(status).toBe(41);
    expect(stderr).toContain(text);
    expect(stderr).toContain("--only flash");
  });
});

describe("the data EEPROM of L0 and L1", () => {
  const DATA = Uint8Array.from({ length: 70 }, (_, at) => at + 1);

  it("is written as a memory of its own, word by word, and verified", async () => {
    const file = hexFile("eeprom.hex", [FLASH, APP], [0x0808_0002, DATA]);
    const target = ["--port", port("stm32l053", "l0.chip")];
    const planned = await bootlace(["write", file, "--dry-run", ...target]);
    expect(planned.stdout).toContain("write 72 bytes of data EEPROM");
    const written = await bootlace(["write", file, ...target]);
    expect(written.stderr).not.toContain("violation");
    expect(lastLine(written.stderr)).toContain("72 bytes of data EEPROM written and read back");
    expect(written.status).toBe(0);
    await bootlace(["read", scratch("data.bin"), "--range", "0x08080000:76", ...target]);
    expect(held("data.bin", 2, 70).equals(DATA)).toBe(true);
    const again = await bootlace(["write", file, ...target]);
    expect(lastLine(again.stderr)).toContain("already current");
    expect((await bootlace(["verify", file, ...target])).status).toBe(0);
  });

  it("is written alone, only where it differs, and differs when it does", async () => {
    const target = ["--port", port("stm32l053", "l0.chip")];
    const changed = DATA.slice();
    changed[30] = 0xee;
    const file = hexFile("eeprom2.hex", [0x0808_0002, changed]);
    expect((await bootlace(["verify", file, ...target])).status).toBe(51);
    const planned = await bootlace(["write", file, "--dry-run", ...target]);
    expect(planned.stdout).toBe("write 4 bytes of data EEPROM\n");
    const written = await bootlace(["write", file, ...target]);
    expect(lastLine(written.stderr)).toContain("4 bytes of data EEPROM written and read back");
    expect((await bootlace(["verify", file, ...target])).status).toBe(0);
  });

  it("is left out by --only flash", async () => {
    const file = hexFile("eeprom3.hex", [FLASH, APP], [0x0808_0000, DATA]);
    const target = ["--only", "flash", "--port", port("stm32l053", "l0b.chip")];
    const { stderr, status } = await bootlace(["write", file, ...target]);
    expect(stderr).toMatch(/^Note {6}left out: 0x08080000 to 0x08080045 \(70 bytes\)$/m);
    expect(status).toBe(0);
  });
});

describe("an image at another address of the flash", () => {
  it.each([
    ["boot memory", "stm32g071", 0x0000_0000, "0x08000000"],
    ["ITCM", "stm32f746", 0x0020_0000, "0x07E00000"],
    ["the secure view", "stm32l552", 0x0c00_0000, "-0x04000000"],
  ])("says so, and is moved with the option that the hint names: %s", async (_, chip, address, offset) => {
    const file = hexFile(`alias-${chip}.hex`, [address, firmware(1000, address)]);
    const refused = await bootlace(["write", file, "--port", `sim:${chip}`]);
    expect(refused.status).toBe(41);
    expect(refused.stderr).toContain(
      `is another address of the flash at 0x08000000: move the image with --offset ${offset}.`,
    );
    const target = ["--offset", offset, "--port", port(chip, `${chip}.chip`)];
    const written = await bootlace(["write", file, ...target]);
    expect(written.stderr).toMatch(/^Note {6}moved by -?0x0[0-9A-F]+, to 0x08000000$/m);
    expect(written.status).toBe(0);
    expect(held(`${chip}.chip`, 0, 1000).equals(firmware(1000, address))).toBe(true);
  });

  it("is told by image info, without a chip", async () => {
    const { stdout } = await bootlace(["image", "info", hexFile("zero.hex", [0, APP])]);
    expect(stdout).toContain("--offset 0x08000000 moves it to 0x08000000");
  });
});

describe("several files in one job", () => {
  const boot = hexFile("boot.hex", [FLASH, APP]);
  const app = binFile("app.bin", firmware(600, FLASH + 0x4000));

  it("are written, verified and described as one image", async () => {
    const files = [boot, `${app}@0x08004000`];
    const target = ["--port", port("stm32g071", "several.chip")];
    expect((await bootlace(["write", ...files, ...target])).status).toBe(0);
    expect(held("several.chip", 0, 1000).equals(APP)).toBe(true);
    expect(held("several.chip", 0x4000, 600).equals(readFileSync(app))).toBe(true);
    expect((await bootlace(["verify", ...files, ...target])).status).toBe(0);
    expect(lastLine((await bootlace(["sync", ...files, ...target])).stderr)).toContain("already current");
    expect((await bootlace(["image", "info", ...files])).stdout).toContain("1.6 KiB in 2 parts");
  });

  it("are refused where they differ, naming both files and what to type", async () => {
    const { status, stderr } = await bootlace(["write", boot, app, "--port", "sim:stm32g071"]);
    expect(status).toBe(40);
    expect(stderr).toContain(`but ${boot}, line 2 gave`);
    expect(stderr).toContain(`Say where the raw binary goes: ${app}@0x08004000, for example.`);
  });

  it("are refused with an address that has no effect", async () => {
    for (const args of [
      [`${boot}@0x08004000`],
      [boot, "--base", "0x08004000"],
      [boot, app, "--base", "0x08004000"],
      [`${app}@0x08004000`, "--base", "0x08004000"],
    ])
      expect((await bootlace(["image", "info", ...args])).status).toBe(2);
  });

  it("take a file whose own name ends like an address", async () => {
    const odd = binFile("app@0x08004000", firmware(40));
    expect((await bootlace(["image", "info", odd])).stdout).toContain("0x08000000");
  });
});
