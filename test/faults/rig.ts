/** The chip under test, small so that a session is short: 8 pages of 512 bytes, or a real member of 8 pages for the mass erase. */
import { connect } from "../../src/flash/connect.js";
import { ChipTarget } from "../../src/flash/chip-target.js";
import type { ConnectOptions, Target } from "../../src/flash/target.js";
import { connectBootloader } from "../../src/protocol/connect.js";
import { deviceByProductId } from "../../src/devices/load.js";
import type { MemoryImage } from "../../src/image/image.js";
import type { SimulatedChip } from "../../src/simulator/chip.js";
import { VirtualClock } from "../../src/simulator/clock.js";
import { createChip } from "../../src/simulator/create-chip.js";
import { factsOf } from "../../src/simulator/device-facts.js";
import type { ChipFacts, FlashPage } from "../../src/simulator/facts.js";
import type { ChipMemory } from "../../src/simulator/memory-file.js";
import type { I2cVersion, SpiVersion, UartVersion } from "../../src/simulator/opcodes.js";
import type { ChipQuirks } from "../../src/simulator/quirks.js";
import { SimTransport } from "../../src/transport/sim/sim.js";
import { delay, type Transport } from "../../src/transport/transport.js";
import { G071, L072 } from "../unit/simulator/chips.js";
import type { Bus } from "./kinds.js";

export const BASE = 0x0800_0000;

export interface Protocol {
  readonly name: string;
  readonly bus: Bus;
  readonly i2c?: I2cVersion;
  readonly uart?: UartVersion;
  readonly spi?: SpiVersion;
  readonly quirks?: Partial<ChipQuirks>;
  /** Sessions that its commands do not offer. */
  readonly lacks?: readonly RegExp[];
}

const NO_READOUT = /^(un)?protect readout$/;
/** Its ROM has Get Checksum: a program would do nothing else than the other sessions. */
const NO_PROGRAM = /^write, checksum program/;
/** What is amiss with a program has the same ends on each version of a bus: once is enough. */
const NO_AMISS = /^write, checksum program, /;

export const PROTOCOLS: readonly Protocol[] = [
  { name: "I2C 1.0", bus: "i2c", i2c: "1.0", lacks: [NO_AMISS] },
  // Whether a status is still due after the adapter gave up on the stretch before it, no document says.
  { name: "I2C 1.0b", bus: "i2c", i2c: "1.0", quirks: { statusAfterAbort: "lost" }, lacks: [NO_AMISS] },
  { name: "I2C 1.1", bus: "i2c", i2c: "1.1" },
  { name: "I2C 1.2", bus: "i2c", i2c: "1.2", lacks: [NO_PROGRAM] },
  // The length of its list of commands has to be found out.
  { name: "I2C 2.0", bus: "i2c", i2c: "2.0", lacks: [NO_READOUT, NO_PROGRAM] },
  { name: "UART 2.2", bus: "uart", uart: "2.2", lacks: [NO_AMISS] },
  { name: "UART 3.1", bus: "uart", uart: "3.1" },
  { name: "UART 3.3", bus: "uart", uart: "3.3", lacks: [NO_PROGRAM] },
  { name: "SPI 1.1", bus: "spi", spi: "1.1", lacks: [NO_AMISS] },
  // Old ROMs repeat the last ACK while the flash works; whether replies have a dummy byte in front, documents and code do not agree.
  {
    name: "SPI 1.1b",
    bus: "spi",
    spi: "1.1",
    quirks: { spiStaleRing: true, spiDummy: "none", spiFifoBytes: 16 },
    lacks: [NO_AMISS],
  },
  { name: "SPI 1.3", bus: "spi", spi: "1.3", lacks: [NO_PROGRAM] },
];

/** A kind of chip, and what the host is told of it. */
export interface Model {
  readonly facts: ChipFacts;
  readonly options: ConnectOptions;
  readonly quirks?: Partial<ChipQuirks>;
  /** Default 2. */
  readonly startupMs?: number;
  /** BOOT0 and NRST are the host's. */
  readonly hasLines?: true;
}

