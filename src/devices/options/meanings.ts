/** What the fields of the option bytes mean, by name: in our words, from the reference manuals' chapters on option bytes. */
export interface Meaning {
  readonly names: readonly string[];
  readonly meaning: string;
  readonly values?: Readonly<Record<number, string>>;
}

export const MEANINGS: readonly Meaning[] = [
  {
    names: [
      "AGC_TRIM",
      "HSE_NOT_REMAPPED",
      "HUK_PUF",
      "IWDG2_SW",
      "NRST_STBY_D2",
      "NRST_STOP_D2",
      "PA15_PUPEN",
      "PB4_PUEN",
      "SECURE_MUXING_EN",
      "SRAM1345_RST",
      "USBPD_DIS",
    ],
    meaning: "left as it is read",
  },
  { names: ["BCM4", "BCM7"], meaning: "core starts at reset", values: { 0: "held", 1: "starts" } },
  {
    names: ["BFB2"],
    meaning:
      "start from bank 2 through the ROM; on F42x/46x and L4 the ROM itself decides and jumps into a bank with valid code. Whether BOOT0 = 1 still stays in the ROM is not known",
    values: {
      0: "off (L4, G4, F4; L0: bank 1). F1 XL: bank 2",
      1: "on (L4, G4, F4; L0: bank 2). F1 XL: bank 1",
    },
  },
  { names: ["BKPRAM_ECC", "SRAM1_ECC", "SRAM2_ECC", "SRAM3_ECC"], meaning: "RAM ECC (0 = checked on U5/H5)" },
  {
    names: [
      "BOOT_ADD0",
      "BOOT_CM4_ADD0",
      "BOOT_CM7_ADD0",
      "NSBOOTADD",
      "NSBOOTADD0",
      "SECBOOTADD",
      "SECBOOTADD0",
    ],
    meaning: "start address with BOOT0 = 0",
  },
  {
    names: ["BOOT_ADD1", "BOOT_CM4_ADD1", "BOOT_CM7_ADD1", "NSBOOTADD1"],
    meaning: "start address with BOOT0 = 1: must stay the ROM",
  },
  {
    names: ["BOOT_LOCK"],
    meaning:
      "forces the start from main flash whatever pin and other bits say; together with RDP level 1 debug is off as well, so nobody gets in any more unless the firmware opens it",
    values: { 0: "normal selection", 1: "flash only" },
  },
  {
    names: ["BOOT_SEL"],
    meaning: "who decides BOOT0 (sense opposite to nBOOT_SEL)",
    values: { 0: "bit nBOOT0 (pin ignored)", 1: "BOOT0 pin" },
  },
  {
    names: ["BOOT_UBE"],
    meaning: "which root of trust starts (H56x/57x)",
    values: { 0xb4: "user flash", 0xc3: "system flash (ST)" },
  },
  {
    names: ["BOR_EN"],
    meaning: "brown-out reset on or off (a level above the supply keeps the chip in reset)",
    values: { 0: "off", 1: "on" },
  },
  {
    names: ["BORF_LEV", "BORH_EN", "BORR_LEV", "BOR_LEV"],
    meaning: "threshold; above the real supply the chip never leaves reset",
  },
  {
    names: [
      "BRSD",
      "BRSD_A",
      "BRSD_B",
      "C2OPT",
      "DDS",
      "FSD",
      "NBRSD",
      "SBRSA",
      "SBRSA_A",
      "SBRSA_B",
      "SBRV",
      "SFSA",
      "SNBRSA",
    ],
    meaning: "belongs to CPU2 and its radio stack; left as it is read (CPU1 cannot change most of it)",
  },
  { names: ["C2BOOT_LOCK"], meaning: "BOOT_LOCK of CPU2 (Cortex-M0+)", values: { 0: "normal", 1: "locked" } },
  {
    names: ["CCMSRAM_RST", "SRAM1_3_RST", "SRAM1_RST", "SRAM2RST", "SRAM2_RST", "SRAM_RST"],
    meaning: "RAM cleared at system reset",
    values: { 0: "cleared", 1: "kept" },
  },
  {
    names: ["CPU_FREQ_BOOST", "ST_RAM_SIZE", "TCM_AXI_SHARED"],
    meaning: "RAM split or clock; left as it is read",
  },
  { names: ["Data0", "Data1"], meaning: "free user byte" },
  {
    names: ["DB1M", "DB256", "DUALBANK", "DUAL_BANK", "DualBank"],
    meaning: "members below full size: one bank or two; page numbers change",
    values: { 0: "one bank", 1: "two banks" },
  },
  {
    names: ["DBANK"],
    meaning: "bank layout; page size and numbering change, contents become unreadable or wrong (ECC)",
    values: { 0: "one bank, 128-bit", 1: "two banks, 64-bit" },
  },
  {
    names: [
      "DMEP",
      "DMEP1",
      "DMEP2",
      "DMES",
      "DMES1",
      "DMES2",
      "PROT_AREA_END",
      "PROT_AREA_END1",
      "PROT_AREA_END2",
      "PROT_AREA_START",
      "PROT_AREA_START1",
      "PROT_AREA_START2",
      "SEC_AREA_END",
      "SEC_AREA_END1",
      "SEC_AREA_END2",
      "SEC_AREA_START",
      "SEC_AREA_START1",
      "SEC_AREA_START2",
    ],
    meaning: "protected or secure-only area; removal needs regression",
  },
  { names: ["EDATA1_EN"], meaning: "part of the flash becomes data flash" },
  { names: ["EDATA1_STRT"], meaning: "size of the data flash" },
  { names: ["ESE"], meaning: "read-only: security of CPU2 is on" },
  {
    names: [
      "FZ_IWDG_SDBY",
      "FZ_IWDG_STOP",
      "IWDGSTDBY",
      "IWDGSTOP",
      "IWDG_FZ_SDBY",
      "IWDG_FZ_STOP",
      "IWDG_STDBY",
      "IWDG_STOP",
    ],
    meaning: "watchdog in low-power mode",
    values: { 0: "frozen", 1: "runs" },
  },
  {
    names: ["GPIO_MODE_PB11", "RESET_MODE_PB11"],
    meaning: "WB1x: together they make the reset pin a GPIO or input only",
  },
  {
    names: ["HDP1EN", "HDP1_END", "HDP1_PEND", "HDP1_STRT", "HDP2EN", "HDP2_PEND"],
    meaning: "hide protection area",
  },
  {
    names: ["IO_HSLV", "IO_VDDIO2_HSLV", "IO_VDD_HSLV", "VDDIO_HSLV", "VDDMMC_HSLV"],
    meaning: "for supplies below 2.5 to 2.7 V only: at a higher supply the pads can be damaged",
  },
  { names: ["IPCCDBA"], meaning: "mailbox address; left as it is read" },
  {
    names: ["IRH", "IRHEN"],
    meaning: "internal reset holds NRST low until seen low",
    values: { 0: "short pulse", 1: "held" },
  },
  { names: ["IROT_SELECT"], meaning: "root of trust choice; left as it is read" },
  {
    names: ["IWDG1_SW", "IWDGSW", "IWDG_SW", "WDG_SW"],
    meaning:
      "0 starts the watchdog at reset, the ROM included; AN2606 says the ROM slows and refreshes it. Firmware that does not refresh it resets for ever",
    values: { 0: "hardware start", 1: "software start" },
  },
  { names: ["LOCKBL", "OTPL"], meaning: "each bit locks an OTP block for ever" },
  {
    names: ["nBFB2"],
    meaning: "L1 with two banks: which bank flash start uses",
    values: { 0: "bank 2", 1: "bank 1" },
  },
  {
    names: ["nBOOT0"],
    meaning: "inverted BOOT0 value, used only where the selector bit says so",
    values: { 0: "as if BOOT0 = 1 (ROM or SRAM by nBOOT1)", 1: "as if BOOT0 = 0 (flash)" },
  },
  {
    names: ["nBOOT1"],
    meaning: "what BOOT0 = 1 starts",
    values: { 0: "SRAM: the ROM cannot be reached with BOOT0 = 1", 1: "ROM bootloader" },
  },
  {
    names: ["nBOOT_SEL"],
    meaning: "who decides BOOT0: the pin or the bit nBOOT0",
    values: { 0: "BOOT0 pin", 1: "bit nBOOT0 (pin ignored)" },
  },
  {
    names: ["nDBANK"],
    meaning: "bank layout; contents are not usable after a change",
    values: { 0: "two banks, 128-bit", 1: "one bank, 256-bit" },
  },
  { names: ["nDBOOT"], meaning: "F76x/77x dual boot through the ROM", values: { 0: "on", 1: "off" } },
  {
    names: ["NRST_MODE"],
    meaning:
      "2 makes the reset pin a GPIO: a host that starts the ROM by NRST cannot any more (power cycling still can)",
    values: { 0: "reserved", 1: "input only", 2: "GPIO", 3: "both ways (usual)" },
  },
  {
    names: [
      "NRST_STBY",
      "NRST_STBY_D1",
      "NRST_STDBY",
      "NRST_STOP",
      "NRST_STOP_D1",
      "nRSTSHDW",
      "nRST_SHDW",
      "nRST_STDBY",
      "nRST_STOP",
    ],
    meaning: "0 turns entering that mode into a reset",
    values: { 0: "reset", 1: "no reset" },
  },
  { names: ["NS_EPOCH", "SEC_EPOCH"], meaning: "counters that only grow" },
  {
    names: ["NSBOOT_LOCK", "SECBOOT_LOCK"],
    meaning: "0xB4 freezes boot address (and bank swap)",
    values: { 0xc3: "open", 0xb4: "frozen" },
  },
  {
    names: ["nSWAP_BANK"],
    meaning: "which bank is seen at 0x08000000; inverted",
    values: { 0: "swapped", 1: "not swapped" },
  },
  {
    names: ["nSWBOOT0"],
    meaning: "who decides BOOT0",
    values: { 0: "bit nBOOT0 (pin ignored)", 1: "BOOT0 pin" },
  },
  { names: ["NVSTATE"], meaning: "H7R/S life cycle", values: { 0xb4: "open", 0x51: "closed" } },
  {
    names: [
      "PCROP1A_END",
      "PCROP1A_STRT",
      "PCROP1B_END",
      "PCROP1B_STRT",
      "PCROP1_END",
      "PCROP1_STRT",
      "PCROP2A_END",
      "PCROP2A_STRT",
      "PCROP2B_END",
      "PCROP2B_STRT",
    ],
    meaning:
      "read-protected code area (start, end); once active it can only grow; removal needs PCROP_RDP = 1 and RDP level 1 to 0",
  },
  {
    names: ["PCROP_RDP"],
    meaning:
      "erase of PCROP areas on leaving RDP level 1; can be set, is cleared by the full mass erase only",
    values: { 0: "areas kept", 1: "areas erased" },
  },
  {
    names: ["PRODUCT_STATE"],
    meaning: "life cycle of H5; only forward, back only by authenticated regression (erases); 0xED is open",
    values: {
      0xed: "open",
      0x17: "provisioning",
      0x2e: "iRoT provisioned",
      0xc6: "TZ closed (not H503)",
      0x72: "closed",
      0x5c: "locked, final",
      0x9a: "regression",
    },
  },
  {
    names: ["RAM_PARITY", "RAM_PARITY_CHECK", "SRAM2PE", "SRAM2_PE", "SRAM_PE"],
    meaning: "RAM parity check; unwritten RAM faults when read",
    values: { 0: "checked", 1: "not checked" },
  },
  {
    names: ["RDP"],
    meaning:
      "readout protection. Level-2 code can never be undone on most families; leaving level 1 erases the flash; under level 1 the ROM refuses Read, Write, Erase, Go",
    values: { 0xaa: "level 0, open", 0xcc: "level 2, final" },
  },
  {
    names: ["SDADC12_VDD", "VDDA_MONITOR"],
    meaning: "analogue supply supervisor",
    values: { 0: "off", 1: "on" },
  },
  {
    names: ["SEC_SIZE", "SEC_SIZE1", "SEC_SIZE2"],
    meaning:
      "securable area: hidden after the firmware sets its bit; not erasable then; change needs RDP level 0",
  },
  {
    names: ["SECURITY"],
    meaning: "H7 security functions; no way back once a secure area exists",
    values: { 0: "off", 1: "on" },
  },
  {
    names: ["SECWM1_END", "SECWM1_PEND", "SECWM1_PSTRT", "SECWM1_STRT", "SECWM2_PEND", "SECWM2_PSTRT"],
    meaning: "secure area of bank (TrustZone)",
  },
  {
    names: ["SPRMOD", "WPRMOD"],
    meaning:
      "turns the write-protection bits into PCROP bits with the opposite sense; goes away only with RDP level 1 to 0 and its mass erase",
    values: { 0: "write protection", 1: "PCROP" },
  },
  {
    names: ["SWAP_BANK", "SWAP_BANK_OPT"],
    meaning: "which bank is seen at 0x08000000; the other firmware starts",
    values: { 0: "not swapped", 1: "swapped" },
  },
  {
    names: ["TZEN"],
    meaning: "TrustZone; switching it off again needs a protection-level regression that erases",
  },
  {
    names: ["UNLOCK1A", "UNLOCK_1A", "UNLOCK_1B", "UNLOCK_2A", "UNLOCK_2B"],
    meaning: "0 freezes that write-protected area",
    values: { 0: "frozen", 1: "changeable" },
  },
  {
    names: [
      "WRP0",
      "WRP16",
      "WRP1A_END",
      "WRP1A_PEND",
      "WRP1A_PSTRT",
      "WRP1A_STRT",
      "WRP1B_END",
      "WRP1B_PEND",
      "WRP1B_PSTRT",
      "WRP1B_STRT",
      "WRP24",
      "WRP2A_END",
      "WRP2A_PEND",
      "WRP2A_PSTRT",
      "WRP2A_STRT",
      "WRP2B_END",
      "WRP2B_PEND",
      "WRP2B_PSTRT",
      "WRP2B_STRT",
      "WRP32",
      "WRP48",
      "WRP64",
      "WRP8",
      "WRP80",
      "WRPOT0",
      "WRPOT1",
      "WRPOT16",
      "WRPOT32",
      "WRPS",
      "WRPSGn1",
      "nWRP0",
      "nWRP16",
      "nWRP24",
      "nWRP32",
      "nWRP6",
      "nWRP8",
    ],
    meaning:
      "write protection; ROM writes there are lost without a word. Changed by Write Protect/Unprotect too",
  },
  {
    names: ["WWDGSW", "WWDG_SW"],
    meaning: "0 starts the window watchdog at reset; no document found that the ROM serves it",
    values: { 0: "hardware start", 1: "software start" },
  },
];
