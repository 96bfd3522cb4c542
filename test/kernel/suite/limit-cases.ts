/** Adapters with limits and adapters that fail: each error has its own status and sentence, and what can go on does. */
import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { runOnChip } from "../server/chip-behind.js";
import type { AdapterOptions, Transfer } from "../server/i2csim.js";
import { failed, isRead } from "../server/i2csim.js";
import { PATH, withAdapter, withChip, writeTemporary } from "./bench.js";
import { FLASH, firmware, makeChip } from "./chips.js";
import { test } from "./harness.js";
import { bootlace } from "./programs.js";

const TARGET = ["--port", PATH, "--address", "0x51"];
const NOBODY = 65_534;

/** Writes through an adapter with limits; the frames that reached it are within them. */
function writesWithin(adapter: AdapterOptions, maxWrite: number, maxRead: number): Promise<void> {
  return withChip({ adapter, recovers: true }, async ({ adapter: seen, chip }) => {
    const image = firmware(3000, 9);
    const { status, stderr } = await bootlace(["write", writeTemporary("image.bin", image), ...TARGET]);
    assert.equal(status, 0, stderr);
    assert.ok(image.equals(chip.peek(FLASH, image.length)));
    const messages = seen.transfers.flatMap((transfer) => transfer.messages);
    const longest = (reads: boolean): number =>
      Math.max(...messages.filter((message) => isRead(message) === reads).map(({ length }) => length));
    assert.ok(longest(false) <= maxWrite, `wrote ${longest(false)} bytes`);
    assert.ok(longest(true) <= maxRead, `read ${longest(true)} bytes`);
  });
}

test("an adapter that takes 64 bytes a write: frames shrink, the image is written", () =>
  writesWithin({ maxWrite: 64 }, 64, 256));

test("an adapter that reads 32 bytes at most: frames shrink, the image is written", () =>
  writesWithin({ maxRead: 32 }, 258, 32));

test("an adapter that takes one message a transfer: nothing is combined", () =>
  writesWithin({ maxMessages: 1, functionality: 0x0eff_000d }, 258, 256));

test("--max-frame keeps frames short from the start", () =>
  withChip({}, async ({ adapter, chip }) => {
    const image = firmware(1024, 10);
    const file = writeTemporary("image.bin", image);
    const { status, stderr } = await bootlace(["write", file, ...TARGET, "--max-frame", "64"]);
    assert.equal(status, 0, stderr);
    assert.ok(image.equals(chip.peek(FLASH, image.length)));
    assert.ok(adapter.transfers.every(({ messages }) => messages.every(({ length }) => length <= 64)));
  }));

/** errno of the adapter, what `bootlace info` ends with, and words of its sentence. */
const FAILURES: readonly (readonly [string, number, number, RegExp])[] = [
  ["ENXIO", 6, 20, /0x51/],
  ["EREMOTEIO", 121, 20, /0x51/],
  ["EIO", 5, 24, /EIO/],
  ["EAGAIN", 11, 29, /arbitration/],
  ["EPERM", 1, 11, /permit/],
  ["ENODEV", 19, 26, /adapter|unplugged/],
  ["EOPNOTSUPP", 95, 27, /limit|takes|short/],
];

for (const [name, errno, expected, words] of FAILURES) {
  test(`an adapter that always fails with ${name} ends info with status ${expected}`, () =>
    withAdapter({}, async (adapter) => {
      adapter.onTransfer = () => failed(errno);
      const { status, stderr } = await bootlace(["info", ...TARGET]);
      assert.equal(status, expected, stderr);
      assert.match(stderr, words);
      assert.match(stderr, /try:|hint:|next:/);
    }));
}

