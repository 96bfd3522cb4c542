/** RAM in one or several areas. Allocated when first touched: some chips have megabytes of it. */
import type { Range } from "../devices/device.js";

export class Ram {
  readonly #areas: readonly Range[];
  readonly #bytes = new Map<Range, Uint8Array>();
  /** What a fresh area is filled with: noise after power-on, 00 after a regression. */
  #filler: number;

  constructor(areas: readonly Range[], filler: number) {
    this.#areas = areas;
    this.#filler = filler;
  }

  has(address: number): boolean {
    return this.#areaOf(address) !== undefined;
  }

  fill(filler: number): void {
    this.#bytes.clear();
    this.#filler = filler;
  }

  /** @returns undefined where no RAM is */
  readByte(address: number): number | undefined {
    const area = this.#areaOf(address);
    if (!area) return undefined;
    return this.#bytes.get(area)?.[address - area.start] ?? this.#filler;
  }

  /** What runs past the end of the area is lost. */
  write(address: number, data: Uint8Array): void {
    const area = this.areaAt(address);
    area?.bytes.set(data.subarray(0, area.start + area.bytes.length - address), address - area.start);
  }

  /** The area that `address` lies in, to be read and written in place. */
  areaAt(address: number): { readonly start: number; readonly bytes: Uint8Array } | undefined {
    const area = this.#areaOf(address);
    if (!area) return undefined;
    let bytes = this.#bytes.get(area);
    if (!bytes) this.#bytes.set(area, (bytes = new Uint8Array(area.end - area.start).fill(this.#filler)));
    return { start: area.start, bytes };
  }

  #areaOf(address: number): Range | undefined {
    return this.#areas.find(({ start, end }) => address >= start && address < end);
  }
}
