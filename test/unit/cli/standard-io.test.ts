import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DirectOutput } from "../../../src/cli/standard-io.js";

describe("an output that is no terminal", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bootlace-output-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("gets texts and bytes in order, at once", () => {
    const file = join(folder, "file");
    const fd = openSync(file, "w");
    const output = new DirectOutput(fd);
    expect(output.write("größer\n")).toBe(true);
    expect(output.write(Uint8Array.of(1, 2))).toBe(true);
    expect(readFileSync(file)).toEqual(Buffer.concat([Buffer.from("größer\n"), Buffer.of(1, 2)]));
    closeSync(fd);
  });

  it("remembers why something is lost, and goes on without it", () => {
    const fd = openSync("/dev/full", "w");
    const output = new DirectOutput(fd);
    expect(output.write("lost")).toBe(false);
    expect(output.failure).toMatchObject({ code: "ENOSPC" });
    closeSync(fd);
    expect(output.write("the number of a closed file is not used again")).toBe(false);
  });

  it("waits while a non-blocking pipe is full, and loses nothing", () => {
    const pipe = join(folder, "pipe");
    spawnSync("mkfifo", [pipe]);
    const nonBlocking = 0o4000; // O_NONBLOCK on Linux
    const reader = openSync(pipe, 0 | nonBlocking);
    const writer = openSync(pipe, 1 | nonBlocking);
    const output = new DirectOutput(writer);
    const wanted = Buffer.alloc(200_000, "0123456789");
    const got: Buffer[] = [];
    // What drains the pipe while `write` waits: the pause is the only moment for it.
    const wait = Atomics.wait;
    Atomics.wait = () => {
      const chunk = Buffer.alloc(65_536);
      got.push(chunk.subarray(0, readSync(reader, chunk)));
      return "timed-out";
    };
    try {
      expect(output.write(wanted)).toBe(true);
    } finally {
      Atomics.wait = wait;
    }
    const rest = Buffer.alloc(65_536);
    got.push(rest.subarray(0, readSync(reader, rest)));
    expect(Buffer.concat(got).equals(wanted)).toBe(true);
    closeSync(writer);
    closeSync(reader);
  });
});
