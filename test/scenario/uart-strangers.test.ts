/** What answers on a serial port may be no bootloader, and a bootloader may be one that waits for something long. */
import { describe, expect, it } from "vitest";
import { connect } from "../../src/flash/connect.js";
import { connectBootloader } from "../../src/protocol/connect.js";
import { halfWordFrame } from "../../src/protocol/frames.js";
import { openSim } from "../../src/transport/sim/sim.js";
import { UART_TRAITS } from "../../src/transport/traits.js";
import { StepError, write, type Transport } from "../../src/transport/transport.js";
import { firmware } from "../support/sim-target.js";

/** Answers each byte that is sent with the next of `bytes`, or with itself. */
function stranger(bytes?: readonly number[]): Transport {
  let at = 0;
  return {
    traits: UART_TRAITS,
    description: "/dev/ttyS1",
    baud: 115_200,
    exchange: (steps) => {
      const sent = steps.find((step) => step.kind === "write");
      const reply = bytes ? bytes[at++ % bytes.length] : sent?.bytes[0];
      return Promise.reject(new StepError(steps.length - 1, "unexpected", reply));
    },
    shrinkFrames: () => false,
    slowDown: () => Promise.resolve(false),
    discardInput: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

describe("on a UART that is not a bootloader's", () => {
  it("bytes that no bootloader sends are shown, and what may send them is named", async () => {
    const text = [...Buffer.from("ok!")];
    await expect(connectBootloader(stranger(text))).rejects.toMatchObject({
      code: "NO_REPLY",
      message:
        'no bootloader answers on /dev/ttyS1; bytes came that no bootloader answers to 0x7F: 0x6F 0x6B 0x21 ("ok!")',
      commandHint: expect.stringMatching(/application .* BOOT0 .* login console/) as unknown,
    });
  });

  it("an echo is told as one", async () => {
    await expect(connectBootloader(stranger())).rejects.toMatchObject({
      message: "no bootloader answers on /dev/ttyS1: each 0x7F that was sent came back",
      commandHint: expect.stringMatching(
        /^An echo: a login console on this port, TX joined to RX/,
      ) as unknown,
    });
  });
});

describe.each([0x7f7f, 0xffef])("an erase that was cut off behind the count %i", (count) => {
  it("ends in a sentence that says what to do, and that helps", async () => {
    const transport = await openSim("stm32g0b1?bus=uart");
    const image = firmware(0x0800_0000, 5000);
    const target = await connect(transport);
    await target.write(image);
    const frame = halfWordFrame(count).subarray(0, 2);
    const erase = write(Uint8Array.of(0x44, 0xbb));
    await transport.exchange([erase, { kind: "poll", accept: 0x79, timeoutMs: 1000 }, write(frame)]);
    await expect(connectBootloader(transport)).rejects.toMatchObject({
      code: "NO_REPLY",
      commandHint: expect.stringMatching(
        /left in the middle of a command .* reset it and run the same command/,
      ) as unknown,
    });
    transport.chip.setNrst(false);
    transport.chip.setNrst(true);
    const again = await connect(transport);
    expect(await again.verify(image)).toMatchObject({ same: true });
  });
});
