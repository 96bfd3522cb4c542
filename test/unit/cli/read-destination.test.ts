import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkDestination, replacedText } from "../../../src/cli/image-output.js";
import { cli, FakeIo, lines } from "./fake-io.js";

const folder = mkdtempSync(join(tmpdir(), "bootlace-"));

describe("where read may write is looked at before the port is opened", () => {
  it.each([
    [join(folder, "none", "x.bin"), 43],
    [folder, 43],
    [join(folder, "x.elf"), 2],
    [join(folder, "x.UF2"), 2],
  ])("%s", async (out, exit) => {
    const { status, stderr } = await cli(["read", out, "--port", "i2c:1@0x56"]);
    expect(status).toBe(exit);
    expect(lines(stderr)[0]).toMatch(exit === 43 ? /^error: cannot write / : /files are not written here/);
  });

  it("a terminal is not spoiled with raw bytes", async () => {
    const io = new FakeIo({ tty: true });
    const { status, stderr } = await cli(["read", "-", "--port", "i2c:1@0x56"], { io });
    expect([status, stderr]).toEqual([2, expect.stringContaining("spoil the terminal")]);
    expect(() => checkDestination(io, "-", "hex")).not.toThrow();
  });

  it("a backup that is there is named before it is replaced", () => {
    writeFileSync(join(folder, "backup.bin"), "old");
    writeFileSync(join(folder, "empty.bin"), "");
    expect(replacedText(join(folder, "backup.bin"))).toMatch(
      /backup\.bin is there already and will be replaced$/,
    );
    for (const out of ["-", "/dev/null", folder, join(folder, "empty.bin"), join(folder, "none.bin")])
      expect(replacedText(out)).toBeUndefined();
  });

  it("a file that is there or can be made is fine", () => {
    writeFileSync(join(folder, "old.bin"), "old");
    for (const name of ["old.bin", "new.hex", "raw"])
      expect(() => checkDestination(new FakeIo(), join(folder, name), undefined)).not.toThrow();
    expect(() => checkDestination(new FakeIo(), join(folder, "x.elf"), "bin")).not.toThrow();
  });
});

describe("image convert", () => {
  const input = join(folder, "in.hex");
  writeFileSync(input, ":040000000102030AEC\n:00000001FF\n");

  it("does not write raw bytes under the name of a format that is not written", async () => {
    const { status, stderr } = await cli(["image", "convert", input, join(folder, "o.elf")]);
    expect([status, stderr]).toEqual([
      2,
      "error: .elf files are not written here, only .bin, .hex and .srec. [USAGE]\n" +
        "  try:     Choose another name, or say --to bin.\n",
    ]);
  });

  it("ends with OK, and names a file that it replaces", async () => {
    const out = join(folder, "o.bin");
    const first = await cli(["image", "convert", input, out]);
    expect(first).toMatchObject({ status: 0, stderr: `OK  4 bytes converted into ${out} (raw binary)\n` });
    const { stderr } = await cli(["image", "convert", input, out]);
    expect(lines(stderr)[0]).toBe(`Note      ${out} is there already and will be replaced`);
    expect(await cli(["image", "convert", input, out, "-q"])).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("firmware from standard input", () => {
  it("is asked for where it would be typed", async () => {
    const stdin = Object.assign(Readable.from([":00000001FF\n"]), { isTTY: true });
    const { stderr } = await cli(["write", "-", "--port", "i2c:1@0x56"], { io: new FakeIo({ stdin }) });
    expect(lines(stderr)[0]).toBe("Note      the firmware is read from this terminal; Ctrl-D ends it");
  });
});
