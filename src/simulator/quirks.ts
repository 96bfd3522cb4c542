/**
 * What single ROM versions do differently from the documents, as switches, and which chip has which.
 * "limitation": AN2606 rev 70, table of known limitations of the product's bootloader versions. "open": no document settles it.
 */
export interface ChipQuirks {
  /** open: what follows a frame of wrong order or length. "hold": SCL is held, then the time-out resets the chip. */
  readonly wrongFrame: "hold" | "refuse";
  /**
   * A reply read too short, and anything read too long. "finished": the reply counts as given, what lies beyond is filler (seen on a G030
   * and a G070). "late": one byte short leaves the last byte for the next read, so that all later answers come a byte late; everything
   * else holds the clock until the time-out (ST's Open Bootloader v6.1.3).
   */
  readonly wrongRead: "late" | "finished";
  /** A frame with bytes behind its end. "held": SCL is held. "next frame": one byte is the first of the next frame (ST, as above). */
  readonly surplusBytes: "held" | "next frame";
  /** What Special sends that no sub-command is behind: a status of one byte 00, or two empty packets (ST, as above). */
  readonly emptySpecial: "status byte" | "no bytes";
  /** open: the time-out between frames also runs while an operation is in progress. */
  readonly timeoutDuringOperation: boolean;
  /** open: whether the status is still due after the host's adapter gave up on a stretch. */
  readonly statusAfterAbort: "due" | "lost";
  /** A START, address, STOP without data hangs bootloaders before protocol 1.2 until their time-out. */
  readonly quickWrite: "by protocol" | "ignored" | "hangs";

  readonly maxErasePages: number;
  /**
   * open: number of the first page of bank 2 in Erase, on members that are smaller than the largest. Not set: as the facts have it,
   * which is Open Bootloader's fixed split at the largest member's bank (stm32-mw-openbl, flash_interface.c).
   */
  readonly bank2First?: number;
  /** open: page numbers count modulo this, as where a controller ignores their upper bits. Not set: a number that no page has is passed over. */
  readonly pageNumberModulo?: number;
  /** No-stretch Erase stretches like Erase. */
  readonly noStretchEraseStretches: boolean;
  /** No-stretch Erase holds SCL until the time-out and erases nothing (Open Bootloader v3.0.1 where the flash is busy). */
  readonly noStretchEraseHangs: boolean;
  /** A mass erase holds SCL this long whatever the opcode, because the ROM's code stalls on the same flash. */
  readonly massEraseStallMs: number;
  /** A page list is acknowledged after its first page; what the host writes meanwhile is lost. */
  readonly eraseReturnsEarly: boolean;
  readonly pageList: "all" | "first page only" | "bank 2 stops after one";
  readonly bankErase: "works" | "refused" | "nothing erased" | "bank 2 returns early";
  readonly i2cMassErase: "works" | "bank 2 only";

  /** "before": both ACKs of Readout Unprotect come before the erase (Open Bootloader). */
  readonly readoutUnprotectAcks: "after" | "before";
  readonly readoutUnprotectNeedsPowerCycle: boolean;
  /** Write Unprotect (0x73) over I2C carries out a Readout Unprotect. */
  readonly writeUnprotectErasesChip: boolean;
  /** Option bytes written over UART count only after a power cycle. */
  readonly uartOptionReloadMissing: boolean;
  /** Get, Get Version and Get ID work at readout level 2, entered by the boot pins. */
  readonly level2Commands: boolean;
  /** AN4221's table 2 suggests that Get Checksum works while protected; the AN3155 charts forbid it. */
  readonly checksumWhileProtected: boolean;
  /** Get lists Get Checksum, and nothing handles it: NACK (Open Bootloader v3.0.1; a G070 in the field). */
  readonly checksumUnhandled: boolean;

  /** ACKs between the initial value and the CRC on UART. */
  readonly uartChecksumAcks: 1 | 2;
  /** Polynomial and initial value are acknowledged and ignored. */
  readonly checksumParametersIgnored: boolean;
  /** A refused Read or Write answers two NACKs on UART while protected. */
  readonly doubleNack: boolean;
  /** No NACK for an unsupported address (before UART protocol 3.1): the next two bytes are a command. */
  readonly silentAddress: boolean;
  readonly doubleSyncAck: boolean;
  /** UART and SPI: the ACK after the Go opcode is missing. */
  readonly goFirstAckMissing: boolean;
  readonly goBroken: boolean;
  /** Go refuses an initial stack pointer above the end of RAM minus this; undefined: no check. */
  readonly goStackReserve?: number;
  /** Added to N of the Get reply without more opcodes following. */
  readonly getCountExtra: number;
  /** UART Get Version and Get answer this byte instead of the protocol's. */
  readonly uartVersionByte?: number;

