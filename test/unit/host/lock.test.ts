import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../../src/errors.js";
import { lockTarget } from "../../../src/host/lock.js";
import type { LockOptions } from "../../../src/host/lock.js";
import { findHolder } from "../../../src/host/lock-holder.js";
import type { FileHandle, LockQuery, LockResult } from "../../../src/native/binding.js";
import { systemTree } from "./system-tree.js";

const FILE = {} as FileHandle;

/** Locks of which the first `heldTimes` tries find a holder. */
function calls(heldTimes: number, query: Partial<LockQuery> = {}) {
  const log: string[] = [];
  let left = heldTimes;
  const native: NonNullable<LockOptions["native"]> = {
    fileOpen: () => FILE,
    lockTake: (_, offset, length, owner): LockResult => {
      log.push(`take ${offset}+${length} ${owner === 0 ? "open file" : "process"}`);
      return { state: left-- > 0 ? "held" : "locked", errno: 0 };
    },
    lockQuery: (): LockQuery => ({ state: "held", errno: 0, pid: -1, ...query }),
    close: () => log.push("close"),
  };
  return { native, log };
}

describe("the lock of a target", () => {
  it("is a lock of the open file at the address, and one of the process beside it that tells the pid", async () => {
    const { native, log } = calls(0);
    const lock = await lockTarget("/dev/i2c-1", 0x56, { native });
    expect(lock.held).toBe(true);
    expect(log).toEqual(["take 86+1 open file", "take 4182+1 process"]);
    lock.release();
    lock.release();
    expect(log.filter((line) => line === "close")).toHaveLength(1);
  });

  it("that another process has names it with pid and command line", async () => {
    using system = systemTree({ "proc/4711/cmdline": "node\0bootlace\0write\0fw.hex\0" });
    const { native, log } = calls(Infinity, { pid: 4711 });
    const failure = lockTarget("/dev/i2c-1", 0x56, { native, root: system.root });
    await expect(failure).rejects.toThrow(
      "/dev/i2c-1 address 0x56 is in use by process 4711 (node bootlace write fw.hex)",
    );
    await expect(failure).rejects.toMatchObject({ code: "TARGET_LOCKED", exitStatus: 12 });
    expect(log.at(-1)).toBe("close");
  });

  it("that somebody has who cannot be seen says so", async () => {
    using system = systemTree({});
    const { native } = calls(Infinity, { pid: 0 });
    await expect(lockTarget("/dev/i2c-1", 0x56, { native, root: system.root })).rejects.toThrow(
      "/dev/i2c-1 address 0x56 is in use by another process",
    );
  });

  it("is waited for", async () => {
    const { native, log } = calls(2);
    const lock = await lockTarget("/dev/i2c-1", 0x56, { native, waitMs: 10_000 });
    expect(lock.held).toBe(true);
    expect(log.filter((line) => line.endsWith("open file"))).toHaveLength(3);
  });

  it("is not waited for after an abort", async () => {
    const { native, log } = calls(Infinity);
    const stop = new AbortController();
    const waiting = lockTarget("/dev/i2c-1", 0x56, { native, waitMs: 10_000, signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toThrow("aborted");
    expect(log.at(-1)).toBe("close");
  });

  it("does without where the device takes no locks, and where it cannot be opened", async () => {
    const none = { ...calls(0).native, lockTake: (): LockResult => ({ state: "unsupported", errno: 22 }) };
    expect((await lockTarget("/dev/i2c-1", 0x56, { native: none })).held).toBe(false);
    const closed = {
      ...calls(0).native,
      fileOpen: () => {
        throw new BootlaceError("INTERNAL", "no such device");
      },
    };
    expect((await lockTarget("/dev/i2c-1", 0x56, { native: closed })).held).toBe(false);
  });
});

describe("finding the holder in /proc", () => {
  /** One process, 12, whose descriptor 7 has a lock on the bus from `first` to `last`. */
  function withLock(first: number, last: number | "EOF") {
    const system = systemTree({
      "dev/i2c-1": "",
      "proc/12/cmdline": "bootlace\0info\0",
      "proc/12/fdinfo/": "",
    });
    const inode = statSync(join(system.root, "dev/i2c-1")).ino;
    writeFileSync(
      join(system.root, "proc/12/fdinfo/7"),
      `pos:\t0\nflags:\t0100002\nlock:\t1: OFDLCK  ADVISORY  WRITE -1 00:05:${inode} ${first} ${last}\n`,
    );
    return system;
  }

  it.each([
    [0x56, 0x56, true],
    [0x57, 0x57, false],
    [0, "EOF", true],
    [0, 0x55, false],
  ] as const)("a lock from %i to %s holds byte 0x56: %s", (first, last, holds) => {
    using system = withLock(first, last);
    const found = findHolder("/dev/i2c-1", 0x56, system.root);
    expect(found).toEqual(holds ? { pid: 12, command: "bootlace info" } : undefined);
  });

  it("a lock on another file is no holder", () => {
    using system = withLock(0x56, 0x56);
    writeFileSync(join(system.root, "dev/i2c-2"), "");
    expect(findHolder("/dev/i2c-2", 0x56, system.root)).toBeUndefined();
    expect(findHolder("/dev/i2c-3", 0x56, system.root)).toBeUndefined();
  });
});
