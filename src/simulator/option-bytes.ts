/** Option bytes as memory: what a new chip holds, its readout level and write protection, and what a write or its interruption leaves. */
import type { OptionLayout } from "./option-layouts.js";

export type ReadoutLevel = 0 | 1 | 2;

/** Bytes of a chip fresh from the factory: not protected, nothing write-protected. */
export const factoryOptions = (layout: OptionLayout, lengthBytes: number): Uint8Array => {
  const bytes = new Uint8Array(lengthBytes).fill(0xff);
  const view = new DataView(bytes.buffer);
  for (const [offset, word] of layout.factory)
    if (offset + 4 <= lengthBytes) view.setUint32(offset, word, true);
  if (layout.wrp) setProtectedCodes(bytes, layout, []);
  setLevel(bytes, layout, 0);
  complete(bytes, layout);
  loadOptions(bytes, layout);
  return bytes;
};

/** Fills in all inverses. */
export const complete = (bytes: Uint8Array, { form }: OptionLayout): void => {
  if (form === "byte") for (let at = 0; at + 1 < bytes.length; at += 2) bytes[at + 1] = ~bytes[at]! & 0xff;
  if (form === "half-word")
    for (let at = 0; at + 3 < bytes.length; at += 4) {
      bytes[at + 2] = ~bytes[at]! & 0xff;
      bytes[at + 3] = ~bytes[at + 1]! & 0xff;
    }
  if (form === "word")
    for (let at = 0; at + 7 < bytes.length; at += 8)
      for (let byte = at; byte < at + 4; byte++) bytes[byte + 4] = ~bytes[byte]! & 0xff;
};

/** Whether the value at `offset` and its inverse fit; always where there is none. */
export const isIntact = (bytes: Uint8Array, { form }: OptionLayout, offset: number): boolean => {
  const inverse = { byte: 1, "half-word": 2, word: 4, pair: 0, plain: 0 }[form];
  if (inverse === 0 || offset + inverse >= bytes.length) return true;
  const length = Math.min(inverse, 4);
  const start = offset - (offset % (2 * inverse));
  for (let at = start; at < start + length; at++)
    if ((bytes[at]! ^ bytes[at + inverse]!) !== 0xff) return false;
  return true;
};

/** The new set after the ROM erased the old one. */
export const programOptions = (bytes: Uint8Array, layout: OptionLayout, data: Uint8Array): void => {
  const sent = data.subarray(0, bytes.length);
  if (layout.form === "byte") bytes.fill(0xff); // the erased rest stays so: AN2662, "all options are erased before writing"
  if (layout.form !== "pair") bytes.set(sent);
  else for (let at = 4; at + 4 <= sent.length; at += 8) bytes.set(sent.subarray(at, at + 4), at);
  // Beyond the frame the registers keep what was loaded (ST's Open Bootloader); the controller computes the inverses (RM0444, 3.4).
  if (layout.form === "word") complete(bytes, layout);
};

/** Power went between erase and programming. L0 and L1 erase a word at a time, to 0; registers are not known and keep the old set. */
export const interruptOptions = (bytes: Uint8Array, { form }: OptionLayout): void => {
  if (form === "half-word") bytes.fill(0, 0, 4);
  else if (form !== "pair") bytes.fill(0xff);
};

/** What takes effect: of a pair the second word, which from now on is the first as well. */
export const loadOptions = (bytes: Uint8Array, { form }: OptionLayout): void => {
  if (form !== "pair") return;
  for (let at = 0; at + 7 < bytes.length; at += 8) bytes.copyWithin(at, at + 4, at + 8);
};

export const levelOf = (bytes: Uint8Array, layout: OptionLayout): ReadoutLevel => {
  const value = bytes[rdpByte(layout)];
  if (!isIntact(bytes, layout, layout.rdpOffset)) return 1;
  if (value === layout.rdpLevel0) return 0;
  return layout.rdpLevel2 !== undefined && value === layout.rdpLevel2 ? 2 : 1;
};

export const setLevel = (bytes: Uint8Array, layout: OptionLayout, level: ReadoutLevel): void => {
  const level2 = layout.rdpLevel2 ?? 0x00;
  bytes[rdpByte(layout)] = level === 0 ? layout.rdpLevel0 : level === 2 ? level2 : 0x00;
  completeGroup(bytes, layout, layout.rdpOffset);
};

const rdpByte = ({ form, rdpOffset }: OptionLayout): number => (form === "pair" ? rdpOffset + 4 : rdpOffset);

/** The inverses of the group of values around `offset`. */
const completeGroup = (bytes: Uint8Array, layout: OptionLayout, offset: number): void => {
  if (layout.form === "pair" || layout.form === "plain") return;
  const length = { byte: 2, "half-word": 4, word: 8 }[layout.form];
  const start = offset - (offset % length);
  complete(bytes.subarray(start, start + length), layout);
};

type WrpBits = NonNullable<OptionLayout["wrp"]>;

const wrpByte = ({ offset, group, step }: WrpBits, byte: number): number =>
  offset + Math.floor(byte / group) * step + (byte % group);

/** Codes of Write Protect that the bits name. */
export const protectedCodes = (bytes: Uint8Array, { wrp }: OptionLayout): number[] => {
  if (!wrp) return [];
  const codes: number[] = [];
  for (let bit = 0; bit < wrp.bytes * 8; bit++) {
    const byte = bytes[wrpByte(wrp, bit >> 3)] ?? (wrp.activeLow ? 0xff : 0);
    if (((byte >> (bit & 7)) & 1) === (wrp.activeLow ? 0 : 1)) codes.push(bit);
  }
  return codes;
};

const setProtectedCodes = (bytes: Uint8Array, layout: OptionLayout, codes: readonly number[]): void => {
  const { wrp } = layout;
  if (!wrp) return;
  for (let byte = 0; byte < wrp.bytes; byte++) {
    let bits = 0;
    for (const code of codes) if (code >> 3 === byte) bits |= 1 << (code & 7);
    const at = wrpByte(wrp, byte);
    if (at >= bytes.length) return;
    bytes[at] = wrp.activeLow ? ~bits & 0xff : bits;
    completeGroup(bytes, layout, at);
  }
};

/** Where a chip keeps its protected sectors: in the option bytes where they have bits for them, else beside. */
export const protectSectors = (
  memory: { readonly optionBytes: Uint8Array; writeProtected: readonly number[] },
  layout: OptionLayout,
  codes: readonly number[],
): void => {
  setProtectedCodes(memory.optionBytes, layout, codes);
  memory.writeProtected = layout.wrp ? [] : codes;
};