  /** open: whether a dummy byte comes in front of SPI replies. ROMs are said to send it (AN4286); Open Bootloader v6.1.3 sends none when it is quick. */
  readonly spiDummy: "sent" | "none";
  /** What comes in front of an ACK: 00, DB from Open Bootloader 7.0.0. */
  readonly spiLead: number;
  /** Least time between two bytes on SPI: AN4286 says 15, AN2606 8. */
  readonly spiGapUs: number;
  /** What the receiver keeps while the ROM is busy on SPI. */
  readonly spiFifoBytes: number;
  /** While the flash stalls the core MISO repeats the last ACK (AN4286 rev 15, old ROMs). */
  readonly spiStaleRing: boolean;

  /** What the flash size register says, in KiB: 65535 on parts where it was never programmed; undefined: the truth. */
  readonly sizeRegisterKiB?: number;
  /** A misaligned write makes all later writes fail until reset (AN2606 rev 70, alignment of writes). */
  readonly misalignedPoisons: boolean;
  /** Answer to programming what is not erased. Documents promise NACK, ROMs seen answer ACK. */
  readonly programErrorAnswer: "ack" | "nack";
  /** Reading a page that an interruption left with wrong ECC resets the chip (H7). */
  readonly damagedReadResets: boolean;
  /** A Special packet that is too long: swallowed and refused, or refused at once and the rest taken as commands. */
  readonly specialOversize: "consume" | "desync";
  /** The bootloader clears the flag of the empty check when it starts. */
  readonly emptyFlagCleared: boolean;
  /** open: RM0444 only warns that option bytes which do not fit their inverses may lock the chip for ever. */
  readonly brokenOptionsLock: boolean;

  /** open: AN2606 says which RAM the bootloader uses, not that it leaves the rest alone when it starts. */
  readonly startOverwritesRam: boolean;
  /** What runs after a program in RAM has reset the chip: a BOOT0 that is not held, or a core that needs a power cycle. */
  readonly afterRamProgram: "as selected" | "application" | "nothing";
  /** A program in RAM that loads from this address of the flash or a later one faults; undefined: none does but on damaged ECC. */
  readonly programFaultsFrom?: number;
}

export const NO_QUIRKS: ChipQuirks = {
  wrongFrame: "hold",
  wrongRead: "late",
  surplusBytes: "held",
  emptySpecial: "status byte",
  timeoutDuringOperation: false,
  statusAfterAbort: "due",
  quickWrite: "by protocol",
  maxErasePages: 512,
  noStretchEraseStretches: false,
  noStretchEraseHangs: false,
  massEraseStallMs: 0,
  eraseReturnsEarly: false,
  pageList: "all",
  bankErase: "works",
  i2cMassErase: "works",
  readoutUnprotectAcks: "after",
  readoutUnprotectNeedsPowerCycle: false,
  writeUnprotectErasesChip: false,
  uartOptionReloadMissing: false,
  level2Commands: false,
  checksumWhileProtected: false,
  checksumUnhandled: false,
  uartChecksumAcks: 2,
  checksumParametersIgnored: false,
  doubleNack: false,
  silentAddress: false,
  doubleSyncAck: false,
  goFirstAckMissing: false,
  goBroken: false,
  getCountExtra: 0,
  misalignedPoisons: false,
  programErrorAnswer: "ack",
  spiDummy: "sent",
  spiLead: 0x00,
  spiGapUs: 15,
  spiFifoBytes: 1,
  spiStaleRing: false,
  damagedReadResets: false,
  specialOversize: "consume",
  emptyFlagCleared: false,
  brokenOptionsLock: false,
  startOverwritesRam: false,
  afterRamProgram: "as selected",
};

