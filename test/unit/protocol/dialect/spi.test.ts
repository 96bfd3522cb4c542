/** SPI: a chip that was left in the middle of a command is brought back, and nothing is erased or programmed by it. */
import { describe, expect, it } from "vitest";
import { connectBootloader } from "../../../../src/protocol/connect.js";
import { Bootloader } from "../../../../src/protocol/bootloader.js";
import { openSpi } from "../../../../src/protocol/dialect/spi-open.js";
import { getId } from "../../../../src/protocol/identify.js";
import { resynchronise } from "../../../../src/protocol/resync.js";
import { VirtualClock } from "../../../../src/simulator/clock.js";
import { createChip } from "../../../../src/simulator/create-chip.js";
import type { ChipOptions } from "../../../../src/simulator/options.js";
import { SimTransport } from "../../../../src/transport/sim/sim.js";
import { FLASH, G071 } from "../../simulator/chips.js";
import { bytes } from "../../simulator/host.js";

const FACTS = { ...G071, spi: { protocol: "1.1" } } as const;

function chipOnSpi(options: Partial<ChipOptions> = {}) {
  const clock = new VirtualClock();
  const chip = createChip({ facts: FACTS, clock, ...options });
  const transport = new SimTransport({ chip, clock, bus: "spi", description: "sim:spi" });
  /** Clocks bytes as a host would that is killed behind them. */
  const clocked = (mosi: string): void => {
    for (const byte of bytes(mosi)) {
      clock.advance(0.023);
      chip.spiExchange(byte);
    }
  };
  const filled = Uint8Array.from({ length: 4096 }, (_, at) => (at * 7 + 1) & 0xff);
  return { chip, clock, transport, clocked, filled };
}

const POLLED = "00 00 00 79";
const COUNTED = Array.from({ length: 100 }, (_, at) => at.toString(16)).join(" ");

/** What an earlier run was killed behind. */
const STATES: readonly (readonly [string, string])[] = [
  ["a chip that was just reset", ""],
  ["a command boundary", `5A ${POLLED}`],
  ["a status that was not fetched", `5A ${POLLED} 5A 02 FD`],
  ["a status that was not acknowledged", `5A ${POLLED} 5A 02 FD 00 00 00`],
  ["a refusal that was not acknowledged", `5A ${POLLED} 5A 02 02 00 00`],
  ["the start of frame", `5A ${POLLED} 5A`],
  ["half a command", `5A ${POLLED} 5A 44`],
  ["an Erase without its count", `5A ${POLLED} 5A 44 BB ${POLLED}`],
  ["an Erase with half of its count", `5A ${POLLED} 5A 44 BB ${POLLED} 00`],
  ["an Erase without its list", `5A ${POLLED} 5A 44 BB ${POLLED} 00 01 01 ${POLLED}`],
  ["an Erase with half of its list", `5A ${POLLED} 5A 44 BB ${POLLED} 00 01 01 ${POLLED} 00 01`],
  ["a Write without its address", `5A ${POLLED} 5A 31 CE ${POLLED}`],
  ["a Write without its data", `5A ${POLLED} 5A 31 CE ${POLLED} 08 00 00 00 08 ${POLLED}`],
  ["a Write with 100 of 256 bytes", `5A ${POLLED} 5A 31 CE ${POLLED} 08 00 00 00 08 ${POLLED} FF ${COUNTED}`],
  ["a Write without its checksum", `5A ${POLLED} 5A 31 CE ${POLLED} 08 00 00 00 08 ${POLLED} 03 11 22 33 44`],
  ["a Read that was not fetched", `5A ${POLLED} 5A 11 EE ${POLLED} 08 00 00 00 08 ${POLLED} FF 00 ${POLLED}`],
  ["a Write Protect without its list", `5A ${POLLED} 5A 63 9C ${POLLED} 01 FE ${POLLED}`],
  ["a Special without its packet", `5A ${POLLED} 5A 50 AF ${POLLED} 12 34 26 ${POLLED}`],
];

