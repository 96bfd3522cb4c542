/** I2C_RDWR through the addon: what reaches the adapter's driver, and what comes back from it. */
import assert from "node:assert/strict";
import { I2C_MESSAGE_FLAG } from "../../../src/transport/i2c/messages.js";
import { read, write } from "../../../src/transport/transport.js";
import { openI2cDev } from "../../../src/transport/i2c/dev.js";
import { done, failed, PLAIN_I2C } from "../server/i2csim.js";
import { agreeable, PATH, rejection, withAdapter, withBus } from "./bench.js";
import { test } from "./harness.js";

const MANGLING = PLAIN_I2C | 0x04;
const ADDRESS = 0x51;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

test("each step of a list is a transaction of its own: one message, no flags but read", () =>
  withAdapter({}, async (adapter) => {
    adapter.onTransfer = agreeable;
    const bus = await openI2cDev({ path: PATH, address: ADDRESS });
    await bus.exchange([write(bytes(0x01, 0xfe)), { kind: "poll", accept: 0x79, timeoutMs: 100 }, read(1)]);
    await bus.close();
    const seen = adapter.transfers.map(({ messages }) =>
      messages.map(({ address, flags, length }) => [address, flags, length]),
    );
    assert.deepEqual(seen, [[[ADDRESS, 0, 2]], [[ADDRESS, 1, 1]], [[ADDRESS, 1, 1]]]);
  }));

test("a write carries its bytes unchanged, 258 of them", () =>
  withBus({}, agreeable, async (bus, adapter) => {
    const frame = Uint8Array.from({ length: 258 }, (_, index) => index & 0xff);
    await bus.transfer([{ address: ADDRESS, write: frame }]);
    assert.deepEqual(adapter.transfers[0]?.messages[0]?.bytes, frame);
  }));

test("a read returns what the adapter read, 256 bytes", () => {
  const answer = Uint8Array.from({ length: 256 }, (_, index) => 255 - index);
  return withBus(
    {},
    () => done(answer),
    async (bus) => {
      assert.deepEqual(await bus.transfer([{ address: ADDRESS, read: 256 }]), [answer]);
    },
  );
});

test("with protocol mangling, command and status go as one I2C_RDWR with a STOP between", () =>
  withAdapter({ functionality: MANGLING }, async (adapter) => {
    adapter.onTransfer = agreeable;
    const bus = await openI2cDev({ path: PATH, address: ADDRESS, combine: true });
    await bus.exchange([write(bytes(0x01, 0xfe)), { kind: "poll", accept: 0x79, timeoutMs: 100 }]);
    await bus.close();
    const flags = adapter.transfers.map(({ messages }) => messages.map((message) => message.flags));
    assert.deepEqual(flags, [[I2C_MESSAGE_FLAG.stop, 1]]);
  }));

test("without protocol mangling, combining is asked for in vain: one message a call", () =>
  withAdapter({}, async (adapter) => {
    adapter.onTransfer = agreeable;
    const bus = await openI2cDev({ path: PATH, address: ADDRESS, combine: true });
    await bus.exchange([write(bytes(0x01, 0xfe)), { kind: "poll", accept: 0x79, timeoutMs: 100 }]);
    await bus.close();
    assert.deepEqual(
      adapter.transfers.map(({ messages }) => messages.length),
      [1, 1],
    );
  }));

test("transfer() passes a write and a read on as one combined transaction", () =>
  withBus({}, agreeable, async (bus, adapter) => {
    const reads = await bus.transfer([
      { address: 0x20, write: bytes(1, 2, 3) },
      { address: 0x21, read: 4 },
    ]);
    assert.deepEqual(reads, [bytes(0x79, 0x79, 0x79, 0x79)]);
    const [transfer] = adapter.transfers;
    assert.deepEqual(
      transfer?.messages.map(({ address, flags, length }) => [address, flags, length]),
      [
        [0x20, 0, 3],
        [0x21, 1, 4],
      ],
    );
  }));

test("transfer() passes 42 messages on, the most that i2c-dev takes", () =>
  withBus({}, agreeable, async (bus, adapter) => {
    const messages = Array.from({ length: 42 }, (_, index) => ({ address: ADDRESS, write: bytes(index) }));
    await bus.transfer(messages);
    assert.equal(adapter.transfers[0]?.messages.length, 42);
  }));

test("transfer() passes 10-bit addresses and the flags of protocol mangling on", () =>
  withBus({ functionality: MANGLING | 0x02 }, agreeable, async (bus, adapter) => {
    const { tenBit, ignoreNak, stop } = I2C_MESSAGE_FLAG;
    await bus.transfer([
      { address: 0x2a5, write: bytes(9), flags: tenBit },
      { address: ADDRESS, write: bytes(8), flags: ignoreNak | stop },
    ]);
    const seen = adapter.transfers[0]?.messages.map(({ address, flags }) => [address, flags]);
    assert.deepEqual(seen, [
      [0x2a5, tenBit],
      [ADDRESS, ignoreNak | stop],
    ]);
  }));

test("a message of 8192 bytes passes, 8193 are refused before the kernel sees them", () =>
  withBus({}, agreeable, async (bus, adapter) => {
    await bus.transfer([{ address: ADDRESS, write: new Uint8Array(8192) }]);
    const error = await rejection(bus.transfer([{ address: ADDRESS, write: new Uint8Array(8193) }]));
    assert.equal((error as { code?: string }).code, "USAGE", error.stack);
    assert.deepEqual(
      adapter.transfers.map(({ messages }) => messages[0]?.length),
      [8192],
    );
  }));

const ERRORS = {
  ENXIO: 6,
  EREMOTEIO: 121,
  EIO: 5,
  EAGAIN: 11,
  ETIMEDOUT: 110,
  EOPNOTSUPP: 95,
  EBUSY: 16,
  EPROTO: 71,
  EBADMSG: 74,
  ENODEV: 19,
};

for (const [name, errno] of Object.entries(ERRORS)) {
  test(`${name} of the adapter comes out of the addon under its own name`, () =>
    withBus(
      {},
      () => failed(errno),
      async (bus) => {
        const error = await rejection(bus.transfer([{ address: ADDRESS, write: bytes(1) }]));
        assert.equal(error.code, name);
        assert.match(error.message, /I2C_RDWR/);
      },
    ));
}

test("two buses work at once: one waits in a stretch while the other answers", async () => {
  let release: (() => void) | undefined;
  await withBus(
    {},
    () => new Promise((resolve) => (release = () => resolve(done()))),
    (slow) =>
      withBus({ bus: 8 }, agreeable, async (fast) => {
        const waiting = slow.transfer([{ address: ADDRESS, write: bytes(1) }]);
        for (let count = 0; count < 50; count++) await fast.transfer([{ address: ADDRESS, read: 1 }]);
        release?.();
        await waiting;
      }),
  );
});

test("the event loop stays free during a stretch", () => {
  let ticks = 0;
  const slowly = async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return done();
  };
  return withBus({}, slowly, async (bus) => {
    const timer = setInterval(() => ticks++, 10);
    await bus.transfer([{ address: ADDRESS, write: bytes(1) }]);
    clearInterval(timer);
    assert.ok(ticks >= 5, `${ticks} ticks`);
  });
});
