import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isMusl } from "../../../src/native/libc.js";

const folder = mkdtempSync(join(tmpdir(), "bootlace-libc-"));
afterAll(() => rmSync(folder, { recursive: true }));

const programWith = (loader: string): string => {
  const file = join(folder, "node");
  writeFileSync(file, Buffer.concat([Buffer.alloc(0x318), Buffer.from(`${loader}\0`), Buffer.alloc(9000)]));
  return file;
};

describe("isMusl", () => {
  it.each(["/lib/ld-musl-x86_64.so.1", "/lib/ld-musl-aarch64.so.1", "/lib/ld-musl-armhf.so.1"])(
    "a program that is loaded by %s",
    (loader) => expect(isMusl(programWith(loader))).toBe(true),
  );

  it.each(["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-linux-armhf.so.3"])(
    "not one that is loaded by %s",
    (loader) => expect(isMusl(programWith(loader))).toBe(false),
  );

  it("not what cannot be read", () => {
    expect(isMusl(join(folder, "absent"))).toBe(false);
  });

  it("is of this process as its report says", () => {
    const { header } = process.report.getReport() as unknown as {
      header: { glibcVersionRuntime?: string };
    };
    expect(isMusl()).toBe(header.glibcVersionRuntime === undefined);
  });
});
