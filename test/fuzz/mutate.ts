/** Ways to damage bytes that know nothing of any format. */

import type { Random } from "./random.js";

export type Mutation = (input: Uint8Array, random: Random) => Uint8Array;

const flipBit: Mutation = (input, random) => {
  const copy = input.slice();
  if (copy.length > 0) copy[random.below(copy.length)]! ^= 1 << random.below(8);
  return copy;
};

const setByte: Mutation = (input, random) => {
  const copy = input.slice();
  if (copy.length > 0) copy[random.below(copy.length)] = random.number() & 0xff;
  return copy;
};

const truncate: Mutation = (input, random) => input.slice(0, random.below(input.length + 1));

const cut: Mutation = (input, random) => {
  const from = random.below(input.length + 1);
  const to = Math.min(input.length, from + 1 + random.below(32));
  return joined(input.subarray(0, from), input.subarray(to));
};

const repeat: Mutation = (input, random) => {
  const from = random.below(input.length + 1);
  const to = Math.min(input.length, from + 1 + random.below(600));
  return joined(input.subarray(0, to), input.subarray(from));
};

const insert: Mutation = (input, random) => {
  const at = random.below(input.length + 1);
  const bytes = Uint8Array.from({ length: 1 + random.below(4) }, () => random.number() & 0xff);
  return joined(input.subarray(0, at), bytes, input.subarray(at));
};

/** A length, count or address of another size, in either byte order. */
const setNumber: Mutation = (input, random) => {
  const width = random.pick([2, 4] as const);
  if (input.length < width) return input;
  const copy = input.slice();
  const view = new DataView(copy.buffer);
  const at = random.below(copy.length - width + 1);
  const littleEndian = random.chance(0.8);
  if (width === 2) view.setUint16(at, random.number() & 0xffff, littleEndian);
  else view.setUint32(at, random.number(), littleEndian);
  return copy;
};

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  flipBit,
  setByte,
  truncate,
  cut,
  repeat,
  insert,
  setNumber,
  setNumber,
];

/** One of the ways above. */
export const damaged: Mutation = (input, random) => random.pick(MUTATIONS)(input, random);

/** The beginning of one and the end of the other. */
export function spliced(one: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  return joined(
    one.subarray(0, random.below(one.length + 1)),
    other.subarray(random.below(other.length + 1)),
  );
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
