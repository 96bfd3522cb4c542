/** Command lines over UART. What 0.7 returns stands with each; a difference is named by its key in differences.ts. */
import type { Differing } from "./differences.js";
import type { Case, ChipSetup } from "./rig.js";

/** 32 KiB in pages of 1 KiB, Extended Erase, as large as 0.7's table has it. */
const F030: ChipSetup = { name: "stm32f030f4" };
/** Legacy Erase, 128 KiB in pages of 1 KiB. */
const F103: ChipSetup = { name: "stm32f103cb" };
/** The same product ID with half the flash. */
const SMALL_F103: ChipSetup = { name: "stm32f103c8", flash: 64 };
/** Erased flash reads 00, no mass erase, pages of 128 bytes. */
const L053: ChipSetup = { name: "stm32l053" };
/** Sectors of 16, 64 and 128 KiB. */
const F407: ChipSetup = { name: "stm32f407", flash: 512 };
const G071: ChipSetup = { name: "stm32g071" };
const C031: ChipSetup = { name: "stm32c031" };

const RAM = { address: 0x2000_0900, length: 128 };

type Entry = Omit<Case, "bus" | "line" | "status" | "chip"> & {
  readonly chip?: ChipSetup;
  readonly differs?: Differing;
};

const uart = (status: 0 | 1, line: string, entry: Entry = {}): Case & { differs?: Differing } => ({
  bus: "uart",
  chip: F030,
  status,
  line,
  ...entry,
});

