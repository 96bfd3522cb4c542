/** NOR flash: programming moves bits one way only, erasing brings whole pages back. */
import type { FlashFacts, FlashPage } from "./facts.js";

/** What programming met. `notErased`: the first address where something else was already stored. */
export interface Programmed {
  readonly notErased?: number;
  readonly storedBytes: number;
}

export type FlashListener = (offset: number, bytes: Uint8Array) => void;

export class Flash {
  readonly facts: FlashFacts;
  /** Linear from the base; a gap between banks holds the erased value and is never written. */
  readonly bytes: Uint8Array;
  readonly end: number;
  /** Granules whose ECC does not fit after an interruption, by address; erasing heals them. */
  readonly damaged = new Set<number>();
  /** Told about every change: a memory file writes it through. */
  onChange: FlashListener | undefined;
  /** Addresses come in sequence: the page found last is mostly the next one too. */
  #lastPage: FlashPage | undefined;

  constructor(facts: FlashFacts) {
    this.facts = facts;
    const last = facts.pages.at(-1)!;
    this.end = last.address + last.size;
    this.bytes = new Uint8Array(this.end - facts.base);
    if (facts.erasedValue !== 0) this.bytes.fill(facts.erasedValue);
  }

  has(address: number): boolean {
    return address >= this.facts.base && address < this.end && this.pageAt(address) !== undefined;
  }

  pageAt(address: number): FlashPage | undefined {
    const { pages } = this.facts;
    const last = this.#lastPage;
    if (last && address >= last.address && address < last.address + last.size) return last;
    let low = 0;
    let high = pages.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const page = pages[middle]!;
      if (address < page.address) high = middle - 1;
      else if (address >= page.address + page.size) low = middle + 1;
      else return (this.#lastPage = page);
    }
    return undefined;
  }

  /**
   * Programs whole granules from `address` (aligned); what runs past the end is lost. A granule that is erased takes the data; one that
   * holds the same data stays; any other keeps the bits that cannot move back, old AND new (old OR new where erased means 00).
   */
  program(address: number, data: Uint8Array): Programmed {
    const { granule } = this.facts;
    let notErased: number | undefined;
    let storedBytes = 0;
    for (let at = 0; at < data.length; at += granule) {
      if (!this.has(address + at)) break;
      const length = Math.min(granule, data.length - at);
      if (!this.#programGranule(address + at - this.facts.base, data, at, length)) notErased ??= address + at;
      storedBytes += length;
    }
    if (storedBytes > 0) this.#changed(address - this.facts.base, storedBytes);
    return notErased === undefined ? { storedBytes } : { storedBytes, notErased };
  }

  /** @returns false when something else was stored there */
  #programGranule(offset: number, data: Uint8Array, from: number, length: number): boolean {
    const { bytes } = this;
    const erased = this.facts.erasedValue;
    let blank = true;
    let same = true;
    for (let i = 0; i < length; i++) {
      const old = bytes[offset + i]!;
      if (old !== erased) blank = false;
      if (old !== data[from + i]!) same = false;
    }
    if (same) return true;
    for (let i = 0; i < length; i++) {
      const old = bytes[offset + i]!;
      const wanted = data[from + i]!;
      bytes[offset + i] = erased === 0 ? old | wanted : old & wanted;
    }
    return blank;
  }

  erase(page: FlashPage): void {
    const offset = page.address - this.facts.base;
    this.bytes.fill(this.facts.erasedValue, offset, offset + page.size);
    if (this.damaged.size > 0) this.#heal(page);
    this.#changed(offset, page.size);
  }

  /** What an erase leaves that lost its power half-way: nobody knows, so seeded noise. */
  scramble(page: FlashPage, noise: () => number): void {
    const offset = page.address - this.facts.base;
    for (let at = 0; at < page.size; at++) this.bytes[offset + at] = noise();
    for (let at = 0; at < page.size; at += this.facts.granule) this.damaged.add(page.address + at);
    this.#changed(offset, page.size);
  }

  /** As a debugger writes: no rules. */
  poke(address: number, data: Uint8Array): void {
    const offset = address - this.facts.base;
    this.bytes.set(data.subarray(0, Math.max(0, this.bytes.length - offset)), offset);
    this.#changed(offset, Math.min(data.length, this.bytes.length - offset));
  }

  read(address: number, length: number): Uint8Array {
    const offset = address - this.facts.base;
    return this.bytes.subarray(offset, offset + length);
  }

  /** Blank as the empty check sees it: the first word holds the erased value. */
  get isEmpty(): boolean {
    return this.bytes.subarray(0, 4).every((byte) => byte === this.facts.erasedValue);
  }

  #heal(page: FlashPage): void {
    for (const address of this.damaged) {
      if (address >= page.address && address < page.address + page.size) this.damaged.delete(address);
    }
  }

  #changed(offset: number, length: number): void {
    this.onChange?.(offset, this.bytes.subarray(offset, offset + length));
  }
}
