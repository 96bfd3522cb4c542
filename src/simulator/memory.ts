/** All memories of a chip behind one address space, as the bootloader sees them. */
import type { Range } from "../devices/device.js";
import type { ChipFacts } from "./facts.js";
import { Flash } from "./flash.js";
import type { ChipMemory } from "./memory-file.js";
import { bootConditionsOf, letPinDecide } from "./boot-conditions.js";
import { complete, factoryOptions } from "./option-bytes.js";
import type { ChipOptions } from "./options.js";
import { Ram } from "./ram.js";
import { seededBytes } from "./random.js";

export type AreaKind = "flash" | "ram" | "system" | "option" | "otp" | "eeprom";

const inside = (ranges: readonly Range[], address: number): boolean =>
  ranges.some(({ start, end }) => address >= start && address < end);

/** Bytes around the size register and the unique ID that a host may read in one block. */
const blockAround = (address: number): Range => {
  const start = address - (address % 256);
  return { start, end: start + 256 };
};

type MemoryOptions = Pick<ChipOptions, "memory" | "seed" | "optionBytes">;

/** With BOOT_LOCK, which ST's own range of some chips leaves out; a chip whose range is not known has option bytes all the same. */
const optionLength = ({ optionBytes: [range], optionLayout }: ChipFacts): number => {
  if (optionLayout.form === "word") return 128;
  return range ? Math.min(128, range.end - range.start) : 32;
};

export class Memory {
  readonly flash: Flash;
  readonly ram: Ram;
  readonly optionBytes: Uint8Array;
  readonly dataEeprom: Uint8Array;
  readonly otp: Uint8Array;
  /** Codes of Write Protect, as last written; in force after the next reset. */
  writeProtected: readonly number[] = [];
  readonly #facts: ChipFacts;
  readonly #store: ChipMemory | undefined;
  /** Parts of the system area with fixed contents: the bootloader's ID, the size register, the unique ID. */
  readonly #system: ReadonlyMap<number, number>;
  readonly #systemRanges: readonly Range[];

  constructor(facts: ChipFacts, { memory: store, seed = 1, optionBytes = "board" }: MemoryOptions) {
    this.#facts = facts;
    this.#store = store;
    this.flash = new Flash(facts.flash);
    this.ram = new Ram(facts.ram.areas, seed & 0xff);
    const side = store?.side;
    this.optionBytes = factoryOptions(facts.optionLayout, optionLength(facts));
    if (optionBytes === "board") letPinDecide(this.optionBytes, bootConditionsOf(facts));
    complete(this.optionBytes, facts.optionLayout);
    this.dataEeprom = new Uint8Array(facts.dataEeprom ? facts.dataEeprom.end - facts.dataEeprom.start : 0);
    this.otp = new Uint8Array(facts.otp ? facts.otp.end - facts.otp.start : 0).fill(0xff);
    if (side) {
      this.optionBytes.set(side.optionBytes.subarray(0, this.optionBytes.length));
      this.dataEeprom.set(side.dataEeprom.subarray(0, this.dataEeprom.length));
      this.otp.set(side.otp.subarray(0, this.otp.length));
      this.writeProtected = side.writeProtected;
    }
    if (store) {
      store.loadFlash(this.flash.bytes);
      this.flash.onChange = (offset, bytes) => store.writeFlash(offset, bytes);
    }
    this.#system = systemContents(facts, seed);
    this.#systemRanges = systemRanges(facts);
  }

  /** RAM holds what it likes after power-on. */
  powerOn(seed: number): void {
    this.ram.fill(seed & 0xff);
  }

  /** Option bytes, EEPROM, OTP or write protection changed. */
  saveSide(): void {
    this.#store?.writeSide(this);
  }

  close(): void {
    this.#store?.close();
  }

