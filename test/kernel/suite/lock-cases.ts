/** One process at a time on a target, on locks of a real kernel. */
import assert from "node:assert/strict";
import { chmodSync, closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { BootlaceError } from "../../../src/errors.js";
import { holderOfTarget, lockTarget } from "../../../src/host/lock.js";
import { PATH, rejection, withAdapter } from "./bench.js";
import { test } from "./harness.js";
import { startHolder } from "./holders.js";

const ADDRESS = 0x51;
const NOBODY = 65_534;

test("a second process on one target is told pid and command of the first", () =>
  withAdapter({}, async () => {
    const holder = await startHolder(["lock", PATH, `${ADDRESS}`]);
    const error = await rejection(lockTarget(PATH, ADDRESS));
    await holder.end();
    assert.ok(error instanceof BootlaceError);
    assert.equal(error.code, "TARGET_LOCKED");
    assert.match(
      error.message,
      new RegExp(`^/dev/i2c-7 address 0x51 is in use by process ${holder.pid} \\(.*node .*holder.mjs lock`),
    );
  }));

test("another user's process is named too", () =>
  withAdapter({}, async () => {
    chmodSync(PATH, 0o666);
    const holder = await startHolder(["lock", PATH, `${ADDRESS}`]);
    const second = await startHolder(["lock", PATH, `${ADDRESS}`], NOBODY);
    await holder.end();
    await second.end();
    assert.match(second.said, new RegExp(`^TARGET_LOCKED .*process ${holder.pid} \\(.*holder.mjs`));
  }));

test("two chips on one bus do not exclude each other", () =>
  withAdapter({}, async () => {
    const holder = await startHolder(["lock", PATH, `${ADDRESS}`]);
    const lock = await lockTarget(PATH, ADDRESS + 1);
    assert.ok(lock.held);
    lock.release();
    await holder.end();
  }));

test("the lock falls when its process is killed", () =>
  withAdapter({}, async () => {
    const holder = await startHolder(["lock", PATH, `${ADDRESS}`]);
    assert.equal(holderOfTarget(PATH, ADDRESS)?.pid, holder.pid);
    await holder.end("SIGKILL");
    assert.equal(holderOfTarget(PATH, ADDRESS), undefined);
    const lock = await lockTarget(PATH, ADDRESS);
    assert.ok(lock.held);
    lock.release();
  }));

test("a target is locked inside one process as well", () =>
  withAdapter({}, async () => {
    const lock = await lockTarget(PATH, ADDRESS);
    const error = await rejection(lockTarget(PATH, ADDRESS));
    lock.release();
    assert.match(error.message, /in use by this process/);
    (await lockTarget(PATH, ADDRESS)).release();
  }));

test("the lock survives the close of another descriptor of the same bus, and the holder is still found", () =>
  withAdapter({}, async () => {
    const lock = await lockTarget(PATH, ADDRESS);
    closeSync(openSync(PATH, "r+")); // drops the process's classic locks: the name is lost, the exclusion is not
    assert.equal(holderOfTarget(PATH, ADDRESS)?.pid, process.pid);
    assert.equal((await rejection(lockTarget(PATH, ADDRESS))).code, "TARGET_LOCKED");
    lock.release();
  }));

test("who waits gets the lock when it becomes free", () =>
  withAdapter({}, async () => {
    const holder = await startHolder(["lock", PATH, `${ADDRESS}`]);
    const waiting = lockTarget(PATH, ADDRESS, { waitMs: 20_000 });
    await sleep(200);
    await holder.end();
    const lock = await waiting;
    assert.ok(lock.held);
    lock.release();
  }));
