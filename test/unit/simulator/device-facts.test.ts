/** Chips made from rows of the device table, held against chips written out by hand. */
import { describe, expect, it } from "vitest";
import { allDevices, deviceByProductId } from "../../../src/devices/load.js";
import type { Device } from "../../../src/devices/device.js";
import { factsOf } from "../../../src/simulator/device-facts.js";
import { createChip } from "../../../src/simulator/create-chip.js";
import { VirtualClock } from "../../../src/simulator/clock.js";
import { ADDRESS, F405, G071, L072 } from "./chips.js";

const rows = await allDevices();
const row = async (productId: number): Promise<Device> => (await deviceByProductId(productId))!;

describe("every row", () => {
  it.each(rows.map((device) => [device.name, device] as const))(
    "%s gives a chip that says who it is",
    (_name, device) => {
      const facts = factsOf(device);
      const clock = new VirtualClock();
      const chip = createChip({ facts, clock });
      expect(chip.state).toBe("bootloader");
      const ask = (bytes: readonly number[]): number[] => {
        for (const byte of bytes) chip.uartReceive(byte);
        return chip.uartTake().map(({ byte }) => byte);
      };
      if (facts.i2c) {
        const { address } = facts.i2c;
        expect(chip.i2cWrite(address, Uint8Array.of(2, 0xfd))).toMatchObject({ kind: "done" });
        expect(chip.i2cRead(address, 1)).toMatchObject({ bytes: Uint8Array.of(0x79) });
        expect(chip.i2cRead(address, 3)).toMatchObject({
          bytes: Uint8Array.of(1, device.productId >> 8, device.productId & 255),
        });
      } else {
        expect(facts.uart).toBeDefined();
        expect(ask([0x7f]).at(-1)).toBe(0x79);
        const [, count, ...id] = ask([2, 0xfd]);
        expect(id[Math.min(count!, 2)]).toBe(device.productId & 255); // of three and of four bytes the third counts
      }
      expect(chip.violations).toEqual([]);
      expect(facts.flash.pages.reduce((sum, { size }) => sum + size, 0)).toBe(facts.flash.size);
    },
  );
});

describe("by hand and by row", () => {
  it.each([
    [0x460, 64, "V11.0", G071],
    [0x413, 1024, "V9.1", F405],
    [0x447, 64, "V11.2", L072],
  ])("agree about 0x%s", async (productId, sizeKiB, version, hand) => {
    const facts = factsOf(await row(productId), { flashSize: sizeKiB * 1024, version });
    expect(facts.productId).toBe(hand.productId);
    expect(facts.optionBytes[0]).toEqual(hand.optionBytes[0]);
    expect(facts.flash.erasedValue).toBe(hand.flash.erasedValue);
    expect(facts.flash.massErase).toBe(hand.flash.massErase);
    expect(facts.flash.granule).toBe(hand.flash.granule);
    expect(facts.flash.lengthAlign).toBe(hand.flash.lengthAlign);
    expect(facts.flash.pages.slice(0, 5)).toEqual(hand.flash.pages.slice(0, 5));
    expect(facts.i2c?.protocol).toBe(hand.i2c?.protocol);
    expect(facts.voltageRegister).toBe(hand.voltageRegister);
  });

  it("agree about all of the G071", async () => {
    const { i2c, ...facts } = factsOf(await row(0x460), {
      flashSize: 0x10000,
      version: "V11.0",
      name: "stm32g071",
    });
    const { i2c: handI2c, ...hand } = G071;
    expect(facts).toMatchObject({
      ...hand,
      ram: { areas: hand.ram.areas, accessible: hand.ram.accessible },
      optionBytes: hand.optionBytes,
      uart: { protocol: "3.1", parity: "even" },
      startupMs: facts.startupMs,
    });
    expect(i2c).toMatchObject({ ...handI2c, address: ADDRESS });
  });
});

describe("options of a row", () => {
  it("an unknown bootloader version names those there are", async () => {
    const device = await row(0x460);
    expect(() => factsOf(device, { version: "V1.0" })).toThrow(
      "STM32G07xxx/08xxx has no bootloader V1.0: it has V11.0, V11.1, V11.2, V11.3",
    );
  });

  it("an unknown size names those there are", async () => {
    const device = await row(0x460);
    expect(() => factsOf(device, { flashSize: 48 * 1024 })).toThrow(
      "STM32G07xxx/08xxx does not come with 48 KiB of flash, but with 32, 64, 128",
    );
  });

  it("H5 has the printed list of protocol 2.0; others of that version keep the readout commands", async () => {
    const h5 = factsOf(await row(0x484)).i2c!;
    expect(h5.opcodes).toEqual([
      0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x50, 0x63, 0x73, 0x32, 0x45, 0x64, 0x74, 0xa1,
    ]);
    const c0 = factsOf(await row(0x44c)).i2c!;
    expect(c0.protocol).toBe("2.0");
    expect(c0.opcodes).toContain(0x92);
    expect(c0.opcodes).not.toContain(0x50);
    expect(factsOf(await row(0x482)).i2c!.opcodes).toContain(0x50);
    expect(factsOf(await row(0x482)).specials).toEqual([0x0082]);
    expect(factsOf(await row(0x484)).specials).toEqual([0x0001, 0x0002, 0x0083]);
  });
});