export const UART_CASES = [
  // ---- who is there ----
  uart(0, "-m 8n1 PORT"),
  uart(0, "PORT -m 8N1 -b 115200"),
  uart(0, "-m8n1 -- PORT"),
  uart(0, "-m 8n1 PORT", { chip: { ...F030, rdp: 1 } }),
  uart(0, "-m 8n1 -c PORT", { before: "-m 8n1 PORT" }),
  uart(0, "-m 8n1 PORT", { before: "-m 8n1 PORT" }),
  uart(1, "-m 8n1 -c PORT"),
  uart(1, "-m 8n1 PORT", { chip: C031, differs: ["newer-chips", "status"] }),

  // ---- what is refused before a port is opened ----
  uart(0, "-h"),
  uart(0, "-w 5000.bin -h PORT"),
  uart(1, "-m 8n1"),
  uart(1, "-m 8n1 PORT PORT"),
  uart(1, "-m 8n1 /dev/ttyNONE"),
  uart(1, "PORT"),
  uart(1, "-m 8x1 PORT"),
  uart(1, "-m 7e1 PORT"),
  uart(1, "-m 8n1 -b 57601 PORT"),
  uart(1, "-m 8n1 -b 128000 PORT", { differs: ["odd-rates", "status"] }),
  uart(1, "-m 8n1 -w 5000.bin -r OUT PORT"),
  uart(1, "-m 8n1 -w 5000.bin -o PORT"),
  uart(1, "-m 8n1 -j -k PORT"),
  uart(1, "-m 8n1 -u -u PORT"),
  uart(1, "-m 8n1 -v PORT"),
  uart(1, "-m 8n1 -o -v PORT"),
  uart(1, "-m 8n1 -w 5000.bin -s 1 -S 0x08000000 PORT"),
  uart(1, "-m 8n1 -w 5000.bin -S 0x08000001 PORT"),
  uart(1, "-m 8n1 -r OUT -S 0x08000000:0 PORT"),
  uart(1, "-m 8n1 -r OUT -S 0x08000000: PORT"),
  uart(1, "-m 8n1 -w 5000.bin -e -1 PORT"),
  uart(1, "-m 8n1 -w 5000.bin -e 70000 PORT"),
  uart(1, "-m 8n1 -F 19 PORT"),
  uart(1, "-m 8n1 -F 20:5 PORT"),
  uart(0, "-m 8n1 -x PORT", { differs: ["unknown-options", "status"] }),
  uart(0, "-m 8n1 PORT -w", { differs: ["unknown-options", "status"] }),
  uart(0, "-m 8n1 -w page.bin -e abc PORT", { differs: ["bad-numbers", "status", "flash"] }),
  uart(0, "-m 8n1 -g flash PORT", { differs: ["bad-numbers", "status", "state"] }),
  uart(0, "-m 8n1 -w page.bin -S 0x08000400x PORT", { differs: ["bad-numbers", "status", "flash"] }),

  // ---- write ----
  uart(0, "-m 8n1 -w 5000.bin -v PORT"),
  uart(0, "-m8n1 -vw5000.bin PORT"),
  uart(0, "PORT -w 101.bin -m 8n1"),
  uart(0, "-m 8n1 -w page.bin -v -g 0 PORT"),
  uart(0, "-m 8n1 -w 5000.bin -v PORT", { chip: F103 }),
  uart(0, "-m 8n1 -w 5000.bin -v PORT", { chip: L053 }),
  uart(0, "-m 8n1 -w 101.bin -v PORT", { chip: L053 }),
  uart(0, "-m 8n1 -w 5000.bin -v PORT", { chip: F407 }),
  uart(0, "-m 8n1 -w 5000.bin -v PORT", { chip: G071 }),
  uart(0, "-m 8n1 -w 5000.bin -F 64:64 -v PORT"),
  uart(0, "-m 8n1 -w 101.bin -F 20:18 -v PORT"),
  uart(0, "-m 8n1 -w 101.bin -F 20:6 PORT", { differs: ["short-frames", "status", "flash"] }),
  uart(0, "-m 8n1 -w 5000.bin -n 0 PORT"),
  uart(0, "-m 8n1 -w 5000.bin -e 1 PORT"),
  uart(0, "-m 8n1 -w page.bin -e 3 PORT"),
  uart(0, "-m 8n1 -w 5000.bin -e 0 -v PORT", { chip: { ...F030, blank: true } }),
  uart(1, "-m 8n1 -w 5000.bin -e 0 -v -n 0 PORT", { chip: F030, differs: ["write-without-erase", "flash"] }),
  uart(0, "-m 8n1 -w page.bin -S 0x08001000 PORT"),
  uart(0, "-m 8n1 -w 5000.bin -S 0x08001000:2048 PORT"),
  uart(0, "-m 8n1 -w 101.bin -S 0x08001000:2048 PORT"),
  uart(0, "-m 8n1 -w page.bin -S :1024 PORT"),
  uart(0, "-m 8n1 -w text.txt -S 0x08001000 PORT"),
  uart(0, "-m 8n1 -w 5000.bin -S 0x08001080 PORT", { differs: ["partly-covered-pages", "flash"] }),
  uart(0, "-m 8n1 -w 5000.bin -S 0x08001000:100 PORT", { differs: ["partly-covered-pages", "flash"] }),
  uart(0, "-m 8n1 -w mid-page.hex PORT", { differs: ["partly-covered-pages", "flash"] }),
  uart(0, "-m 8n1 -w page.bin -s 3 PORT", { differs: ["page-offset", "flash"] }),
  uart(0, "-m 8n1 -w page.bin -s 200 PORT", { differs: ["page-offset", "status", "flash"] }),
  uart(0, "-m 8n1 -w plain.hex -s 3 PORT", { differs: ["page-offset", "status", "flash"] }),
  uart(1, "-m 8n1 -w none.bin PORT"),
  uart(1, "-m 8n1 -w '' PORT"),
  uart(0, "-m 8n1 -w empty.bin PORT", { differs: ["empty-files", "status", "flash"] }),
  uart(0, "-m 8n1 -w big.bin PORT", { differs: ["too-large", "status", "flash"] }),
  uart(0, "-m 8n1 -w 5000.bin -S 0x08007000:8192 PORT", { differs: ["too-large", "status", "flash"] }),
  uart(0, "-m 8n1 -w 5000.bin -S 0x08007000 PORT", { differs: ["too-large", "status", "flash"] }),
  uart(1, "-m 8n1 -w 5000.bin PORT", { chip: { ...F030, rdp: 1 } }),
  uart(0, "-m 8n1 -w page.bin PORT", { chip: { ...F030, wrp: [0] }, differs: ["always-verified", "status"] }),
  uart(1, "-m 8n1 -w page.bin -v -n 1 PORT", { chip: { ...F030, wrp: [0] } }),
  uart(1, "-m 8n1 -w page.bin -v PORT", { chip: { ...F030, fault: { kind: "refused", status: 15 } }, differs: ["failed-blocks", "status", "flash"] }), // prettier-ignore
  uart(0, "-m 8n1 -w page.bin PORT", { chip: { ...F030, fault: { kind: "not done", operation: 2 } }, differs: ["always-verified", "flash"] }), // prettier-ignore
  uart(0, "-m 8n1 -w page.bin -v PORT", { chip: { ...F030, fault: { kind: "not done", operation: 2 } } }),

  // ---- Intel HEX and others ----
  uart(0, "-m 8n1 -w plain.hex -v PORT"),
  uart(0, "-m 8n1 -w crlf.hex PORT"),
  uart(0, "-m 8n1 -w odd.hex PORT"),
  uart(0, "-m 8n1 -w at-zero.hex PORT"),
  uart(1, "-m 8n1 -w at-4k.hex PORT"),
  uart(0, "-m 8n1 -w plain.hex -f PORT"),
  uart(0, "-m 8n1 -w bad-sum.hex -f PORT"),
  uart(0, "-m 8n1 -w plain.hex -S 0x08001000 PORT"),
  uart(0, "-m 8n1 -w ram.hex PORT", { watch: RAM }),
  uart(0, "-m 8n1 -w gap.hex PORT", { differs: ["gaps", "flash"] }),
  uart(0, "-m 8n1 -w backwards.hex -S 0x08000000 PORT", { differs: ["record-order", "flash"] }),
  uart(0, "-m 8n1 -w bad-sum.hex PORT", { differs: ["damaged-files", "status", "flash"] }),
  uart(0, "-m 8n1 -w cut-short.hex PORT", { differs: ["damaged-files", "status", "flash"] }),
  uart(0, "-m 8n1 -w junk.hex PORT", { differs: ["damaged-files", "status", "flash"] }),
  uart(0, "-m 8n1 -w no-data.hex PORT", { differs: ["empty-files", "status", "flash"] }),
  uart(0, "-m 8n1 -w far.hex PORT", { differs: ["too-large", "status", "flash"] }),
  uart(0, "-m 8n1 -w firmware.s19 PORT", { differs: ["other-formats", "flash"] }),

  // ---- from standard input ----
  uart(0, "-m 8n1 -w - PORT", { stdin: "5000.bin" }),
  uart(0, "-m 8n1 -w - -v -S 0x08001000 PORT", { stdin: "101.bin" }),
  uart(0, "-m 8n1 -w - -v -S 0x08001000:1024 PORT", { stdin: "5000.bin" }),
  uart(0, "-m 8n1 -w - -s 2 -e 1 PORT", { stdin: "101.bin" }),
  uart(0, "-m 8n1 -w - -e 0 -S 0x08001000 PORT", { stdin: "101.bin", chip: { ...F030, blank: true } }),
  uart(0, "-m 8n1 -w - -e 1 PORT", { stdin: "5000.bin", differs: ["too-large", "status", "flash"] }),
  uart(0, "-m 8n1 -w - PORT", { stdin: "empty.bin", differs: ["empty-files", "status", "flash"] }),
  uart(0, "-m 8n1 -w - PORT", { stdin: "plain.hex", differs: ["other-formats", "flash"] }),

  // ---- other memories ----
  uart(0, "-m 8n1 -w 101.bin -v -S 0x20000900 PORT", { watch: RAM }),
  uart(1, "-m 8n1 -w 101.bin -S 0x20000000 PORT"),
  uart(1, "-m 8n1 -w 101.bin -S 0x30000000 PORT"),
  uart(1, "-m 8n1 -w 101.bin -S 0x1fffec00 PORT"),
  uart(0, "-m 8n1 -w 101.bin -S 0x08080000 PORT", {
    chip: L053,
    watch: { address: 0x0808_0000, length: 128 },
  }),
  uart(0, "-m 8n1 -w options-f0.bin -S 0x1ffff800 PORT"),
  uart(1, "-m 8n1 -w options-f0.bin -v -S 0x1ffff800 PORT", { differs: ["option-bytes", "status"] }),
  uart(0, "-m 8n1 -w options-long.bin -S 0x1ffff800 PORT", { differs: ["too-large", "status", "options", "readout", "resets"] }), // prettier-ignore

  // ---- read ----
  uart(0, "-m 8n1 -r OUT PORT"),
  uart(0, "-m 8n1 -r OUT -S 0x08000000:100 PORT"),
  uart(0, "-m 8n1 -r - -S 0x08000120:301 PORT"),
  uart(0, "-m 8n1 -r - PORT"),
  uart(0, "-m 8n1 -r OUT -s 2 -e 3 PORT"),
  uart(0, "-m 8n1 -r OUT -s 30 -e 5 PORT"),
  uart(0, "-m 8n1 -r OUT -F 20:6 -S 0x08000000:200 PORT"),
  uart(0, "-m 8n1 -r OUT -S 0x20000900:64 PORT"),
  uart(0, "-m 8n1 -r OUT -S 0x1fffec00:64 PORT"),
  uart(0, "-m 8n1 -r OUT -S 0x1ffff800 PORT"),
  uart(0, "-m 8n1 -r OUT -S 0x08007ff0:64 PORT"),
  uart(1, "-m 8n1 -r OUT -s 200 PORT"),
  uart(1, "-m 8n1 -r missing/OUT PORT"),
  uart(1, "-m 8n1 -r OUT -S 0x40000000:16 PORT", { differs: ["failed-reads", "file"] }),
  uart(1, "-m 8n1 -r OUT PORT", { chip: { ...F030, rdp: 1 }, differs: ["failed-reads", "file"] }),
  uart(1, "-m 8n1 -r OUT -s 60 PORT", { chip: SMALL_F103, differs: ["flash-size", "status"] }),

  // ---- erase ----
  uart(0, "-m 8n1 -o PORT"),
  uart(0, "-m 8n1 -o PORT", { chip: F103 }),
  uart(0, "-m 8n1 -o PORT", { chip: L053 }),
  uart(0, "-m 8n1 -o -s 2 -e 3 PORT"),
  uart(0, "-m 8n1 -o -s 2 -e 3 PORT", { chip: F103 }),
  uart(0, "-m 8n1 -o -s 4 -e 1 PORT", { chip: F407 }),
  uart(0, "-m 8n1 -o -s 20 PORT"),
  uart(0, "-m 8n1 -o -e 500 PORT"),
  uart(0, "-m 8n1 -o -S 0x08000400:2048 PORT"),
  uart(0, "-m 8n1 -o -S 0x08007c00:2048 PORT"),
  uart(1, "-m 8n1 -o -S 0x08000000:100 PORT"),
  uart(1, "-m 8n1 -o -S 0x08000100:1024 PORT"),
  uart(1, "-m 8n1 -o -s 200 PORT"),
  uart(1, "-m 8n1 -o -s 30 -e 5 PORT"),
  uart(1, "-m 8n1 -o -S 0x20000900:64 PORT"),
  uart(1, "-m 8n1 -o PORT", { chip: { ...F030, rdp: 1 } }),
  uart(0, "-m 8n1 -o PORT", { chip: { ...F030, wrp: [0] }, differs: ["always-verified", "status"] }),
  uart(0, "-m 8n1 -o -e 0 PORT", { differs: ["erase-zero", "flash"] }),

  // ---- CRC ----
  uart(0, "-m 8n1 -C -S 0x08000000:300 PORT"),
  uart(0, "-m 8n1 -C -s 2 -e 1 PORT"),
  uart(0, "-m 8n1 -C PORT"),
  uart(0, "-m 8n1 -C -S 0x20000900:64 PORT"),
  uart(1, "-m 8n1 -C -S 0x08000000:10 PORT"),
  uart(1, "-m 8n1 -C PORT", { chip: { ...F030, rdp: 1 } }),
  uart(1, "-m 8n1 -C PORT", { chip: { name: "stm32g031", flash: 64, protocol: "3.3" }, differs: ["crc-on-uart", "status", "crc"] }), // prettier-ignore

  // ---- protection ----
  uart(0, "-m 8n1 -j PORT"),
  uart(1, "-m 8n1 -j PORT", { chip: { ...F030, rdp: 1 } }),
  uart(0, "-m 8n1 -k PORT"),
  uart(0, "-m 8n1 -k -R PORT", { chip: { ...F030, rdp: 1 } }),
  uart(0, "-m 8n1 -u PORT", { chip: { ...F030, wrp: [0, 1] } }),
  uart(1, "-m 8n1 -u PORT", { chip: { ...F030, rdp: 1 } }),
  uart(0, "-m 8n1 -u -g 0 PORT", { differs: ["go-after-restart", "state"] }),

  // ---- leaving ----
  uart(0, "-m 8n1 -g 0x08001000 PORT"),
  uart(0, "-m 8n1 -g 0x20000900 PORT"),
  uart(0, "-m 8n1 -R -g 0 PORT", { differs: ["unused-options", "status", "state"] }),
  uart(0, "-m 8n1 -R PORT"),
  uart(0, "-m 8n1 -w page.bin -R PORT"),
  uart(0, "-m 8n1 -R PORT", { chip: F103 }),
  uart(1, "-m 8n1 -R PORT", { chip: { ...F030, rdp: 1 } }),
  uart(1, "-m 8n1 -R PORT", { chip: G071, differs: ["reset-room", "status", "resets"] }),
  uart(0, "-m 8n1 -g 0x30001000 PORT", { differs: ["go-refused", "status"] }),
  uart(0, "-m 8n1 -g 0 PORT", { chip: { ...F030, rdp: 1 }, differs: ["go-refused", "status"] }),
  uart(0, "-m 8n1 -o -g 0 PORT", { differs: ["go-blank", "status", "state"] }),
  uart(1, "-m 8n1 -w none.bin -g 0 PORT"),
  uart(1, "-m 8n1 -w 101.bin -S 0x30000000 -g 0 PORT"),
  uart(1, "-m 8n1 -w 101.bin -S 0x30000000 -R PORT", { differs: ["reset-after-failure", "resets"] }),

  // ---- -i ----
  uart(0, "-m 8n1 -i ,,:, PORT"),
  uart(0, "-m 8n1 -i '' PORT"),
  uart(0, "-m 8n1 -i , -R PORT"),
  uart(0, "-m 8n1 -i ,:, -R PORT"),
  uart(1, "-m 8n1 -i rts PORT"),
  uart(1, "-m 8n1 -i foo PORT"),
  uart(1, "-m 8n1 -i - PORT"),
  uart(1, "-m 8n1 -i ,:,:, PORT"),
  uart(1, "-m 8n1 -i :, PORT", { differs: ["empty-halves", "status"] }),
  uart(1, "-m 8n1 -i ,: PORT", { differs: ["empty-halves", "status"] }),
  uart(0, "-m 8n1 -i brk PORT", { differs: ["break-on-pty", "status"] }),
] as const satisfies readonly (Case & { differs?: Differing })[];