/** Values of the quirks that are neither a switch nor a number. */
export const QUIRK_CHOICES = {
  wrongFrame: ["hold", "refuse"],
  wrongRead: ["late", "finished"],
  surplusBytes: ["held", "next frame"],
  emptySpecial: ["status byte", "no bytes"],
  statusAfterAbort: ["due", "lost"],
  quickWrite: ["by protocol", "ignored", "hangs"],
  pageList: ["all", "first page only", "bank 2 stops after one"],
  bankErase: ["works", "refused", "nothing erased", "bank 2 returns early"],
  i2cMassErase: ["works", "bank 2 only"],
  readoutUnprotectAcks: ["after", "before"],
  programErrorAnswer: ["ack", "nack"],
  spiDummy: ["sent", "none"],
  specialOversize: ["consume", "desync"],
  afterRamProgram: ["as selected", "application", "nothing"],
} as const satisfies Partial<{ [K in keyof ChipQuirks]: readonly ChipQuirks[K][] }>;

/** Those that NO_QUIRKS leaves out because "not set" is their rest position. */
const NUMBERS = [
  "bank2First",
  "pageNumberModulo",
  "goStackReserve",
  "uartVersionByte",
  "sizeRegisterKiB",
  "programFaultsFrom",
] as const satisfies readonly (keyof ChipQuirks)[];

export const QUIRK_NAMES: readonly string[] = [...Object.keys(NO_QUIRKS), ...NUMBERS];

interface QuirkRow {
  readonly productId: number;
  /** All versions when absent. */
  readonly versions?: readonly string[];
  readonly quirks: Partial<ChipQuirks>;
  readonly source: string;
}

const DOUBLE_NACK = "limitation: two NACKs for Read and Write under readout protection";
const SILENT = "limitation: no NACK for an unsupported address";
const FLAG = "limitation: the empty-check flag is cleared at start-up";

