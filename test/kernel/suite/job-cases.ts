/** The command's main jobs over i2c-dev, against the strict chip. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { putBehind } from "../server/chip-behind.js";
import { PLAIN_I2C } from "../server/i2csim.js";
import { PATH, withAdapter, withChip, writeTemporary } from "./bench.js";
import { FLASH, firmware, makeChip } from "./chips.js";
import { test } from "./harness.js";
import { bootlace } from "./programs.js";

const TARGET = ["--port", PATH, "--address", "0x51"];
const IMAGE_BYTES = 12_000;

test("info names the chip", () =>
  withChip({}, async () => {
    const { status, stdout, stderr } = await bootlace(["info", ...TARGET]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /STM32G07/);
  }));

test("write, verify and read move 12000 bytes and the chip has nothing to complain of", () =>
  withChip({}, async ({ chip }) => {
    const image = firmware(IMAGE_BYTES);
    const file = writeTemporary("image.bin", image);
    const written = await bootlace(["write", file, ...TARGET]);
    assert.equal(written.status, 0, written.stderr);
    assert.ok(image.equals(chip.peek(FLASH, IMAGE_BYTES)));
    const verified = await bootlace(["verify", file, ...TARGET]);
    assert.equal(verified.status, 0, verified.stderr);
    const read = await bootlace(["read", "/run/back.bin", "--range", `0x08000000:${IMAGE_BYTES}`, ...TARGET]);
    assert.equal(read.status, 0, read.stderr);
    assert.ok(image.equals(readFileSync("/run/back.bin")));
  }));

for (const i2cProtocol of ["1.0", "1.1"] as const) {
  test(`write works with protocol V${i2cProtocol}`, () =>
    withChip({ chip: { i2cProtocol } }, async ({ chip }) => {
      const image = firmware(4096, 3);
      const { status, stderr } = await bootlace(["write", writeTemporary("image.bin", image), ...TARGET]);
      assert.equal(status, 0, stderr);
      assert.ok(image.equals(chip.peek(FLASH, image.length)));
    }));
}

test("on an adapter with protocol mangling write works, and no message begins with a repeated START", () =>
  withChip({ adapter: { functionality: PLAIN_I2C | 0x04 } }, async ({ chip, adapter }) => {
    const image = firmware(4096, 4);
    const { status, stderr } = await bootlace(["write", writeTemporary("image.bin", image), ...TARGET]);
    assert.equal(status, 0, stderr);
    assert.ok(image.equals(chip.peek(FLASH, image.length)));
    for (const { messages } of adapter.transfers)
      for (const message of messages.slice(0, -1)) assert.equal(message.flags & 0x8000, 0x8000);
  }));

test("two chips on one bus are written at the same time, and both come out right", async () => {
  const timings = { programMs: 40 };
  const [first, second] = [await makeChip({ timings }), await makeChip({ timings, i2cAddress: 0x44 })];
  await withAdapter({}, async (adapter) => {
    putBehind(adapter, [first, second]);
    const [a, b] = [firmware(6000, 5), firmware(6000, 6)];
    const results = await Promise.all([
      bootlace(["write", writeTemporary("a.bin", a), ...TARGET]),
      bootlace(["write", writeTemporary("b.bin", b), "--port", PATH, "--address", "0x44"]),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      [0, 0],
      results.map(({ stderr }) => stderr).join("\n"),
    );
    assert.ok(a.equals(first.peek(FLASH, 6000)) && b.equals(second.peek(FLASH, 6000)));
    assert.deepEqual([...first.violations, ...second.violations], []);
    const order = adapter.transfers.map(({ messages }) => messages[0]?.address);
    const turns = order.filter((address, index) => index > 0 && address !== order[index - 1]).length;
    assert.ok(turns > 20, `${turns} changes between the two addresses`);
  });
});

test("the second process on one target ends with status 12 and names the first, which SIGTERM then stops", () =>
  withChip({ chip: { timings: { programMs: 400 } } }, async ({ chip }) => {
    const enough = new AbortController();
    const file = writeTemporary("image.bin", firmware(IMAGE_BYTES, 8));
    const first = bootlace(["write", file, ...TARGET], { signal: enough.signal });
    while (chip.counters.programmedBytes === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await bootlace(["info", ...TARGET]);
    enough.abort();
    const { status, stderr } = await first;
    assert.equal(status, 143, stderr);
    assert.equal(second.status, 12, second.stderr);
    assert.match(second.stderr, /in use by process \d+ \(.*bootlace.* write /);
  }));
