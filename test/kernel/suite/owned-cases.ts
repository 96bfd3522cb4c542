/** Addresses that belong to a kernel driver: refused, unless forced. i2c-core's own driver "dummy" stands for any. */
import assert from "node:assert/strict";
import { boundDriver } from "../../../src/host/bound-driver.js";
import { bindDummy, BUS, PATH, withChip } from "./bench.js";
import { ADDRESS } from "./chips.js";
import { test } from "./harness.js";
import { bootlace, run } from "./programs.js";

const TARGET = ["--port", PATH, "--address", "0x51"];

test("an address that a kernel driver owns is refused before any byte, with driver and unbind command", () =>
  withChip({}, async ({ adapter }) => {
    bindDummy(BUS, ADDRESS);
    const { status, stderr } = await bootlace(["info", ...TARGET]);
    assert.equal(status, 14, stderr);
    assert.match(stderr, /kernel driver dummy/);
    assert.match(stderr, /echo 7-0051 > \/sys\/bus\/i2c\/drivers\/dummy\/unbind/);
    assert.equal(adapter.transfers.length, 0);
  }));

test("--force uses an address that a kernel driver owns", () =>
  withChip({}, async () => {
    bindDummy(BUS, ADDRESS);
    const { status, stderr } = await bootlace(["info", ...TARGET, "--force"]);
    assert.equal(status, 0, stderr);
  }));

test("the unbind command that we print does unbind", () =>
  withChip({}, async () => {
    bindDummy(BUS, ADDRESS);
    const owner = boundDriver(BUS, ADDRESS);
    assert.equal(owner?.driver, "dummy");
    assert.equal((await run("sh", ["-c", owner.unbindCommand])).status, 0);
    assert.equal(boundDriver(BUS, ADDRESS), undefined);
    const { status, stderr } = await bootlace(["info", ...TARGET]);
    assert.equal(status, 0, stderr);
  }));

test("a driver at another address of the bus is not in the way", () =>
  withChip({}, async () => {
    bindDummy(BUS, 0x20);
    const { status, stderr } = await bootlace(["info", ...TARGET]);
    assert.equal(status, 0, stderr);
  }));