const pages = (count: number, size: number): FlashPage[] =>
  Array.from({ length: count }, (_, index) => ({
    address: BASE + index * size,
    size,
    bank: 1 as const,
    index,
  }));

const TINY_PAGE = 512;
const TINY_PAGES = 8;

/** Known to the host by options, as any chip that its table lacks. */
export const TINY: Model = {
  facts: {
    ...G071,
    flash: { ...G071.flash, size: TINY_PAGE * TINY_PAGES, pages: pages(TINY_PAGES, TINY_PAGE) },
  },
  options: { flashSize: TINY_PAGE * TINY_PAGES, pageSize: TINY_PAGE },
};

/** STM32G03x with 16 KiB, known by its row: its size is read, and it may be erased at once. */
export const SMALL: Model = {
  facts: {
    ...G071,
    name: "stm32g030",
    productId: 0x466,
    flash: { ...G071.flash, size: 0x4000, pages: pages(8, 2048) },
    ram: {
      areas: [{ start: 0x2000_0000, end: 0x2000_2000 }],
      accessible: [{ start: 0x2000_1000, end: 0x2000_2000 }],
    },
    systemMemory: [{ start: 0x1fff_0000, end: 0x1fff_2000 }],
    bootloaderVersion: "V5.3",
    idAddress: 0x1fff_1ffe,
    idByte: 0x53,
    i2c: { address: 0x56, protocol: "1.2", timeoutMs: 1000 },
  },
  options: {},
};

/** The same, asked for checksums by a program in its RAM: each resets the chip. BOOT0 is strapped, there are no lines. */
export const ASKED: Model = { ...SMALL, options: { crcProgram: "always" } };

/** What may be amiss with such a program, each by itself. */
export const ASKED_AND: Readonly<Record<string, Model>> = {
  "RAM overwritten": { ...ASKED, quirks: { startOverwritesRam: true } },
  "flash faults": { ...ASKED, quirks: { programFaultsFrom: BASE + 0x2000 } },
  "slow start": { ...ASKED, startupMs: 400 },
  "comes back as firmware": { ...ASKED, quirks: { afterRamProgram: "application" }, hasLines: true },
  "comes back by lines": { ...ASKED, quirks: { afterRamProgram: "nothing" }, hasLines: true },
};

/** STM32L0: erased flash reads 00, pages of 128 bytes. */
export const ZERO: Model = {
  facts: { ...L072, flash: { ...L072.flash, size: 0x1000, pages: pages(32, 128) } },
  options: { flashSize: 0x1000, pageSize: 128 },
};

/** STM32G071 with bootloader V11.3: the list of pages is acknowledged before it is erased. */
export const HASTY: Model = {
  facts: { ...TINY.facts, bootloaderVersion: "V11.3", idByte: 0xb3 },
  options: TINY.options,
};

/** STM32H743: flash words of 32 bytes; reading one that an interrupted write left with wrong ECC resets the chip. */
export const ECC: Model = {
  facts: {
    ...TINY.facts,
    name: "stm32h743",
    series: "H7",
    productId: 0x450,
    flash: { ...TINY.facts.flash, granule: 32, lengthAlign: 8 },
    bootloaderVersion: "V9.1",
    idAddress: 0x1ff1_e7fe,
    idByte: 0x91,
    systemMemory: [{ start: 0x1ff0_0000, end: 0x1ff2_0000 }],
    i2c: { address: 0x4e, protocol: "1.1", timeoutMs: 1000 },
  },
  options: TINY.options,
};

const G474 = factsOf((await deviceByProductId(0x469))!, { name: "stm32g474", flashSize: 128 * 1024 });

