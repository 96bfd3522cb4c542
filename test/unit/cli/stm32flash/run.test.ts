/** The drop-in as a whole on simulated chips in this process: what it prints, where, and with which exit status. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { cli, FakeIo, lines } from "../fake-io.js";

const folder = mkdtempSync(join(tmpdir(), "bootlace-stm32flash-"));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const CHIP = "sim:stm32g031?flash=32";
const run = (...args: string[]) => cli(["stm32flash", ...args]);

describe("bootlace stm32flash", () => {
  it("says on standard output what chip answers, with the labels that scripts look for", async () => {
    const { status, stdout, stderr } = await run(CHIP);
    expect([status, stderr]).toEqual([0, ""]);
    expect(lines(stdout).slice(1)).toEqual([
      "Interface    : sim:stm32g031",
      "Version      : 0x12",
      "Device ID    : 0x0466 (STM32G03xxx/04xxx)",
      "- RAM        : 8 KiB at 0x20000000",
      "- Flash      : 32 KiB at 0x08000000 (16 pages of 2 KiB)",
      "- Option RAM : 128 bytes at 0x1FFF7800",
      "- System RAM : 8 KiB at 0x1FFF0000",
    ]);
  });

  it("writes, and says how much and where", async () => {
    const file = fileOf("fw.bin", new Uint8Array(3000).fill(0x5a));
    const { status, stdout } = await run("-w", file, "-S", "0x08001000", CHIP);
    expect(status).toBe(0);
    expect(stdout).toContain("Writing 3000 bytes (raw bytes) to flash at 0x08001000\n");
    expect(stdout).toContain("Erasing: 2 pages: done.\n");
  });

  it("reads from standard input, and keeps the chip's memory in a file", async () => {
    const chip = `${CHIP}&file=${join(folder, "chip.bin")}`;
    const io = new FakeIo();
    Object.assign(io, { stdin: Readable.from([Buffer.from([1, 2, 3, 4, 5, 6, 7, 8])]) });
    expect((await cli(["stm32flash", "-w", "-", "-v", chip], { io })).status).toBe(0);
    const { stdout, stderr } = await run("-r", "-", "-S", ":10", chip);
    expect([...Buffer.from(stdout, "latin1")]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0xff]);
    expect(stderr).toContain("10 bytes from 0x08000000 are in standard output.");
  });

  it("writes option bytes with one command, and looks at them with -v after the restart", async () => {
    const chip = `${CHIP}&file=${join(folder, "options.bin")}`;
    const options = join(folder, "options");
    await run("-r", options, "-S", "0x1fff7800:16", chip);
    const written = await run("-w", options, "-S", "0x1fff7800", chip);
    expect([written.status, written.stderr]).toEqual([0, ""]);
    expect(written.stdout).toContain("Written. The chip restarts now; add -v to have it looked at.\n");
    const seen = await run("-w", options, "-S", "0x1fff7800", "-v", chip);
    expect(lines(seen.stdout).at(-1)).toBe("Written, and read back after the restart.");
  });

  it("prints a checksum as 0.7 does", async () => {
    const { stdout } = await run("-C", "-S", "0x08000000:16", CHIP);
    expect(lines(stdout).at(-1)).toBe("CRC(0x08000000-0x08000010) = 0xa79c3203");
  });

  it("reads into a file, and warns when the memory ends before the length", async () => {
    const out = join(folder, "out.bin");
    const { status, stderr } = await run("-r", out, "-S", "0x08007ff0:64", CHIP);
    expect([status, readFileSync(out).length]).toEqual([0, 16]);
    expect(stderr).toBe("warning: the flash ends at 0x08007FFF: it stops there, sooner than was asked for\n");
  });

  it("warns of what a length leaves out of the file", async () => {
    const file = fileOf("long.bin", new Uint8Array(64).fill(1));
    const { status, stderr } = await run("-w", file, "-S", "0x08000000:40", CHIP);
    expect([status, stderr]).toEqual([0, `warning: -S leaves out the last 24 bytes of ${file}\n`]);
  });

  it("has one exit status for every failure", async () => {
    for (const args of [
      ["-x"],
      [],
      ["-w", join(folder, "none.bin"), CHIP],
      ["/dev/ttyNONE"],
      [`${CHIP}&rdp=1`, "-o"],
    ])
      expect((await run(...args)).status, args.join(" ")).toBe(1);
  });

  it("refuses a damaged file and says how to write it all the same", async () => {
    const file = fileOf("bad.hex", ":10000000000102030405060708090A0B0C0D0E0F00\n:00000001FF\n");
    const { status, stderr } = await run("-w", file, CHIP);
    expect(status).toBe(1);
    expect(stderr).toContain(
      "line 1: the checksum is 0x00, the bytes of the record give 0x78. [IMAGE_INVALID]",
    );
    expect(stderr).toContain("If its bytes shall be written as they are, add -f.");
    expect((await run("-f", "-w", file, CHIP)).status).toBe(0);
  });

  it("refuses an empty file before the chip is spoken to", async () => {
    const { status, stdout, stderr } = await run("-w", fileOf("empty.bin", ""), CHIP);
    expect([status, stdout.includes("Device ID")]).toEqual([1, false]);
    expect(stderr).toContain("empty.bin is empty. [IMAGE_INVALID]");
  });

  it("keeps an old file when reading fails", async () => {
    const old = fileOf("old.bin", "as it was");
    expect((await run("-r", old, `${CHIP}&rdp=1`)).status).toBe(1);
    expect(readFileSync(old, "utf8")).toBe("as it was");
  });

  it("starts the program, resets, and protects", async () => {
    const blank = await run("-g", "0", CHIP);
    expect([blank.status, blank.stderr.includes("there is no program at 0x08000000")]).toEqual([1, true]);
    const go = await run("-w", fileOf("program.bin", new Uint8Array(64).fill(1)), "-g", "0", CHIP);
    expect([go.status, lines(go.stdout).at(-1)]).toEqual([
      0,
      "The chip was told to start the program at 0x08000000.",
    ]);
    const reset = await run("-R", CHIP);
    expect([reset.status, lines(reset.stdout).at(-1)]).toEqual([0, "The chip was told to reset."]);
    expect((await run("-j", CHIP)).stdout).toContain("Readout protection is set.\n");
    expect((await run("-u", CHIP)).stdout).toContain(
      "The chip was told to lift write protection, and restarts.\n",
    );
    expect((await run("-k", `${CHIP}&rdp=1`)).stdout).toContain(
      "Readout protection is lifted, the flash begins blank.\n",
    );
  });

  it("erases pages, and nothing with -e 0", async () => {
    expect((await run("-o", "-s", "1", "-e", "2", CHIP)).stdout).toContain("Erasing: 2 pages: done.\n");
    expect(lines((await run("-o", "-e", "0", CHIP)).stdout).at(-1)).toBe(
      "Nothing is erased, because -e is 0.",
    );
    const outside = await run("-o", "-s", "15", "-e", "2", CHIP);
    expect([outside.status, outside.stderr.includes("-s 15 -e 2: the flash has 16 pages")]).toEqual([
      1,
      true,
    ]);
  });

  it("needs an address on an I2C bus", async () => {
    const { status, stderr } = await run("/dev/i2c-7");
    expect([status, stderr.includes("/dev/i2c-7 is an I2C bus: give the chip's address with -a")]).toEqual([
      1,
      true,
    ]);
  });

  it("refuses signals of a serial port where there is none", async () => {
    const { status, stderr } = await run("-i", "rts", CHIP);
    expect([status, stderr.includes("rts: RTS, DTR and BREAK need a target on a serial port")]).toEqual([
      1,
      true,
    ]);
  });

  it("shows its options with -h, on standard error as 0.7", async () => {
    const { status, stdout, stderr } = await run("-h");
    expect([status, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(/^Usage: stm32flash \[options\] DEVICE$/m);
    expect(Math.max(...stderr.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("draws progress on a terminal only", async () => {
    const file = fileOf("progress.bin", new Uint8Array(20_000).fill(3));
    const io = new FakeIo({ tty: true });
    await cli(["stm32flash", "-w", file, CHIP], { io });
    expect(io.stdout.text).toContain("\rWriting: ");
    expect((await run("-w", file, CHIP)).stdout).not.toContain("\r");
  });
});
