import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTarget } from "../../../../src/host/open/read-target.js";

const folder = mkdtempSync(join(tmpdir(), "bootlace-links-"));
const link = (to: string, name: string): string => {
  const path = join(folder, name);
  symlinkSync(to, path);
  return path;
};

describe("a link that udev made", () => {
  const bus = link("/dev/i2c-77", "motor-bus");
  const port = link("/dev/ttyS99", "stm32");
  const far = link("motor-bus", "far");
  const loop = link("loop", "loop");

  it("is what it leads to, under its own name, also while nothing is there", () => {
    expect(readTarget(bus)).toEqual({ kind: "i2c", path: bus });
    expect(readTarget(`${bus}@0x39`)).toEqual({ kind: "i2c", path: bus, address: 0x39 });
    expect(readTarget(far)).toEqual({ kind: "i2c", path: far });
    expect(readTarget(`${port}?baud=9600`)).toEqual({ kind: "serial", path: port, baud: 9600 });
  });

  it("is what its scheme says where it has one", () => {
    expect(readTarget(`serial:${bus}`)).toEqual({ kind: "serial", path: bus });
  });

  it("that leads elsewhere, or nowhere, is asked about", () => {
    for (const path of [loop, link("/dev/null", "null"), join(folder, "none")])
      expect(() => readTarget(path)).toThrow("could be anything");
  });
});
