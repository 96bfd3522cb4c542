/** Debian's own tools on the same adapter and the same chip: what the kernel and the chip answer to others. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { putBehind } from "../server/chip-behind.js";
import { BUS, PATH, withAdapter, withChip, writeTemporary } from "./bench.js";
import { ADDRESS, FLASH, firmware, makeChip } from "./chips.js";
import { test } from "./harness.js";
import { run } from "./programs.js";

const hexAddress = `0x${ADDRESS.toString(16)}`;
const IMAGE_BYTES = 20_000;

test("i2cdetect -l shows the adapter under its name", () =>
  withAdapter({ name: "rig adapter" }, async () => {
    assert.match((await run("i2cdetect", ["-l"])).stdout, /^i2c-7\s+i2c\s+rig adapter\s+I2C adapter/m);
  }));

test("stm32flash knows the simulated chip", () =>
  withChip({}, async () => {
    const { status, stdout, stderr } = await run("stm32flash", ["-a", hexAddress, PATH]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /Device ID\s*: 0x0460/);
  }));

test("stm32flash writes 20000 bytes, verifies them and reads them back", () =>
  withChip({}, async ({ chip }) => {
    const image = firmware(IMAGE_BYTES);
    const file = writeTemporary("stm32flash.bin", image);
    const written = await run("stm32flash", ["-a", hexAddress, "-w", file, "-v", "-S", "0x08000000", PATH]);
    assert.equal(written.status, 0, written.stderr);
    assert.deepEqual(Buffer.from(chip.peek(FLASH, IMAGE_BYTES)), image);
    const back = await run("stm32flash", [
      "-a",
      hexAddress,
      "-r",
      "/run/back.bin",
      "-S",
      `0x08000000:${IMAGE_BYTES}`,
      PATH,
    ]);
    assert.equal(back.status, 0, back.stderr);
    assert.deepEqual(readFileSync("/run/back.bin"), image);
  }));

test("stm32flash on an SMBus-only adapter is refused by the kernel too", () =>
  withAdapter({ functionality: 0x0eff_0008 }, async (adapter) => {
    assert.notEqual((await run("stm32flash", ["-a", hexAddress, PATH])).status, 0);
    assert.equal(adapter.transfers.length, 0);
  }));

/** What i2cdetect's quick write, a START, address and STOP without data, does to a chip. */
async function survivesQuickWrite(i2cProtocol: "1.0" | "1.2"): Promise<{ map: string; answers: boolean }> {
  const chip = await makeChip({ i2cProtocol, i2cTimeoutMs: 400 });
  return withAdapter({}, async (adapter) => {
    putBehind(adapter, [chip]);
    const { stdout } = await run("i2cdetect", ["-y", "-q", `${BUS}`, hexAddress, hexAddress]);
    const answer = chip.i2cWrite(ADDRESS, Uint8Array.of(0x01, 0xfe));
    return { map: stdout, answers: answer.kind === "done" };
  });
}

test("i2cdetect finds a chip with protocol V1.2, which survives it", async () => {
  const { map, answers } = await survivesQuickWrite("1.2");
  assert.match(map, /\b51\b/);
  assert.ok(answers);
});

test("i2cdetect's quick write hangs a chip with protocol V1.0", async () => {
  const { answers } = await survivesQuickWrite("1.0");
  assert.ok(!answers);
});
