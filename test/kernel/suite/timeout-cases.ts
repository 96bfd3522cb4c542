/** Time-outs: I2C_TIMEOUT and I2C_RETRIES as the adapter's driver sees them, and stretches longer than any limit. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { binding } from "../../../src/native/binding.js";
import { openI2cDev } from "../../../src/transport/i2c/dev.js";
import { poll, StepError, write } from "./steps.js";
import { done, failed } from "../server/i2csim.js";
import type { Answer } from "../server/i2csim.js";
import { agreeable, PATH, rejection, withAdapter, withBus } from "./bench.js";
import { test } from "./harness.js";

const ADDRESS = 0x51;
const one = Uint8Array.of(1);

const stretched = (ms: number) => async (): Promise<Answer> => {
  await sleep(ms);
  return done();
};

test("I2C_TIMEOUT reaches the adapter in steps of 10 ms", () =>
  withBus({}, agreeable, async (bus, adapter) => {
    const native = binding();
    const handle = await native.i2cOpen(PATH);
    await native.i2cSetTimeout(handle, 35);
    native.close(handle);
    await bus.transfer([{ address: ADDRESS, write: one }]);
    assert.equal(adapter.transfers[0]?.timeoutMs, 350);
  }));

test("I2C_TIMEOUT belongs to the adapter: it is still there after the descriptor that set it is closed", () =>
  withAdapter({}, async (adapter) => {
    adapter.onTransfer = agreeable;
    const native = binding();
    const first = await native.i2cOpen(PATH);
    await native.i2cSetTimeout(first, 200);
    native.close(first);
    const second = await openI2cDev({ path: PATH, address: ADDRESS });
    await second.bus.transfer([{ address: ADDRESS, write: one }]);
    await second.close();
    assert.equal(adapter.transfers[0]?.timeoutMs, 2000);
  }));

test("I2C_TIMEOUT of 2^32-1 is refused by the kernel with EINVAL", () =>
  withAdapter({}, async () => {
    const native = binding();
    const handle = await native.i2cOpen(PATH);
    const error = await rejection(native.i2cSetTimeout(handle, 0xffff_ffff));
    native.close(handle);
    assert.equal(error.code, "EINVAL");
  }));

test("a step that needs no more than the kernel's second leaves I2C_TIMEOUT alone", () =>
  withAdapter({}, async (adapter) => {
    adapter.onTransfer = agreeable;
    const bus = await openI2cDev({ path: PATH, address: ADDRESS });
    await bus.exchange([write(one), poll(0x79, 900)]);
    await bus.close();
    assert.deepEqual(
      adapter.transfers.map(({ timeoutMs }) => timeoutMs),
      [1000, 1000],
    );
  }));

test("a step that needs 7 s raises I2C_TIMEOUT for the transfers that need it", () =>
  withAdapter({ bus: 9 }, async (adapter) => {
    adapter.onTransfer = agreeable;
    const bus = await openI2cDev({ path: adapter.path, address: ADDRESS });
    await bus.exchange([write(one), poll(0x79, 7000)]);
    await bus.close();
    assert.ok(
      adapter.transfers.every(({ timeoutMs }) => timeoutMs >= 7000),
      JSON.stringify(adapter.transfers),
    );
  }));

test("a 300 ms stretch under a limit of 100 ms gives ETIMEDOUT", () =>
  withBus({}, stretched(300), async (bus, adapter) => {
    const native = binding();
    const handle = await native.i2cOpen(PATH);
    await native.i2cSetTimeout(handle, 10);
    native.close(handle);
    const error = await rejection(bus.transfer([{ address: ADDRESS, write: one }]));
    assert.equal(error.code, "ETIMEDOUT");
    await sleep(300);
    assert.equal(adapter.lost, 1);
  }));

test("a 300 ms stretch under the kernel's limit of a second passes", () =>
  withBus({}, stretched(300), (bus) => bus.transfer([{ address: ADDRESS, write: one }])));

test("an adapter that ignores I2C_TIMEOUT gives up at its own limit", () =>
  withAdapter({ bus: 10, fixedTimeoutMs: 150 }, async (adapter) => {
    adapter.onTransfer = stretched(400);
    const bus = await openI2cDev({ path: adapter.path, address: ADDRESS });
    const error = await rejection(bus.exchange([write(one), poll(0x79, 5000)]));
    await bus.close();
    assert.ok(error instanceof StepError, error.stack);
    assert.equal(error.failure, "system");
    assert.equal((error.cause as { code?: string }).code, "ETIMEDOUT");
    assert.equal(error.index, 0);
  }));

test("lost arbitration twice is survived with three retries, and the driver is asked three times", () => {
  let left = 2;
  return withBus(
    {},
    () => (left-- > 0 ? failed(11) : done()),
    async (bus, adapter) => {
      await bus.setRetries(3);
      await bus.transfer([{ address: ADDRESS, write: one }]);
      assert.deepEqual(
        adapter.transfers.map(({ retries }) => retries),
        [3, 3, 3],
      );
    },
  );
});

test("lost arbitration without retries gives EAGAIN after one try", () =>
  withBus(
    {},
    () => failed(11),
    async (bus, adapter) => {
      await bus.setRetries(0);
      assert.equal((await rejection(bus.transfer([{ address: ADDRESS, write: one }]))).code, "EAGAIN");
      assert.equal(adapter.transfers.length, 1);
    },
  ));

test("retries do not repeat what was not lost arbitration", () =>
  withBus(
    {},
    () => failed(5),
    async (bus, adapter) => {
      await bus.setRetries(3);
      assert.equal((await rejection(bus.transfer([{ address: ADDRESS, write: one }]))).code, "EIO");
      assert.equal(adapter.transfers.length, 1);
    },
  ));

test("an adapter unplugged during a transfer gives ENODEV, and its node goes away", async () => {
  let asked: (() => void) | undefined;
  const arrived = new Promise<void>((resolve) => (asked = resolve));
  const { SimAdapter } = await import("../server/i2csim.js");
  const adapter = await SimAdapter.open({ bus: 11 });
  adapter.onTransfer = () => {
    asked?.();
    return undefined;
  };
  const bus = await openI2cDev({ path: adapter.path, address: ADDRESS });
  const failure = rejection(bus.exchange([write(one)]));
  await arrived;
  const closing = adapter.close();
  const error = await failure;
  await bus.close();
  await closing;
  assert.equal((error.cause as { code?: string }).code, "ENODEV");
  assert.equal((await rejection(openI2cDev({ path: adapter.path, address: ADDRESS }))).code, "NO_DEVICE");
});
