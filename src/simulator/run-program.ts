/** Runs a program in the chip's RAM, as Go starts it: what it leaves in RAM stays, and how it ends is told. */
import { Core, type Bus, type CoreEnd } from "./core.js";
import type { Memory } from "./memory.js";

/** Twice what a CRC of 2 MiB takes. What runs on after that is taken for a program of the user's. */
const MAX_STEPS = 50_000_000;

const PERIPHERALS = { start: 0x4000_0000, end: 0x6000_0000 } as const;

export interface ProgramOptions {
  /** Of the core, "Cortex-M3". */
  readonly core: string;
  /** Loads from here on in the flash fault, as of damaged ECC. */
  readonly faultsFrom: number | undefined;
}

export function runInRam(
  memory: Memory,
  address: number,
  { core: name, faultsFrom = Infinity }: ProgramOptions,
): { end: CoreEnd; cycles: number } {
  const core = new Core(new MemoryBus(memory, address, faultsFrom), name !== "Cortex-M0");
  const end = core.run(address, MAX_STEPS);
  return { end, cycles: core.cycles };
}

class MemoryBus implements Bus {
  readonly #flash: DataView;
  readonly #flashBase: number;
  readonly #ram: DataView;
  readonly #ramBase: number;

  constructor(
    private readonly memory: Memory,
    address: number,
    private readonly faultsFrom: number,
  ) {
    const { flash, ram } = memory;
    this.#flash = viewOf(flash.bytes);
    this.#flashBase = flash.facts.base;
    const area = ram.areaAt(address) ?? { start: 0, bytes: new Uint8Array(0) };
    this.#ram = viewOf(area.bytes);
    this.#ramBase = area.start;
  }

  load(address: number): number | undefined {
    const inRam = address - this.#ramBase;
    if (inRam >= 0 && inRam + 4 <= this.#ram.byteLength) return this.#ram.getUint32(inRam, true);
    const inFlash = address - this.#flashBase;
    if (inFlash >= 0 && inFlash + 4 <= this.#flash.byteLength)
      return this.#isDamaged(address) ? undefined : this.#flash.getUint32(inFlash, true);
    return address >= PERIPHERALS.start && address < PERIPHERALS.end ? 0 : undefined;
  }

  store(address: number, word: number): boolean {
    const inRam = address - this.#ramBase;
    const fits = inRam >= 0 && inRam + 4 <= this.#ram.byteLength;
    if (fits) this.#ram.setUint32(inRam, word >>> 0, true);
    return fits || (address >= PERIPHERALS.start && address < PERIPHERALS.end);
  }

  #isDamaged(address: number): boolean {
    const { damaged, facts } = this.memory.flash;
    if (address >= this.faultsFrom) return true;
    return damaged.size > 0 && damaged.has(address - (address % facts.granule));
  }
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
