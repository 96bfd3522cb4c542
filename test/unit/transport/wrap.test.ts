/** What stands in front of a transport changes nothing but what it is there for. */
import { describe, expect, it, vi } from "vitest";
import { LimitedTransport } from "../../../src/cli/stm32flash/limited-transport.js";
import { connect } from "../../../src/flash/connect.js";
import { MemoryImage } from "../../../src/image/image.js";
import { openSim } from "../../../src/transport/sim/sim.js";
import { stoppable } from "../../../src/transport/stoppable.js";
import { traceTransport } from "../../../src/transport/trace.js";
import type { Transport } from "../../../src/transport/transport.js";
import { ForwardingTransport } from "../../../src/transport/wrap.js";
import { ScriptedTransport } from "../../support/scripted-transport.js";
import { UART_TRAITS } from "../../../src/transport/traits.js";

// Lists are sized by the host's clock: it stands still, so that two runs have the same lists.
vi.mock("../../../src/monotonic.js", () => ({ monotonicMs: () => 0 }));

const WRAPPERS: readonly (readonly [string, (inner: Transport) => Transport])[] = [
  ["the base", (inner) => new ForwardingTransport(inner)],
  ["--trace", (inner) => traceTransport(inner, () => undefined)],
  ["a stop signal", (inner) => stoppable(inner, new AbortController().signal)],
  ["-F without limits", (inner) => new LimitedTransport(inner, {})],
  [
    "all of them",
    (inner) =>
      new LimitedTransport(
        stoppable(
          traceTransport(inner, () => undefined),
          undefined,
        ),
        {},
      ),
  ],
];

const IMAGE = new MemoryImage([
  { address: 0x0800_0000, bytes: Uint8Array.from({ length: 20_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff) },
]);

/** Every frame of a write, as it came to the chip, and the time it took. */
async function framesOf(target: string, wrap: (inner: Transport) => Transport): Promise<string[]> {
  const sim = await openSim(target);
  const frames: string[] = [];
  const { chip } = sim;
  const original = {
    i2cWrite: chip.i2cWrite.bind(chip),
    i2cRead: chip.i2cRead.bind(chip),
    uartReceive: chip.uartReceive.bind(chip),
  };
  chip.i2cWrite = (address, bytes) => {
    frames.push(`> ${Buffer.from(bytes).toString("hex")}`);
    return original.i2cWrite(address, bytes);
  };
  chip.i2cRead = (address, length) => {
    frames.push(`< ${length}`);
    return original.i2cRead(address, length);
  };
  chip.uartReceive = (byte, parityOk) => {
    frames.push(byte.toString(16));
    original.uartReceive(byte, parityOk);
  };
  const connected = await connect(wrap(sim), {});
  await connected.write(IMAGE);
  await connected.close();
  frames.push(`${sim.clock.now()} ms`);
  return frames;
}

describe.each([
  "sim:stm32g071",
  "sim:stm32g071?protocol=1.0",
  "sim:stm32f411?protocol=1.1",
  "sim:stm32g071?bus=uart",
])("the frames of a write to %s are the same", (target) => {
  it.each(WRAPPERS)("behind %s", async (_, wrap) => {
    const bare = await framesOf(target, (inner) => inner);
    expect(bare.length).toBeGreaterThan(500);
    expect(await framesOf(target, wrap)).toEqual(bare);
  });
});

describe("abilities of the inner transport", () => {
  class Able extends ScriptedTransport {
    readonly calls: string[] = [];
    override shrinkFrames(): boolean {
      return this.calls.push("shorter") > 0;
    }
    override async slowDown(): Promise<boolean> {
      return this.calls.push("slower") > 0;
    }
  }

  it.each(WRAPPERS.slice(0, 3))("are not lost behind %s", async (_, wrap) => {
    const inner = new Able(UART_TRAITS, []);
    const outer = wrap(inner);
    expect([outer.shrinkFrames(), await outer.slowDown()]).toEqual([true, true]);
    expect(inner.calls).toEqual(["shorter", "slower"]);
  });

  it("-F keeps the rate of -b", async () => {
    const inner = new Able(UART_TRAITS, []);
    expect(await new LimitedTransport(inner, {}).slowDown()).toBe(false);
    expect(inner.calls).toEqual([]);
  });
});
