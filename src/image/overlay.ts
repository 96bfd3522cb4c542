/** Lays parts over each other, ascending by address: the same bytes twice are counted, different ones refused. */

import { hex } from "../errors.js";
import type { Segment } from "./image.js";

/** Two parts give different bytes for one address. */
export interface Conflict {
  readonly address: number;
  readonly before: number;
  readonly now: number;
}

export class Overlay {
  readonly #bytes: Uint8Array;
  readonly #refuse: (conflict: Conflict) => never;
  readonly #segments: Segment[] = [];
  /** The segment in work, in `#bytes`, and the first address after it. */
  #from = 0;
  #to = 0;
  #end = -1;
  #doubled = 0;
  #firstDoubled = 0;

  /** @param totalBytes of all parts together */
  constructor(totalBytes: number, refuse: (conflict: Conflict) => never) {
    this.#bytes = new Uint8Array(totalBytes);
    this.#refuse = refuse;
  }

  /** Segments that are complete or in work. */
  get count(): number {
    return this.#segments.length + (this.#to > this.#from ? 1 : 0);
  }

  /**
   * @param address not below that of the part before
   * @returns how many of its first bytes were there already
   */
  add(address: number, part: Uint8Array): number {
    if (address > this.#end) {
      this.#close();
      this.#end = address;
    }
    const shared = Math.min(this.#end - address, part.length);
    this.#compare(address, part.subarray(0, shared));
    this.#bytes.set(part.subarray(shared), this.#to);
    this.#to += part.length - shared;
    this.#end += part.length - shared;
    return shared;
  }

  finish(): Segment[] {
    this.#close();
    return this.#segments;
  }

  /** For the user to see. */
  get remarks(): string[] {
    if (this.#doubled === 0) return [];
    const count = this.#doubled === 1 ? "1 byte is" : `${this.#doubled} bytes are`;
    return [`${count} given twice with the same value, from ${hex(this.#firstDoubled)} on`];
  }

  #compare(address: number, part: Uint8Array): void {
    const held = this.#to - (this.#end - address);
    for (let at = 0; at < part.length; at++) {
      const before = this.#bytes[held + at]!;
      if (before !== part[at]) this.#refuse({ address: address + at, before, now: part[at]! });
    }
    if (this.#doubled === 0) this.#firstDoubled = address;
    this.#doubled += part.length;
  }

  #close(): void {
    if (this.#to > this.#from)
      this.#segments.push({
        address: this.#end - (this.#to - this.#from),
        bytes: this.#bytes.subarray(this.#from, this.#to),
      });
    this.#from = this.#to;
  }
}
