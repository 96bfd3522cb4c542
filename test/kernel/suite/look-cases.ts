/** ports, scan and doctor. */
import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { putBehind } from "../server/chip-behind.js";
import { bindDummy, BUS, PATH, withAdapter, withChip } from "./bench.js";
import { makeChip } from "./chips.js";
import { test } from "./harness.js";
import { startHolder } from "./holders.js";
import { bootlace } from "./programs.js";

const NOBODY = 65_534;

test("ports lists every bus with number, name and functionality", () =>
  withAdapter({ name: "first adapter" }, () =>
    withAdapter({ bus: 8, name: "second adapter", functionality: 0x0eff_0008 }, async () => {
      const { status, stdout } = await bootlace(["ports"]);
      assert.equal(status, 0);
      assert.match(stdout, /\/dev\/i2c-7.*first adapter/);
      assert.match(stdout, /\/dev\/i2c-8.*second adapter/);
      assert.match(stdout, /SMBus only/);
    }),
  ));

test("ports --json is one document with the same", () =>
  withAdapter({ name: "first adapter" }, async () => {
    const { stdout } = await bootlace(["ports", "--json"]);
    assert.match(JSON.stringify(JSON.parse(stdout)), /"number":7.*first adapter|first adapter.*"number":7/);
  }));

test("scan finds a bootloader at an address of the table, by Get Version", async () => {
  const chip = await makeChip({ i2cAddress: 0x44 });
  await withAdapter({}, async (adapter) => {
    putBehind(adapter, [chip]);
    const { status, stdout, stderr } = await bootlace(["scan", "--port", PATH]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /0x44.*bootloader/);
    assert.deepEqual(chip.violations, []);
  });
});

test("scan writes nothing to 0x50..0x57, nor to an address that a driver owns", () =>
  withChip({}, async ({ adapter }) => {
    bindDummy(BUS, 0x44);
    const { stdout } = await bootlace(["scan", "--port", PATH]);
    const asked = new Set(
      adapter.transfers.flatMap(({ messages }) => messages.map(({ address }) => address)),
    );
    assert.ok(asked.size > 0);
    assert.ok(
      [...asked].every((address) => (address < 0x50 || address > 0x57) && address !== 0x44),
      [...asked].join(),
    );
    assert.match(stdout, /0x44.*dummy/);
  }));

test("scan --all asks 0x50..0x57 too", () =>
  withChip({}, async () => {
    const { status, stdout, stderr } = await bootlace(["scan", "--port", PATH, "--all"]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /0x51.*bootloader/);
  }));

test("a chip with protocol V1.0 survives a scan", () =>
  withChip({ chip: { i2cProtocol: "1.0", i2cTimeoutMs: 400 } }, async () => {
    const { status, stderr } = await bootlace(["scan", "--port", PATH, "--all"]);
    assert.equal(status, 0, stderr);
    const info = await bootlace(["info", "--port", PATH, "--address", "0x51"]);
    assert.equal(info.status, 0, info.stderr);
  }));

test("scan sends no message without data", () =>
  withChip({}, async ({ adapter }) => {
    await bootlace(["scan", "--port", PATH, "--all"]);
    assert.ok(adapter.transfers.every(({ messages }) => messages.every(({ length }) => length > 0)));
  }));

const doctor = (args: readonly string[] = [], options = {}) => bootlace(["doctor", ...args], options);

test("doctor says ready on a usable bus", () =>
  withAdapter({}, async () => {
    const { status, stdout } = await doctor();
    assert.equal(status, 0, stdout);
    assert.match(stdout, /READY/);
    assert.match(stdout, /i2c-dev/);
  }));

test("doctor says not ready where no bus is, and what to do", async () => {
  const { status, stdout } = await doctor();
  assert.notEqual(status, 0, stdout);
  assert.match(stdout, /NOT READY/);
  assert.match(stdout, /knows no such bus/);
});

test("doctor says not ready on an SMBus-only adapter", () =>
  withAdapter({ functionality: 0x0eff_0008, name: "SMBus I801 adapter at efa0" }, async () => {
    const { status, stdout } = await doctor();
    assert.notEqual(status, 0);
    assert.match(stdout, /SMBus only/);
  }));

test("doctor tells a user without rights which group to join", () =>
  withAdapter({}, async (adapter) => {
    chmodSync(adapter.path, 0o660);
    const { status, stdout } = await doctor([], { uid: NOBODY, gid: NOBODY });
    assert.notEqual(status, 0);
    assert.match(stdout, /may not read and write it/);
    assert.match(stdout, /i2c/);
  }));

test("doctor lists the lines of the gpiochip by name", () =>
  withAdapter({ lines: ["NRST", "BOOT0"] }, async () => {
    const { stdout } = await doctor();
    assert.match(stdout.replaceAll(/\s+/g, " "), /NRST \(0\), BOOT0 \(1\)/);
  }));

test("doctor knows the limits of a driver that people meet", () =>
  withAdapter({ name: "i2c-ch341-usb at bus 001 device 002" }, async () => {
    const { stdout } = await doctor();
    assert.match(stdout.replaceAll(/\s+/g, " "), /32 bytes a write/);
  }));

test("doctor for one target says who holds it", () =>
  withAdapter({}, async () => {
    const holder = await startHolder(["lock", PATH, "0x51"]);
    const { status, stdout } = await doctor(["--port", PATH, "--address", "0x51"]);
    await holder.end();
    assert.notEqual(status, 0);
    assert.match(stdout.replaceAll(/\s+/g, " "), new RegExp(`In use by process ${holder.pid}`));
  }));

test("doctor for one target says which driver owns it", () =>
  withAdapter({}, async () => {
    bindDummy(BUS, 0x51);
    const { status, stdout } = await doctor(["--port", PATH, "--address", "0x51", "--json"]);
    assert.notEqual(status, 0);
    assert.match(stdout, /dummy/);
    assert.match(stdout, /unbind/);
  }));