const VARIANTS: readonly (readonly [string, Partial<ChipOptions>])[] = [
  ["with a dummy byte", {}],
  ["without a dummy byte", { quirks: { spiDummy: "none" } }],
  ["with DB in front of an ACK and a receiver of 16 bytes", { quirks: { spiLead: 0xdb, spiFifoBytes: 16 } }],
];

describe.each(VARIANTS)("on SPI %s", (_, options) => {
  it.each(STATES)("a run that finds %s gets on, and the flash is as it was", async (_state, left) => {
    const special = { facts: { ...FACTS, specials: [0x1234] }, spiOpcodes: [0, 1, 2, 0x11, 0x21, 0x31, 0x44, 0x50, 0x63, 0x73, 0x82, 0x92] }; // prettier-ignore
    const { chip, transport, clocked, filled } = chipOnSpi({ ...options, ...special });
    chip.poke(FLASH, filled);
    clocked(left);
    const identity = await connectBootloader(transport);
    expect(identity.productId).toBe(0x460);
    expect(identity.version).toBe(0x11);
    expect(identity.commands).toContain(0x44);
    expect(chip.peek(FLASH, filled.length)).toEqual(filled);
    expect(chip.counters).toMatchObject({ erasedPages: 0, programmedBytes: 0 });
  });

  it("reads what is there", async () => {
    const { chip, transport, filled } = chipOnSpi(options);
    chip.poke(FLASH, filled);
    const loader = new Bootloader(transport, await connectBootloader(transport));
    expect(await loader.readMemory(FLASH, 700)).toEqual(filled.slice(0, 700));
    expect(chip.violations).toEqual([]);
  });
});

describe("on SPI", () => {
  it("an erase that seems over too early is waited for: the next command finds the page blank", async () => {
    const timings = { pageEraseMs: 300 };
    const { chip, transport, filled } = chipOnSpi({ quirks: { spiStaleRing: true }, timings });
    chip.poke(FLASH, filled);
    const loader = new Bootloader(transport, await connectBootloader(transport));
    await loader.erasePageList([0, 1]);
    expect(chip.counters.erasedPages).toBe(2);
    expect(await getId(transport)).toBe(0x460);
    expect(await loader.readMemory(FLASH, 16)).toEqual(new Uint8Array(16).fill(0xff));
  });

  it("a chip that erases when the run begins is waited for", async () => {
    const { chip, transport, clocked } = chipOnSpi({ timings: { massEraseMs: 8000 } });
    clocked(`5A ${POLLED} 5A 44 BB ${POLLED} FF FF 00 00 00`);
    expect((await connectBootloader(transport)).productId).toBe(0x460);
    expect(chip.counters.erasedPages).toBe(32);
  });

  it("a chip that is not there is told so, with what to look at", async () => {
    const { chip, transport } = chipOnSpi();
    chip.setPower(false);
    const failing = openSpi(transport);
    await expect(failing).rejects.toThrow("no bootloader answers on sim:spi");
    await expect(failing).rejects.toMatchObject({
      code: "NO_REPLY",
      context: { hint: expect.stringContaining("MISO never changed") as string },
    });
  });

  it("a chip that never ends its work is told as busy", async () => {
    const { chip, transport } = chipOnSpi();
    await connectBootloader(transport);
    chip.inject({ kind: "busy for ever", status: 0 });
    await expect(getId(transport)).rejects.toThrow(
      "Get ID: still busy (0xA5) at the time-out in the command stage",
    );
    await expect(resynchronise(transport)).rejects.toMatchObject({ code: "TIMED_OUT" });
  });

  it("a checksum is asked in words and is the chip's own", async () => {
    const { chip, transport, filled } = chipOnSpi({ spiProtocol: "1.3" });
    chip.poke(FLASH, filled);
    const loader = new Bootloader(transport, await connectBootloader(transport));
    const { stm32Crc } = await import("../../../../src/protocol/crc.js");
    expect(await loader.checksum(FLASH, 4096)).toBe(stm32Crc(filled));
    expect(chip.violations).toEqual([]);
  });
});
