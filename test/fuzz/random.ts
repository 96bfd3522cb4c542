/** A seeded generator: the same seed gives the same inputs on every machine. mulberry32, public domain. */

export interface Random {
  /** 0 <= n < limit, whole. */
  below(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Any 32-bit number, the edges of fields and ranges far more often than the rest. */
  number(): number;
}

const EDGES = [
  0, 1, 2, 3, 4, 15, 16, 31, 32, 127, 128, 255, 256, 476, 477, 511, 512, 0x7fff, 0x8000, 0xffff, 0x1_0000,
  0x7fff_ffff, 0x8000_0000, 0xffff_0000, 0xffff_fff0, 0xffff_fffe, 0xffff_ffff, 0x0800_0000, 0x2000_0000,
] as const;

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  return {
    below,
    pick,
    chance: (probability) => next() < probability,
    number: () => (next() < 0.6 ? pick(EDGES) : below(2 ** 32)),
  };
}
