/** A chip whose two banks have a gap between them, with the real command: all of the flash is both banks, and nothing else. */
import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadImage } from "../../src/image/load.js";
import { noise } from "../support/sim-target.js";
import { bootlace, scratchFolder } from "./cli-process.js";

const KiB = 1024;
const scratch = scratchFolder();

/** Erased value 0xFF with Get Checksum, and 0x00 without. */
const CHIPS = [
  { name: "STM32G474 of 256 KiB", spec: "stm32g474?flash=256", bank: 128 * KiB, second: 0x0804_0000, erased: 0xff },
  { name: "STM32L152 of 384 KiB", spec: "0x437?flash=384", bank: 192 * KiB, second: 0x0804_0000, erased: 0x00 },
]; // prettier-ignore

describe.each(CHIPS)("$name", ({ spec, bank, second, erased }) => {
  const port = `sim:${spec}&file=${scratch(`${spec.slice(0, 5)}.flash`)}`;
  const [low, high] = [noise(bank, 1, 0x0800_0000), noise(bank, 2)];
  const file = (name: string): string => scratch(`${spec.slice(0, 5)}-${name}`);

  beforeAll(async () => {
    writeFileSync(file("low.bin"), low);
    writeFileSync(file("high.bin"), high);
    const parts = [`${file("low.bin")}@0x08000000`, `${file("high.bin")}@0x${second.toString(16)}`];
    const { status, stderr } = await bootlace(["write", ...parts, "--port", port]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  }, 60_000);

  it("reads both banks, and HEX leaves the gap out", async () => {
    const { status, stderr } = await bootlace(["read", file("all.hex"), "--port", port]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { segments } = await loadImage(file("all.hex"));
    expect(segments.map(({ address, bytes }) => [address, bytes.length])).toEqual([
      [0x0800_0000, bank],
      [second, bank],
    ]);
    expect(Buffer.compare(segments[0]!.bytes, low)).toBe(0);
    expect(Buffer.compare(segments[1]!.bytes, high)).toBe(0);
    const verify = await bootlace(["verify", file("all.hex"), "--port", port]);
    expect(verify.stderr).toContain(`OK  ${(2 * bank) / KiB} KiB hold the image`);
  });

  it("a raw file has the erased value in the gap, and says so", async () => {
    const { stderr } = await bootlace(["read", file("all.bin"), "--port", port]);
    const value = erased === 0 ? "0x00" : "0xFF";
    const size = `${bank / KiB} KiB`;
    expect(stderr.replace(/\s+/g, " ")).toContain(
      `OK ${size} at 0x08000000 and ${size} at 0x08040000 read into ${file("all.bin")}, ${value} in the gap`,
    );
    const bytes = readFileSync(file("all.bin"));
    const gap = bytes.subarray(bank, second - 0x0800_0000);
    expect(bytes.length).toBe(second - 0x0800_0000 + bank);
    expect(gap.every((byte) => byte === erased)).toBe(true);
    expect(Buffer.compare(bytes.subarray(0, bank), low)).toBe(0);
    expect(Buffer.compare(bytes.subarray(-bank), high)).toBe(0);
  });

  it("that raw file goes back as the hint says: without the gap", async () => {
    await bootlace(["read", file("back.bin"), "--port", port]);
    const whole = await bootlace(["write", file("back.bin"), "--port", port]);
    expect(whole.stderr).toContain("[IMAGE_OUTSIDE]");
    expect(whole.stderr).toContain("--only flash");
    const parts = await bootlace(["write", file("back.bin"), "--only", "flash", "--port", port]);
    expect(parts).toMatchObject({ status: 0 });
    expect(parts.stderr).toMatch(/OK {2}already current/);
  });

  it("checksum tells one for each bank: a line with the address, a document with ranges", async () => {
    const { stdout, stderr } = await bootlace(["checksum", "--port", port]);
    const lines = stdout.trim().split("\n");
    expect(lines.map((line) => line.split("  ")[1])).toEqual(["0x08000000", "0x08040000"]);
    const one = await bootlace(["checksum", "--range", `0x08040000:${bank}`, "--port", port]);
    expect(one.stdout.trim()).toBe(lines[1]!.split("  ")[0]);
    expect(stderr).toContain(`of ${bank / KiB} KiB at 0x08000000`);
    const json = await bootlace(["checksum", "--json", "--port", port]);
    const { ranges } = JSON.parse(json.stdout.trim().split("\n").at(-1)!) as { ranges: { crcHex: string; address: number; length: number }[] }; // prettier-ignore
    expect(ranges).toMatchObject([
      { crcHex: lines[0]!.slice(0, 10), address: 0x0800_0000, length: bank },
      { crcHex: one.stdout.trim(), address: 0x0804_0000, length: bank },
    ]);
  });

  it("a checksum over the gap is refused: no chip sums what it has not", async () => {
    const range = `0x08000000:${second - 0x0800_0000 + bank}`;
    const { status, stdout } = await bootlace(["checksum", "--range", range, "--port", port]);
    expect({ status, stdout }).toEqual({ status: 21, stdout: "" });
  });

  it("a range over the gap is not erased; the hint names both parts", async () => {
    const range = `0x08000000:${second - 0x0800_0000 + bank}`;
    const { stderr } = await bootlace(["erase", "--range", range, "--port", port]);
    const ends = `0x${(0x0800_0000 + bank - 1).toString(16).toUpperCase().padStart(8, "0")}`;
    expect(stderr).toContain("[IMAGE_OUTSIDE]");
    expect(stderr.replace(/\s+/g, " ")).toContain(`lies from 0x08000000 to ${ends}, 0x08040000 to`);
  });

  it("the drop-in reads both, with a warning; it sums one", async () => {
    const read = await bootlace(["stm32flash", "-r", file("drop.bin"), port]);
    expect(read).toMatchObject({ status: 0 });
    expect(read.stdout + read.stderr).toContain("what lies between is");
    const bytes = readFileSync(file("drop.bin"));
    expect(Buffer.compare(bytes.subarray(0, bank), low)).toBe(0);
    expect(Buffer.compare(bytes.subarray(-bank), high)).toBe(0);
    const crc = await bootlace(["stm32flash", "-C", port]);
    expect(crc.status).not.toBe(0);
    expect(crc.stdout + crc.stderr).toContain(`Sum one part: -S 0x08000000:${bank}`);
    const one = await bootlace(["stm32flash", "-C", "-S", `0x08000000:${bank}`, port]);
    expect(one.status).toBe(0);
  });

  it("erase --all erases both, and looks at both", async () => {
    const { status, stderr } = await bootlace(["erase", "--all", "--port", port]);
    expect(status).toBe(0);
    expect(stderr).toContain(`${(2 * bank) / KiB} KiB) erased`);
    await bootlace(["read", file("blank.hex"), "--port", port]);
    const { segments } = await loadImage(file("blank.hex"));
    for (const { bytes } of segments) expect(bytes.every((byte) => byte === erased)).toBe(true);
  });
});