test("an adapter that gives up on each data block ends read with status 25", async () => {
  const chip = await makeChip();
  await withAdapter({}, async (adapter) => {
    const isBlock = ({ messages }: Transfer): boolean =>
      messages.some((message) => isRead(message) && message.length > 32);
    adapter.onTransfer = (transfer) => (isBlock(transfer) ? failed(110) : runOnChip(chip, transfer));
    const { status, stderr } = await bootlace([
      "read",
      "/run/back.bin",
      "--range",
      "0x08000000:1024",
      ...TARGET,
    ]);
    assert.equal(status, 25, stderr);
    assert.match(stderr, /gave up waiting for the clock/);
  });
});

test("arbitration lost now and then does not stop a write", async () => {
  const chip = await makeChip();
  let count = 0;
  await withAdapter({}, async (adapter) => {
    adapter.onTransfer = (transfer) => (++count % 150 === 0 ? failed(11) : runOnChip(chip, transfer));
    const image = firmware(2048, 11);
    const { status, stderr } = await bootlace(["write", writeTemporary("image.bin", image), ...TARGET]);
    assert.equal(status, 0, stderr);
    assert.ok(image.equals(chip.peek(FLASH, image.length)));
  });
});

test("a bus that is not there: status 10", async () => {
  const { status, stderr } = await bootlace(["info", "--port", "/dev/i2c-99", "--address", "0x51"]);
  assert.equal(status, 10, stderr);
  assert.match(stderr, /\/dev\/i2c-99/);
});

test("a file that is no bus: status 10", async () => {
  const { status, stderr } = await bootlace(["info", "--port", "i2c:/dev/null@0x51"]);
  assert.equal(status, 10, stderr);
  assert.match(stderr, /not an I2C bus/);
});

test("a user who may not open the bus: status 11, with the group in the hint", () =>
  withAdapter({}, async (adapter) => {
    chmodSync(adapter.path, 0o660);
    const { status, stderr } = await bootlace(["info", ...TARGET], { uid: NOBODY, gid: NOBODY });
    assert.equal(status, 11, stderr);
    assert.match(stderr, /group/);
  }));

test("an adapter unplugged in the middle of a write: status 26, and the same command finishes the job", async () => {
  const chip = await makeChip();
  const image = firmware(4096, 12);
  const file = writeTemporary("image.bin", image);
  await withAdapter({}, async (adapter) => {
    adapter.onTransfer = (transfer) =>
      chip.counters.programmedBytes >= 1024 ? failed(19) : runOnChip(chip, transfer);
    const { status, stderr } = await bootlace(["write", file, ...TARGET]);
    assert.equal(status, 26, stderr);
    assert.ok(!chip.wouldBoot());
    adapter.onTransfer = (transfer) => runOnChip(chip, transfer);
    const again = await bootlace(["write", file, ...TARGET]);
    assert.equal(again.status, 0, again.stderr);
    assert.ok(image.equals(chip.peek(FLASH, image.length)));
  });
});

test("a chip with protocol V1.0 that stretches longer than the adapter can: the page is waited for", async () => {
  await withChip(
    {
      recovers: true,
      adapter: { fixedTimeoutMs: 100 },
      chip: { i2cProtocol: "1.0", timings: { pageEraseMs: 350 } },
    },
    async ({ chip }) => {
      const image = firmware(2048, 13);
      const { status, stderr } = await bootlace(["write", writeTemporary("image.bin", image), ...TARGET]);
      assert.equal(status, 0, stderr);
      assert.ok(image.equals(chip.peek(FLASH, image.length)));
    },
  );
});

test("a chip with protocol V1.0 that stretches for 1.5 s: the adapter's limit is raised for it", () =>
  withChip({ chip: { i2cProtocol: "1.0", timings: { pageEraseMs: 1500 } } }, async ({ adapter, chip }) => {
    const image = firmware(2048, 14);
    const { status, stderr } = await bootlace(["write", writeTemporary("image.bin", image), ...TARGET]);
    assert.equal(status, 0, stderr);
    assert.ok(image.equals(chip.peek(FLASH, image.length)));
    assert.equal(adapter.lost, 0);
    assert.ok(adapter.transfers.some(({ timeoutMs }) => timeoutMs > 1500));
  }));
