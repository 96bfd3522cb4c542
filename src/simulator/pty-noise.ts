/** Line noise: bytes lost, bits turned over, bytes that nobody sent. Seeded, so that a failing run can be repeated. */

export interface NoiseOptions {
  readonly seed: number;
  /** Of how many bytes one is hit: 10000. */
  readonly oneIn: number;
}

/** What was done to the bytes of one direction. */
export interface NoiseCounters {
  readonly bytes: number;
  readonly dropped: number;
  readonly flipped: number;
  readonly inserted: number;
}

export class LineNoise {
  readonly #random: () => number;
  #chance: number;
  readonly #counters = { bytes: 0, dropped: 0, flipped: 0, inserted: 0 };

  constructor({ seed, oneIn }: NoiseOptions) {
    this.#random = seededFractions(seed);
    this.#chance = 1 / oneIn;
  }

  get counters(): NoiseCounters {
    return { ...this.#counters };
  }

  /** No more noise from now on. */
  stop(): void {
    this.#chance = 0;
  }

  /** What arrives of these bytes. */
  spoil(bytes: Uint8Array): Uint8Array {
    return Uint8Array.from(Array.from(bytes).flatMap((byte) => this.#spoilOne(byte)));
  }

  #spoilOne(byte: number): number[] {
    this.#counters.bytes++;
    if (this.#random() >= this.#chance) return [byte];
    switch (Math.floor(this.#random() * 3)) {
      case 0:
        this.#counters.dropped++;
        return [];
      case 1:
        this.#counters.flipped++;
        return [byte ^ (1 << Math.floor(this.#random() * 8))];
      default:
        this.#counters.inserted++;
        return [byte, Math.floor(this.#random() * 256)];
    }
  }
}

/** 0 <= x < 1 from a 32-bit seed (xorshift32; 0 is its fixed point, hence the constant). */
function seededFractions(seed: number): () => number {
  let state = (seed ^ 0x9e37_79b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