/** Later rows add to earlier ones. */
export const QUIRK_ROWS: readonly QuirkRow[] = [
  { productId: 0x411, versions: ["V2.0", "V3.2"], quirks: { silentAddress: true }, source: SILENT },
  { productId: 0x413, versions: ["V3.0"], quirks: { silentAddress: true }, source: SILENT },
  { productId: 0x416, versions: ["V2.0"], quirks: { silentAddress: true }, source: SILENT },
  { productId: 0x429, versions: ["V2.0"], quirks: { silentAddress: true }, source: SILENT },
  { productId: 0x411, versions: ["V3.3"], quirks: { doubleNack: true }, source: DOUBLE_NACK },
  { productId: 0x413, versions: ["V3.1", "V9.0"], quirks: { doubleNack: true }, source: DOUBLE_NACK },
  { productId: 0x427, versions: ["V4.0"], quirks: { doubleNack: true }, source: DOUBLE_NACK },
  { productId: 0x436, versions: ["V4.5"], quirks: { doubleNack: true }, source: DOUBLE_NACK },
  { productId: 0x437, versions: ["V4.0"], quirks: { doubleNack: true }, source: DOUBLE_NACK },
  { productId: 0x440, versions: ["V2.1"], quirks: { doubleNack: true }, source: DOUBLE_NACK },
  { productId: 0x444, versions: ["V1.0"], quirks: { doubleNack: true }, source: DOUBLE_NACK },
  {
    productId: 0x418,
    versions: ["V1.0", "V2.0"],
    quirks: { uartVersionByte: 0x20 },
    source: "limitation: Get Version returns 0x20 instead of 0x22",
  },
  {
    productId: 0x436,
    versions: ["V4.2"],
    quirks: { goStackReserve: 1 },
    source: "limitation: a stack at the very top of SRAM is refused",
  },
  {
    productId: 0x447,
    quirks: { maxErasePages: 511 },
    source: "an L082 refused a list of 512 and took 511; seen by authors of host programs",
  },
  { productId: 0x44c, versions: ["V11.0"], quirks: { emptyFlagCleared: true }, source: FLAG },
  { productId: 0x44d, versions: ["V18.1"], quirks: { emptyFlagCleared: true }, source: FLAG },
  { productId: 0x459, versions: ["V11.1"], quirks: { emptyFlagCleared: true }, source: FLAG },
  { productId: 0x489, versions: ["V13.0"], quirks: { emptyFlagCleared: true }, source: FLAG },
  { productId: 0x493, versions: ["V13.1"], quirks: { emptyFlagCleared: true }, source: FLAG },
  {
    productId: 0x449,
    versions: ["V7.0"],
    quirks: { level2Commands: true },
    source: "AN2606 rev 70: level 2 answers Get, Get Version and Get ID",
  },
  {
    productId: 0x450,
    versions: ["V13.2"],
    quirks: { goBroken: true, i2cMassErase: "bank 2 only" },
    source: "limitation: Go does not work; I2C mass erase clears bank 2 only",
  },
  {
    productId: 0x450,
    versions: ["V13.3"],
    quirks: { bankErase: "nothing erased" },
    source: "limitation: bank erase does not work over USART, SPI and I2C",
  },
  {
    productId: 0x450,
    versions: ["V9.0", "V9.1", "V9.2"],
    quirks: { goStackReserve: 16 },
    source: "limitation: the stack pointer must be below the end of RAM minus 16",
  },
  {
    productId: 0x450,
    versions: ["V9.0"],
    quirks: { goFirstAckMissing: true, getCountExtra: 2 },
    source: "limitation: first ACK of Go not sent; Get reports 13 commands instead of 11",
  },
  {
    productId: 0x450,
    versions: ["V9.1"],
    quirks: { bankErase: "bank 2 returns early" },
    source: "limitation: bank 2 erase returns before it is finished",
  },
  {
    productId: 0x450,
    quirks: { damagedReadResets: true },
    source:
      "the flash of H7 has ECC: a double error, as an interruption leaves it, faults the read (RM0433, embedded flash)",
  },
  { productId: 0x480, quirks: { damagedReadResets: true }, source: "as H74x (RM0455, embedded flash)" },
  { productId: 0x483, quirks: { damagedReadResets: true }, source: "as H74x (RM0468, embedded flash)" },
  {
    productId: 0x452,
    quirks: { massEraseStallMs: 7000 },
    source: "an F723 held SCL for 7 s in a mass erase with 0x45; reported by host authors",
  },
  {
    productId: 0x454,
    versions: ["V14.1"],
    quirks: { pageList: "first page only" },
    source: "limitation: erase of several pages only erases the first one",
  },
  {
    productId: 0x456,
    versions: ["V5.1"],
    quirks: { noStretchEraseStretches: true },
    source: "limitation: no-stretch erase does not send 0x76 and stretches",
  },
  {
    productId: 0x460,
    versions: ["V11.2"],
    quirks: { uartOptionReloadMissing: true },
    source: "limitation: the option-byte launch is missing over USART",
  },
  {
    productId: 0x460,
    versions: ["V11.3"],
    quirks: { eraseReturnsEarly: true, emptyFlagCleared: true },
    source: "limitation: erase of several pages does not wait for completion; empty-check flag cleared",
  },
  {
    productId: 0x461,
    versions: ["V9.3"],
    quirks: { bankErase: "refused" },
    source: "limitation: bank erase codes are NACKed",
  },
  {
    productId: 0x464,
    versions: ["V13.1"],
    quirks: { doubleSyncAck: true },
    source: "limitation: two ACKs answer the synchronisation byte",
  },
  {
    productId: 0x467,
    versions: ["V13.0", "V9.2"],
    quirks: { pageList: "bank 2 stops after one", emptyFlagCleared: true },
    source:
      "limitation: several pages of bank 2 in one command fail after the first; empty-check flag cleared",
  },
  {
    productId: 0x494,
    versions: ["V11.1"],
    quirks: { writeUnprotectErasesChip: true },
    source: "limitation: 0x73 performs a Readout Unprotect",
  },
  {
    productId: 0x495,
    versions: ["V13.5"],
    quirks: { writeUnprotectErasesChip: true, readoutUnprotectNeedsPowerCycle: true },
    source: "limitation: 0x73 performs a Readout Unprotect, which ends in a plain reset",
  },
  {
    productId: 0x496,
    versions: ["V13.5"],
    quirks: { writeUnprotectErasesChip: true, readoutUnprotectNeedsPowerCycle: true },
    source: "limitation: as 0x495",
  },
];

/** What the rows say about one ROM. */
export const quirksOf = (productId: number, version: string): Partial<ChipQuirks> =>
  Object.assign(
    {},
    ...QUIRK_ROWS.filter(
      (row) => row.productId === productId && (row.versions === undefined || row.versions.includes(version)),
    ).map((row) => row.quirks),
  ) as Partial<ChipQuirks>;
