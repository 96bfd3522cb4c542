/** The main jobs on Debian's unmodified kernel: nothing of ours lies between i2c-dev and the simulated chip but USB/IP. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { runOnChip } from "../server/chip-behind.js";
import { UsbAdapter } from "../server/usbip-adapter.js";
import { writeTemporary } from "./bench.js";
import { ADDRESS, FLASH, firmware, makeChip } from "./chips.js";
import { runCases, test } from "./harness.js";
import { bootlace, run } from "./programs.js";
import "./dongle-cases.js";

const IMAGE_BYTES = 8192;
const image = firmware(IMAGE_BYTES, 7);
const chip = await makeChip();
const adapter = await UsbAdapter.plugIn((transfer) => runOnChip(chip, transfer));
const target = ["--port", adapter.path, "--address", `0x${ADDRESS.toString(16)}`];

test("Debian's kernel: the adapter is i2c-tiny-usb, driven by the kernel's own module", () => {
  const name = readFileSync(`/sys/class/i2c-dev/i2c-${adapter.number}/name`, "utf8");
  assert.match(name, /^i2c-tiny-usb at bus/);
  assert.equal(readFileSync("/proc/sys/kernel/tainted", "utf8").trim(), "0");
});

test("Debian's kernel: ports names the bus with its driver, and the serial ports", async () => {
  const { status, stdout, stderr } = await bootlace(["ports"]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, new RegExp(`${adapter.path}.*i2c-tiny-usb`));
  assert.match(stdout, /\/dev\/ttyS0/);
});

test("Debian's kernel: info identifies the chip", async () => {
  const { status, stdout, stderr } = await bootlace(["info", ...target, "--json"]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /"productId": ?1120\b/);
});

test("Debian's kernel: write puts the image into the chip", async () => {
  const file = writeTemporary("image.bin", image);
  const { status, stderr } = await bootlace(["write", file, ...target]);
  assert.equal(status, 0, stderr);
  assert.deepEqual(Buffer.from(chip.peek(FLASH, IMAGE_BYTES)), image);
});

test("Debian's kernel: verify agrees", async () => {
  const { status, stderr } = await bootlace(["verify", writeTemporary("image.bin", image), ...target]);
  assert.equal(status, 0, stderr);
});

test("Debian's kernel: read gives the image back", async () => {
  const { status, stderr } = await bootlace([
    "read",
    "/run/back.bin",
    "--range",
    `0x08000000:${IMAGE_BYTES}`,
    ...target,
  ]);
  assert.equal(status, 0, stderr);
  assert.deepEqual(readFileSync("/run/back.bin"), image);
});

test("Debian's kernel: stm32flash reads the same", async () => {
  const range = ["-S", `0x08000000:${IMAGE_BYTES}`];
  const args = ["-a", `0x${ADDRESS.toString(16)}`, "-r", "/run/theirs.bin", ...range, adapter.path];
  const { status, stderr } = await run("stm32flash", args);
  assert.equal(status, 0, stderr);
  assert.deepEqual(readFileSync("/run/theirs.bin"), image);
});

test("Debian's kernel: the chip saw nothing that it would complain of", () =>
  assert.deepEqual(chip.violations, []));

test("Debian's kernel: an adapter unplugged leaves a bus that is not there", async () => {
  adapter.unplug();
  const { status, stderr } = await bootlace(["info", ...target]);
  assert.ok(status === 10 || status === 26, `${status}: ${stderr}`);
});

await runCases();
