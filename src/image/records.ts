/**
 * Which record of a file gave which addresses: three 32-bit numbers per record and nothing else, so that
 * every byte of an image can be traced to its line at little cost in time and memory.
 */

export class Records {
  /** First address of each record. */
  #addresses = new Uint32Array(256);
  /** Where the record's bytes begin in the pool; they end where those of the next one begin. */
  #froms = new Uint32Array(257);
  /** Line or offset in the file. */
  #places = new Uint32Array(256);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(address: number, lengthBytes: number, place: number): void {
    const index = this.#count;
    if (index === this.#addresses.length) this.#grow();
    this.#addresses[index] = address;
    this.#froms[index + 1] = this.#froms[index]! + lengthBytes;
    this.#places[index] = place;
    this.#count = index + 1;
  }

  address(index: number): number {
    return this.#addresses[index]!;
  }

  /** First address after the record; up to 2^32. */
  end(index: number): number {
    return this.#addresses[index]! + this.#froms[index + 1]! - this.#froms[index]!;
  }

  from(index: number): number {
    return this.#froms[index]!;
  }

  place(index: number): number {
    return this.#places[index]!;
  }

  /** The last of the records `first` to `last`, ascending by address, that begins at or before `address`. */
  search(first: number, last: number, address: number): number {
    let low = first;
    let high = last;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#addresses[middle]! <= address) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #grow(): void {
    const grown = (old: Uint32Array<ArrayBuffer>, extra: number): Uint32Array<ArrayBuffer> => {
      const bigger = new Uint32Array(this.#count * 2 + extra);
      bigger.set(old);
      return bigger;
    };
    this.#addresses = grown(this.#addresses, 0);
    this.#froms = grown(this.#froms, 1);
    this.#places = grown(this.#places, 0);
  }
}
