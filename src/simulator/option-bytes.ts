/**
 * Option bytes as memory: where the readout level and the write protection lie, by series.
 * Sources: the chapters on option bytes of PM0075 (F1), RM0091 (F0), RM0316 (F3), RM0090 (F4), RM0444 (G0), RM0351 (L4), RM0367 (L0).
 * Area registers (start and end page) of newer series are not modelled: there the sectors are kept beside the option bytes.
 */
export type ReadoutLevel = 0 | 1 | 2;

export interface OptionLayout {
  /** Offset of the readout protection byte from the base. */
  readonly rdpOffset: number;
  /** The byte that means "not protected". */
  readonly rdpLevel0: number;
  /** The byte that means level 2; undefined on F1, which has no level 2. */
  readonly rdpLevel2?: number;
  /** "byte": the next byte must be its complement or the chip counts as protected. */
  readonly complement: "byte" | "none";
  /** Where the write-protection bits are and whether a cleared bit protects; undefined: kept beside the option bytes. */
  readonly wrp?: {
    readonly offset: number;
    readonly bytes: number;
    readonly step: 1 | 2;
    readonly activeLow: boolean;
  };
  /** Bytes of flash that one code of Write Protect covers; undefined: one erase unit. */
  readonly wrpSectorBytes?: number;
}

const F1_HALFWORDS: OptionLayout = {
  rdpOffset: 0,
  rdpLevel0: 0xa5,
  complement: "byte",
  wrp: { offset: 8, bytes: 4, step: 2, activeLow: true },
  wrpSectorBytes: 4096,
};

const HALFWORDS: OptionLayout = { ...F1_HALFWORDS, rdpLevel0: 0xaa, rdpLevel2: 0xcc };

const WORDS: OptionLayout = { rdpOffset: 0, rdpLevel0: 0xaa, rdpLevel2: 0xcc, complement: "none" };

const LAYOUTS: Readonly<Record<string, OptionLayout>> = {
  F0: HALFWORDS,
  F1: F1_HALFWORDS,
  F3: HALFWORDS,
  F2: { ...WORDS, rdpOffset: 1, wrp: { offset: 8, bytes: 2, step: 1, activeLow: true } },
  F4: { ...WORDS, rdpOffset: 1, wrp: { offset: 8, bytes: 2, step: 1, activeLow: true } },
  F7: { ...WORDS, rdpOffset: 1 },
  L0: { ...WORDS, wrp: { offset: 8, bytes: 4, step: 1, activeLow: false }, wrpSectorBytes: 4096 },
  L1: { ...WORDS, wrp: { offset: 8, bytes: 4, step: 1, activeLow: false }, wrpSectorBytes: 4096 },
};

export const optionLayoutOf = (series: string): OptionLayout => LAYOUTS[series] ?? WORDS;

/** Bytes of a chip fresh from the factory: not protected, nothing write-protected. */
export const factoryOptions = (layout: OptionLayout, lengthBytes: number): Uint8Array => {
  const bytes = new Uint8Array(lengthBytes).fill(0xff);
  if (layout.wrp && !layout.wrp.activeLow)
    bytes.fill(0, layout.wrp.offset, layout.wrp.offset + layout.wrp.bytes);
  setLevel(bytes, layout, 0);
  if (layout.complement === "byte") fillComplements(bytes);
  return bytes;
};

const fillComplements = (bytes: Uint8Array): void => {
  for (let at = 0; at + 1 < bytes.length; at += 2) bytes[at + 1] = ~bytes[at]! & 0xff;
};

export const levelOf = (bytes: Uint8Array, layout: OptionLayout): ReadoutLevel => {
  const value = bytes[layout.rdpOffset];
  const damaged =
    layout.complement === "byte" && (value! ^ bytes[layout.rdpOffset + 1]!) !== 0xff && bytes.length > 1;
  if (damaged) return 1;
  if (value === layout.rdpLevel0) return 0;
  return layout.rdpLevel2 !== undefined && value === layout.rdpLevel2 ? 2 : 1;
};

export const setLevel = (bytes: Uint8Array, layout: OptionLayout, level: ReadoutLevel): void => {
  const level2 = layout.rdpLevel2 ?? 0x00;
  const value = level === 0 ? layout.rdpLevel0 : level === 2 ? level2 : 0x00;
  bytes[layout.rdpOffset] = value;
  if (layout.complement === "byte") bytes[layout.rdpOffset + 1] = ~value & 0xff;
};

/** Codes of Write Protect that the bits name. */
export const protectedCodes = (bytes: Uint8Array, layout: OptionLayout): number[] => {
  const { wrp } = layout;
  if (!wrp) return [];
  const codes: number[] = [];
  for (let bit = 0; bit < wrp.bytes * 8; bit++) {
    const byte = bytes[wrp.offset + (bit >> 3) * wrp.step] ?? (wrp.activeLow ? 0xff : 0);
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
    const at = wrp.offset + byte * wrp.step;
    if (at >= bytes.length) return;
    bytes[at] = wrp.activeLow ? ~bits & 0xff : bits;
    if (layout.complement === "byte") bytes[at + 1] = ~bytes[at] & 0xff;
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