  /** @param bootloaderRam true: including what the bootloader itself uses (UART protocol before 2.2) */
  areaOf(address: number, bootloaderRam = false): AreaKind | undefined {
    const { otp, dataEeprom, ram } = this.#facts;
    if (this.flash.has(address)) return "flash";
    if (bootloaderRam ? this.ram.has(address) : inside(ram.accessible, address)) return "ram";
    if (this.isOptionByte(address)) return "option";
    if (otp && inside([otp], address)) return "otp";
    if (dataEeprom && inside([dataEeprom], address)) return "eeprom";
    return inside(this.#systemRanges, address) ? "system" : undefined;
  }

  isOptionByte(address: number): boolean {
    return inside(this.#facts.optionBytes, address);
  }

  /** What lies nowhere reads as 00. */
  read(address: number, length: number): Uint8Array {
    const { flash } = this;
    if (address >= flash.facts.base && address + length <= flash.end)
      return flash.read(address, length).slice();
    return Uint8Array.from({ length }, (_, at) => this.#readByte(address + at));
  }

  #readByte(address: number): number {
    const { otp, dataEeprom, optionBytes } = this.#facts;
    if (this.flash.has(address)) return this.flash.bytes[address - this.flash.facts.base]!;
    const inRam = this.ram.readByte(address);
    if (inRam !== undefined) return inRam;
    if (inside(optionBytes, address)) return this.optionBytes[address - optionBytes[0]!.start] ?? 0xff;
    if (otp && inside([otp], address)) return this.otp[address - otp.start]!;
    if (dataEeprom && inside([dataEeprom], address)) return this.dataEeprom[address - dataEeprom.start]!;
    return this.#system.get(address) ?? (inside(this.#systemRanges, address) ? 0xff : 0);
  }

  /** Everything but flash and option bytes: RAM takes all, OTP only clears bits, EEPROM erases by itself. */
  writePlain(kind: "ram" | "otp" | "eeprom", address: number, data: Uint8Array): void {
    const { otp, dataEeprom } = this.#facts;
    if (kind === "ram") this.ram.write(address, data);
    if (kind === "eeprom" && dataEeprom) {
      this.dataEeprom.set(data.subarray(0, dataEeprom.end - address), address - dataEeprom.start);
    }
    if (kind === "otp" && otp) {
      for (let at = 0; at < data.length && address + at < otp.end; at++)
        this.otp[address + at - otp.start]! &= data[at]!;
    }
    if (kind !== "ram") this.saveSide();
  }

  /** As a debugger writes; what lies in no writable memory is ignored. */
  poke(address: number, data: Uint8Array): void {
    const kind = this.areaOf(address, true);
    if (kind === "flash") this.flash.poke(address, data);
    if (kind === "ram" || kind === "eeprom") this.writePlain(kind, address, data);
    if (kind === "option") {
      this.optionBytes.set(data, address - this.#facts.optionBytes[0]!.start);
      this.saveSide();
    }
  }
}

const systemRanges = ({ systemMemory, sizeRegister, uidRegister, idAddress }: ChipFacts): Range[] => [
  ...systemMemory,
  ...[sizeRegister, uidRegister].filter((at) => at !== undefined).map(blockAround),
  ...(idAddress === undefined ? [] : [{ start: idAddress, end: idAddress + 1 }]),
];

const systemContents = (facts: ChipFacts, seed: number): Map<number, number> => {
  const bytes = new Map<number, number>();
  if (facts.uidRegister !== undefined) {
    const noise = seededBytes(seed);
    // L0 and L1 have the third word apart, at 0x14.
    for (let at = 0; at < 0x18; at++) bytes.set(facts.uidRegister + at, noise());
  }
  if (facts.sizeRegister !== undefined) {
    const kib = facts.sizeRegisterKiB ?? facts.flash.size >> 10;
    bytes.set(facts.sizeRegister, kib & 0xff);
    bytes.set(facts.sizeRegister + 1, kib >> 8);
  }
  if (facts.idAddress !== undefined && facts.idByte !== undefined)
    bytes.set(facts.idAddress, facts.idByte & 0xff);
  return bytes;
};
