/** Command lines over I2C. */
import type { Differing } from "./differences.js";
import type { Case, ChipSetup } from "./rig.js";

/** 64 KiB in pages of 2 KiB, protocol 1.2 with Get Checksum, as large as 0.7's table has it. */
const G031: ChipSetup = { name: "stm32g031", flash: 64 };
/** The same product ID with half the flash. */
const SMALL_G031: ChipSetup = { name: "stm32g031", flash: 32 };
/** Protocol 1.0: commands that stretch, no checksum. */
const F072: ChipSetup = { name: "stm32f072", flash: 64 };
/** Protocol 1.1, sectors. */
const F411: ChipSetup = { name: "stm32f411", flash: 256 };
/** Erased flash reads 00, no mass erase. */
const L071: ChipSetup = { name: "stm32l071", flash: 64 };

const RAM = { address: 0x2000_1000, length: 128 };

type Entry = Omit<Case, "bus" | "line" | "status" | "chip"> & {
  readonly chip?: ChipSetup;
  readonly differs?: Differing;
};

const i2c = (status: 0 | 1, line: string, entry: Entry = {}): Case & { differs?: Differing } => ({
  bus: "i2c",
  chip: G031,
  status,
  line,
  ...entry,
});

export const I2C_CASES = [
  // ---- who is there ----
  i2c(0, "-a ADDRESS PORT"),
  i2c(0, "PORT -a ADDRESS -b 9600", { differs: ["unused-options", "status"] }),
  i2c(0, "PORT -a ADDRESS -m 8n1", { differs: ["unused-options", "status"] }),
  i2c(0, "-a ADDRESS -c PORT", { differs: ["unused-options", "status"] }),
  i2c(0, "-a ADDRESS PORT", { chip: { ...G031, rdp: 1 } }),
  i2c(1, "PORT"),
  i2c(1, "-a 0x3a PORT"),
  i2c(1, "-a 0xac PORT"),
  i2c(1, "-a 0x02 PORT"),
  i2c(1, "-a ADDRESS /dev/i2c-9"),
  i2c(0, "-a ADDRESS -i , PORT"),
  i2c(0, "-a ADDRESS -i rts PORT", { differs: ["signals-on-i2c", "status"] }),

  // ---- write ----
  i2c(0, "-a ADDRESS -w 5000.bin -v PORT"),
  i2c(0, "-a ADDRESS -w 5000.bin -v PORT", { chip: F072 }),
  i2c(0, "-a ADDRESS -w 5000.bin -v PORT", { chip: F411 }),
  i2c(0, "-a ADDRESS -w 5000.bin -v PORT", { chip: L071 }),
  i2c(0, "-a ADDRESS -w 5000.bin -v PORT", { chip: SMALL_G031 }),
  i2c(0, "-a ADDRESS -w 101.bin PORT"),
  i2c(0, "-a ADDRESS -w plain.hex -v -g 0 PORT", { differs: ["go-blank", "status", "state"] }),
  i2c(0, "-a ADDRESS -F 32:34 -w 5000.bin -v PORT"),
  i2c(0, "-a ADDRESS -w page.bin -S 0x08001000 PORT"),
  i2c(0, "-a ADDRESS -w - -S 0x08001000:4096 PORT", { stdin: "5000.bin" }),
  i2c(0, "-a ADDRESS -w - PORT", { stdin: "101.bin" }),
  i2c(0, "-a ADDRESS -w page.bin -e 0 PORT", { chip: { ...G031, blank: true } }),
  i2c(0, "-a ADDRESS -w 101.bin -v -S 0x20001000 PORT", { watch: RAM }),
  i2c(1, "-a ADDRESS -w page.bin PORT", { chip: { ...G031, rdp: 1 } }),
  i2c(0, "-a ADDRESS -w page.bin PORT", {
    chip: { ...G031, wrp: [0] },
    differs: ["always-verified", "status"],
  }),
  i2c(1, "-a ADDRESS -w big.bin PORT", { chip: SMALL_G031, differs: ["too-large", "flash"] }),
  i2c(0, "-a ADDRESS -w 5000.bin -S 0x08001080 PORT", { differs: ["partly-covered-pages", "flash"] }),
  i2c(0, "-a ADDRESS -w bad-sum.hex PORT", { differs: ["damaged-files", "status", "flash"] }),

  // ---- read, CRC ----
  i2c(0, "-a ADDRESS -r OUT PORT"),
  i2c(0, "-a ADDRESS -r - -S 0x08000100:333 PORT"),
  i2c(0, "-a ADDRESS -r OUT -s 1 -e 2 PORT", { chip: F072 }),
  i2c(1, "-a ADDRESS -r OUT PORT", { chip: { ...G031, rdp: 1 }, differs: ["failed-reads", "file"] }),
  i2c(1, "-a ADDRESS -r OUT PORT", { chip: SMALL_G031, differs: ["flash-size", "status"] }),
  i2c(0, "-a ADDRESS -C PORT"),
  i2c(0, "-a ADDRESS -C -S 0x08000000:256 PORT"),
  i2c(0, "-a ADDRESS -C -S 0x08000000:256 PORT", { chip: F072 }),
  i2c(1, "-a ADDRESS -C -S 0x08000000:10 PORT"),
  i2c(1, "-a ADDRESS -C PORT", { chip: SMALL_G031, differs: ["flash-size", "status", "crc"] }),
  i2c(1, "-a ADDRESS -C -S 0x20001000:64 PORT", { differs: ["crc-elsewhere", "status", "crc"] }),

  // ---- erase, protection, leaving ----
  i2c(0, "-a ADDRESS -o PORT"),
  i2c(0, "-a ADDRESS -o PORT", { chip: L071 }),
  i2c(0, "-a ADDRESS -o -s 1 -e 2 PORT"),
  i2c(0, "-a ADDRESS -o -s 1 -e 2 PORT", { chip: F411 }),
  i2c(1, "-a ADDRESS -o -S 0x08000000:100 PORT"),
  i2c(1, "-a ADDRESS -o PORT", { chip: { ...G031, rdp: 1 } }),
  i2c(0, "-a ADDRESS -j PORT"),
  i2c(0, "-a ADDRESS -k PORT", { chip: { ...G031, rdp: 1 } }),
  i2c(0, "-a ADDRESS -u PORT", { chip: { ...F072, wrp: [0] } }),
  i2c(0, "-a ADDRESS -g 0 PORT"),
  i2c(0, "-a ADDRESS -R PORT"),
  i2c(1, "-a ADDRESS -R PORT", { chip: { ...G031, rdp: 1 } }),
  i2c(0, "-a ADDRESS -g 0x30000000 PORT", { differs: ["go-refused", "status"] }),
] as const satisfies readonly (Case & { differs?: Differing })[];
