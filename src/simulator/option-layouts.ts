/**
 * How the option bytes of each series lie in memory. Sources: the chapters on option bytes of PM0075 (F1), RM0091 (F0), RM0316 (F3),
 * RM0090 (F4), RM0444 (G0), RM0351 (L4), RM0367 (L0), RM0433 (H7), RM0481 (H5).
 * Area registers (start and end page) of newer series are not modelled: there the sectors are kept beside the option bytes.
 */

/**
 * "byte": each value byte is followed by its inverse (F0, F1, F3). "half-word": the upper half of each word is the inverse of the lower
 * (L0, L1). "word": each word is followed by its inverse, which the controller computes (L4, G0 and relatives). "pair": a word as loaded,
 * then the word to be loaded next (H5, H7, C5). "plain": values only.
 */
export type OptionForm = "byte" | "half-word" | "word" | "pair" | "plain";

export interface OptionLayout {
  readonly form: OptionForm;
  /** Offset of the readout protection byte from the base. */
  readonly rdpOffset: number;
  /** The byte that means "not protected". */
  readonly rdpLevel0: number;
  /** The byte that means level 2; undefined on F1, which has no level 2. */
  readonly rdpLevel2?: number;
  /** Where the write-protection bits are and whether a cleared bit protects; undefined: kept beside the option bytes. */
  readonly wrp?: {
    readonly offset: number;
    readonly bytes: number;
    /** Value bytes that lie side by side, and from the first of them to the next such group. */
    readonly group: 1 | 2;
    readonly step: 1 | 2 | 4;
    readonly activeLow: boolean;
  };
  /** Bytes of flash that one code of Write Protect covers; undefined: one erase unit. */
  readonly wrpSectorBytes?: number;
  /** Words of a new chip, as far as they are published; the others are all ones. */
  readonly factory: readonly (readonly [offset: number, word: number])[];
}

const F1_BYTES: OptionLayout = {
  form: "byte",
  rdpOffset: 0,
  rdpLevel0: 0xa5,
  wrp: { offset: 8, bytes: 4, group: 1, step: 2, activeLow: true },
  wrpSectorBytes: 4096,
  factory: [],
};

const BYTES: OptionLayout = { ...F1_BYTES, rdpLevel0: 0xaa, rdpLevel2: 0xcc };

const PLAIN: OptionLayout = { form: "plain", rdpOffset: 0, rdpLevel0: 0xaa, rdpLevel2: 0xcc, factory: [] };

/** BOR off, BFB2 = 0, SPRMOD = 0, DB1M = 0 (PM0059, RM0090: OPTCR 0x0FFFAAED). */
const F2_F4: OptionLayout = {
  ...PLAIN,
  factory: [
    [0, 0xffff_aaef],
    [8, 0xffff_0fff],
  ],
  rdpOffset: 1,
  wrp: { offset: 8, bytes: 2, group: 2, step: 2, activeLow: true },
};

/** USER word of L0: BOR off, nBOOT1 = 1 (RM0367, FLASH_OPTR); of an L1 not known. Bits 0..15 at 8, 0xC, .. protect one sector each. */
const L0_L1: OptionLayout = {
  ...PLAIN,
  form: "half-word",
  wrp: { offset: 8, bytes: 4, group: 2, step: 4, activeLow: false },
  wrpSectorBytes: 4096,
  factory: [
    [0, 0xaa],
    [4, 0x8070],
  ],
};

/** PCROP and WRP areas that end before they start, nothing secure, BOOT_LOCK off (RM0444, RM0440, RM0351: values at delivery). */
const AREAS_OFF: OptionLayout["factory"] = [
  [0x10, 0],
  [0x18, 0xff],
  [0x20, 0xff],
];

const WORDS = (user: number, lock?: number): OptionLayout => ({
  ...PLAIN,
  form: "word",
  factory: [[0, user], ...AREAS_OFF, ...(lock === undefined ? [] : [[lock, 0] as const])],
});

/** nSWBOOT0 = 1, TZEN = 0, BOOT_LOCK = 0. */
const REGISTERS: OptionLayout = {
  ...PLAIN,
  factory: [
    [0, 0x1fef_f8aa],
    [4, 0x0800_0000],
    [8, 0x0bf9_0000],
    [0xc, 0x0c00_0000],
  ],
};

const LAYOUTS: Readonly<Record<string, OptionLayout>> = {
  F0: BYTES,
  F1: F1_BYTES,
  F3: BYTES,
  F2: F2_F4,
  F4: F2_F4,
  // BOOT_ADD0 is the flash on ITCM, BOOT_ADD1 the system memory (RM0385).
  F7: {
    ...PLAIN,
    rdpOffset: 1,
    factory: [
      [0, 0xffff_aaff],
      [8, 0xffff_c0ff],
      [0x10, 0xffff_0080],
      [0x18, 0xffff_0040],
    ],
  },
  // Registers: the boot addresses of RM0456; of L5 the ones by which it starts at all.
  U5: REGISTERS,
  L5: REGISTERS,
  L0: L0_L1,
  L1: L0_L1,
  // G0: RM0454, production value. C0 and G4: read from new parts. U0: RM0503 gives the boot bits as on G0. WB, WL: read from parts.
  G0: WORDS(0xdfff_e1aa, 0x70),
  C0: WORDS(0xffff_feaa, 0x70),
  U0: WORDS(0xffff_feaa, 0x70),
  L4: WORDS(0xffef_f8aa),
  G4: WORDS(0xffef_f8aa, 0x28),
  WB: WORDS(0x2d8f_71aa),
  WL: WORDS(0x3fef_f0aa),
  // FLASH_OPTSR_CUR, bits 8..15: RDP on H7 (RM0433) and C5, PRODUCT_STATE on H5 (RM0481: ED open, 5C locked).
  H7: { ...PLAIN, form: "pair", rdpOffset: 1 },
  C5: { ...PLAIN, form: "pair", rdpOffset: 1 },
  H5: { ...PLAIN, form: "pair", rdpOffset: 1, rdpLevel0: 0xed, rdpLevel2: 0x5c },
};

export const optionLayoutOf = (series: string): OptionLayout => LAYOUTS[series] ?? PLAIN;