/** STM32G474 of 128 KiB: no document says whether bank 2 counts from 128 or from 32. This one from 32, which the host tries second. */
export const BANKS: Model = {
  facts: {
    ...G474,
    flash: {
      ...G474.flash,
      pages: G474.flash.pages.map((page) =>
        page.bank === 2 ? { ...page, index: page.index - 128 + 32 } : page,
      ),
    },
  },
  options: {},
};

export interface RigOptions {
  readonly protocol: Protocol;
  readonly model: Model;
  /** What the flash holds at first. */
  readonly flash: Uint8Array;
  readonly quirks?: Partial<ChipQuirks>;
  readonly readoutLevel?: 0 | 1;
  /** Told the whole flash after each change. */
  readonly onChange?: (flash: Uint8Array) => void;
}

export interface Rig {
  readonly chip: SimulatedChip;
  readonly clock: VirtualClock;
  readonly flash: Uint8Array;
  /** A way to the chip; each run opens its own. */
  open(): SimTransport;
  connect(transport: Transport): Promise<Target>;
}

export function makeRig({ protocol, model, flash: first, quirks, readoutLevel, onChange }: RigOptions): Rig {
  const clock = new VirtualClock();
  const flash = first.slice();
  const { facts } = model;
  const chip = createChip({
    facts,
    clock,
    memory: mirror(flash, onChange),
    timings: {
      programMs: 1,
      pageEraseMs: 3,
      massEraseMs: 6,
      optionBytesMs: 3,
      startupMs: model.startupMs ?? 2,
    },
    ...(protocol.i2c && { i2cProtocol: protocol.i2c }),
    ...(protocol.uart && { uartProtocol: protocol.uart }),
    ...(protocol.spi && { spiProtocol: protocol.spi }),
    quirks: { ...protocol.quirks, ...model.quirks, ...quirks },
    ...(readoutLevel !== undefined && { readoutLevel }),
  });
  const address = facts.i2c!.address;
  return {
    chip,
    clock,
    flash,
    open: () => new SimTransport({ chip, clock, bus: protocol.bus, address, description: protocol.name }),
    connect: async (transport) => {
      const options = { ...model.options, ...(protocol.bus === "i2c" && { address }) };
      const target = await connect(transport, options);
      return model.hasLines ? withLines(target, chip) : target;
    },
  };
}

/** As `connect` with a reset sequence, which is not for a transport that was made elsewhere. */
function withLines(target: Target, chip: SimulatedChip): Target {
  if (!(target instanceof ChipTarget)) throw new Error("connect gives a ChipTarget");
  const { transport } = target.session.loader;
  const reenter = async (): Promise<void> => {
    chip.setNrst(false);
    chip.setNrst(true);
    await transport.exchange([delay(20)]);
    await connectBootloader(transport);
  };
  return new ChipTarget({ ...target.session, reenter }, target.release);
}

/** Holds a copy of the flash that follows every change, at the moment it happens. */
const mirror = (flash: Uint8Array, onChange: RigOptions["onChange"]): ChipMemory => ({
  side: undefined,
  loadFlash: (into) => into.set(flash),
  writeFlash: (offset, bytes) => {
    flash.set(bytes, offset);
    onChange?.(flash);
  },
  writeSide: () => undefined,
  close: () => undefined,
});

/** As SimulatedChip.wouldBoot, on a copy: it is asked at every change of the flash. */
export function wouldBoot(flash: Uint8Array, { ram }: ChipFacts): boolean {
  const vectors = new DataView(flash.buffer, flash.byteOffset, 8);
  const [stack, reset] = [vectors.getUint32(0, true), vectors.getUint32(4, true)];
  const inRam = ram.areas.some(({ start, end }) => stack > start && stack <= end) && stack % 4 === 0;
  return inRam && (reset & 1) === 1 && reset - 1 >= BASE && reset - 1 < BASE + flash.length;
}

export const holds = (flash: Uint8Array, image: MemoryImage): boolean =>
  image.segments.every(
    ({ address, bytes }) =>
      Buffer.compare(flash.subarray(address - BASE, address - BASE + bytes.length), bytes) === 0,
  );
