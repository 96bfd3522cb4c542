import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkDestination } from "../../../src/cli/image-output.js";
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

  it("a file that is there or can be made is fine", () => {
    writeFileSync(join(folder, "old.bin"), "old");
    for (const name of ["old.bin", "new.hex", "raw"])
      expect(() => checkDestination(new FakeIo(), join(folder, name), undefined)).not.toThrow();
    expect(() => checkDestination(new FakeIo(), join(folder, "x.elf"), "bin")).not.toThrow();
  });
});
