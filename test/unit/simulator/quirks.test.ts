/** Each switch of quirks.ts: the chip without it, and with it. */
import { describe, expect, it } from "vitest";
import { I2C_OPCODES } from "../../../src/simulator/opcodes.js";
import type { ChipOptions } from "../../../src/simulator/options.js";
import { NO_QUIRKS, QUIRK_CHOICES, QUIRK_ROWS, quirksOf } from "../../../src/simulator/quirks.js";
import type { ChipQuirks } from "../../../src/simulator/quirks.js";
import { DUAL_BANK, F405, FLASH, G071 } from "./chips.js";
import { Host, uartHost, withXor, word } from "./host.js";

const filled = (quirks: Partial<ChipQuirks>, options: Partial<ChipOptions> = {}): Host => {
  const host = new Host({ facts: DUAL_BANK, quirks, ...options });
  host.chip.poke(FLASH, new Uint8Array(0x10000));
  return host;
};
/** Which of the 32 pages are blank. */
const blankPages = (host: Host): number[] =>
  DUAL_BANK.flash.pages
    .filter(({ address }) => host.chip.peek(address, 1)[0] === 0xff)
    .map(({ index }) => index);

const AT_FLASH = "08 00 00 00 08";

describe("erase", () => {
  it("maxErasePages: the list that is one too long is refused at its count", () => {
    const host = filled({ maxErasePages: 2 });
    expect(host.erase([0, 1])).toBe("79");
    expect(host.command("44 BB", withXor([0, 2]))).toBe("1F");
  });

  it("noStretchEraseStretches: never BUSY, and the clock is held", () => {
    const host = filled({ noStretchEraseStretches: true });
    expect(host.command("45 BA", "00 00 00")).toBe("79");
    host.w("00 00 00");
    expect(host.r()).toBe("79");
    expect(host.stretchedMs).toBe(20);
  });

  it("massEraseStallMs: 7 s of stretching although the command is a no-stretch one", () => {
    const host = filled({ massEraseStallMs: 7000 });
    host.command("45 BA");
    host.w("FF FF 00");
    expect(host.r()).toBe("79");
    expect(host.stretchedMs).toBe(7040);
  });

  it("eraseReturnsEarly: the ACK comes after the first page, and a write in the meantime is lost", () => {
    const host = filled({ eraseReturnsEarly: true });
    expect(host.erase([0, 1, 2])).toBe("79");
    expect(blankPages(host)).toEqual([0]);
    expect(host.write(FLASH, [1, 2, 3, 4, 5, 6, 7, 8])).toBe("79");
    expect(host.chip.violations).toMatchObject([{ kind: "flash" }]);
    host.clock.advance(40);
    expect(blankPages(host)).toEqual([0, 1, 2]);
    expect(host.write(FLASH, [1, 2, 3, 4, 5, 6, 7, 8])).toBe("79");
    expect(host.read(FLASH, 2)).toBe("01 02");
  });

  it.each([
    ["all", [0, 16, 17]],
    ["first page only", [0]],
    ["bank 2 stops after one", [0, 16]],
  ] as const)("pageList: %s", (pageList, expected) => {
    const host = filled({ pageList });
    expect(host.erase([0, 16, 17])).toBe("79");
    expect(blankPages(host)).toEqual(expected);
  });

  it.each([
    ["works", "79", 16],
    ["refused", "1F", 0],
    ["nothing erased", "79", 0],
    ["bank 2 returns early", "79", 0],
  ] as const)("bankErase: %s", (bankErase, status, pages) => {
    const host = filled({ bankErase });
    expect(host.command("44 BB", "FF FD 02")).toBe(status);
    expect(blankPages(host)).toHaveLength(pages);
    if (bankErase !== "bank 2 returns early") return;
    host.clock.advance(100);
    expect(blankPages(host)).toHaveLength(16);
  });

  it("i2cMassErase: bank 2 only, on I2C only", () => {
    const host = filled({ i2cMassErase: "bank 2 only" });
    expect(host.command("44 BB", "FF FF 00")).toBe("79");
    expect(blankPages(host)[0]).toBe(16);
    const uart = uartHost({ facts: DUAL_BANK, quirks: { i2cMassErase: "bank 2 only" } });
    uart.chip.poke(FLASH, new Uint8Array(0x10000));
    expect(uart.u("44 BB FF FF 00")).toBe("79 79");
    expect(blankPages(uart)).toHaveLength(32);
  });
});

describe("write", () => {
  it("misalignedPoisons: all later writes fail until the reset", () => {
    const host = new Host({ facts: G071, quirks: { misalignedPoisons: true } });
    host.write(FLASH + 4, [1, 2, 3, 4]);
    expect(host.write(FLASH, [1, 2, 3, 4, 5, 6, 7, 8])).toBe("79");
    expect(host.read(FLASH, 1)).toBe("FF");
    host.chip.setNrst(false);
    host.chip.setNrst(true);
    host.clock.advance(2);
    expect(host.write(FLASH, [1, 2, 3, 4, 5, 6, 7, 8])).toBe("79");
    expect(host.read(FLASH, 1)).toBe("01");
  });

  it.each([
    ["ack", "79"],
    ["nack", "1F"],
  ] as const)("programErrorAnswer: %s to what is not erased", (programErrorAnswer, status) => {
    const host = new Host({ facts: G071, quirks: { programErrorAnswer } });
    host.write(FLASH, [1, 2, 3, 4, 5, 6, 7, 8]);
    expect(host.write(FLASH, [8, 7, 6, 5, 4, 3, 2, 1])).toBe(status);
    expect(host.chip.violations.map(({ text }) => text)).toEqual([
      "Write at 0x08000000: not erased before, old and new contents are mixed",
    ]);
  });
});

describe("protection", () => {
  it("readoutUnprotectAcks before: both ACKs at once, then the chip is busy and then gone", () => {
    const host = filled({ readoutUnprotectAcks: "before" }, { readoutLevel: 1 });
    host.w("93 6C");
    expect([host.r(), host.r()]).toEqual(["79", "79"]);
    expect(host.stretchedMs).toBe(0);
    expect(blankPages(host)).toEqual([]);
    expect(host.tryWrite("01 FE")).toBe("held");
    expect(host.chip.state).toBe("booting");
    expect(blankPages(host)).toHaveLength(32);
    expect(host.chip.readoutLevel).toBe(0);
  });

  it("readoutUnprotectNeedsPowerCycle: after the reset the chip is still protected", () => {
    const host = filled({ readoutUnprotectNeedsPowerCycle: true }, { readoutLevel: 1 });
    host.w("92 6D");
    expect([host.r(), host.r()]).toEqual(["79", "79"]);
    host.clock.advance(2);
    host.w("11 EE");
    expect(host.r()).toBe("1F");
    host.chip.setPower(false);
    host.chip.setPower(true);
    host.clock.advance(2);
    host.w("11 EE");
    expect(host.r()).toBe("79");
  });

  it("writeUnprotectErasesChip: 73 over I2C wipes the flash, 74 and UART do not", () => {
    const quirks = { writeUnprotectErasesChip: true };
    const wiped = (command: string): number => {
      const host = filled(quirks);
      host.w(command);
      expect([host.poll(), host.poll()]).toEqual(["79", "79"]);
      return blankPages(host).length;
    };
    expect(wiped("73 8C")).toBe(32);
    expect(wiped("74 8B")).toBe(0);
    const uart = uartHost({ facts: DUAL_BANK, quirks });
    uart.chip.poke(FLASH, new Uint8Array(4));
    expect(uart.u("73 8C")).toBe("79 79");
    expect(uart.chip.peek(FLASH, 1)[0]).toBe(0);
  });

  it("uartOptionReloadMissing: option bytes count after a power cycle only", () => {
    const protect = (uart: Host): void => {
      expect(uart.u(`31 CE 1F FF 78 00 98`)).toBe("79 79");
      expect(uart.u(withXor([7, 0, 0, 0, 0, 0, 0, 0, 0]))).toBe("79");
      uart.clock.advance(2);
    };
    const uart = uartHost({ facts: G071, quirks: { uartOptionReloadMissing: true } });
    protect(uart);
    expect(uart.chip.readoutLevel).toBe(0);
    uart.chip.setPower(false);
    uart.chip.setPower(true);
    expect(uart.chip.readoutLevel).toBe(1);
    const good = uartHost({ facts: G071 });
    protect(good);
    expect(good.chip.readoutLevel).toBe(1);
  });

  it("checksumWhileProtected: A1 works at level 1", () => {
    const host = new Host({ facts: G071, readoutLevel: 1, quirks: { checksumWhileProtected: true } });
    expect(host.command("A1 5E", AT_FLASH, "00 00 00 04 04")).toBe("79");
    expect(host.poll()).toBe("79");
    expect(host.r(5)).toBe("00 00 00 00 00");
  });
});

describe("UART", () => {
  it("uartChecksumAcks 1: the second ACK is missing", () => {
    const host = uartHost({ facts: G071, uartProtocol: "3.3", quirks: { uartChecksumAcks: 1 } });
    const answer = host.u(`A1 5E ${AT_FLASH} 00 00 00 01 01 04 C1 1D B7 6F FF FF FF FF 00`);
    expect(answer).toBe("79 79 79 79 79 00 00 00 00 00");
  });

  it("checksumParametersIgnored: another initial value makes no difference", () => {
    const crc = (quirks: Partial<ChipQuirks>): string =>
      uartHost({ facts: G071, uartProtocol: "3.3", quirks }).u(
        `A1 5E ${AT_FLASH} 00 00 00 01 01 04 C1 1D B7 6F 00 00 00 00 00`,
      );
    expect(crc({})).toMatch(/C7 04 DD 7B 65$/);
    expect(crc({ checksumParametersIgnored: true })).toMatch(/00 00 00 00 00$/);
  });

  it("doubleNack: Read and Write under protection answer two", () => {
    const host = uartHost({ facts: G071, readoutLevel: 1, quirks: { doubleNack: true } });
    expect(host.u("11 EE")).toBe("1F 1F");
    expect(host.u("31 CE")).toBe("1F 1F");
    expect(host.u("44 BB")).toBe("1F");
    const i2c = new Host({ facts: G071, readoutLevel: 1, quirks: { doubleNack: true } });
    i2c.w("11 EE");
    expect(i2c.r()).toBe("1F");
    i2c.w("01 FE");
  });

  it("silentAddress: no NACK, and the next two bytes are a command", () => {
    const host = uartHost({ facts: F405, uartProtocol: "3.0", quirks: { silentAddress: true } });
    expect(host.u("11 EE 60 00 00 00 60")).toBe("79");
    expect(host.u("0F F0")).toBe("1F");
    expect(host.u("11 EE 60 00 00 00 61")).toBe("79 1F");
  });

  it("doubleSyncAck: 7F is answered twice", () => {
    expect(new Host({ facts: G071, quirks: { doubleSyncAck: true } }).u("7F")).toBe("79 79");
  });

  it("goFirstAckMissing: Go is silent after its opcode", () => {
    const host = uartHost({ facts: G071, quirks: { goFirstAckMissing: true } });
    expect(host.u("21 DE")).toBe("");
    expect(host.u(AT_FLASH)).toBe("79");
    expect(host.chip.state).toBe("application");
  });

  it("uartVersionByte: 20 instead of 22 on F105", () => {
    const host = uartHost({ facts: G071, uartProtocol: "2.2", quirks: { uartVersionByte: 0x20 } });
    expect(host.u("01 FE")).toBe("79 20 00 00 79");
  });

  it("getCountExtra: Get counts opcodes that it does not send", () => {
    const host = uartHost({ facts: G071, quirks: { getCountExtra: 2 } });
    expect(host.u("00 FF")).toBe("79 0D 31 00 01 02 11 21 31 44 63 73 82 92 79");
  });
});

describe("Go", () => {
  it("goBroken: acknowledged, and the chip stays", () => {
    const host = new Host({ facts: G071, quirks: { goBroken: true } });
    expect(host.command("21 DE", AT_FLASH)).toBe("79");
    expect(host.chip.state).toBe("bootloader");
  });

  it.each([
    [1, 0x2000_9000, "1F"],
    [1, 0x2000_8ffc, "79"],
    [16, 0x2000_8ff4, "1F"],
    [16, 0x2000_8ff0, "79"],
  ])("goStackReserve %i: initial stack pointer %i gets %s", (goStackReserve, stack, status) => {
    const host = new Host({ facts: G071, quirks: { goStackReserve } });
    host.chip.poke(FLASH, Uint8Array.from(word(stack).reverse()));
    expect(host.command("21 DE", AT_FLASH)).toBe(status);
  });
});

describe("damagedReadResets", () => {
  it("reading a page that an interrupted erase left behind resets the chip; erasing it heals", () => {
    const host = new Host({
      facts: G071,
      quirks: { damagedReadResets: true },
      faults: [{ kind: "power lost", operation: 0, fraction: 0.5, backAfterMs: 5 }],
    });
    host.erase([1]);
    host.clock.advance(10);
    expect(host.command("11 EE", withXor(word(FLASH + 2048)))).toBe("79");
    host.w("0F F0");
    expect(host.tryRead(1)).toBe("nack");
    host.clock.advance(2);
    expect(host.erase([1])).toBe("79");
    expect(host.read(FLASH + 2048, 2)).toBe("FF FF");
  });
});

describe("the rows", () => {
  it("name quirks that a switch exists for, with a source", () => {
    const known = new Set([...Object.keys(NO_QUIRKS), "goStackReserve", "uartVersionByte"]);
    for (const { quirks, source } of QUIRK_ROWS) {
      expect(Object.keys(quirks).filter((key) => !known.has(key))).toEqual([]);
      expect(source.length).toBeGreaterThan(10);
    }
  });

  it("list every value of the quirks that are no switch", () => {
    for (const [name, choices] of Object.entries(QUIRK_CHOICES)) {
      const rest = (NO_QUIRKS as unknown as Record<string, string>)[name]!;
      expect(choices as readonly string[]).toContain(rest);
    }
  });

  it("apply to their versions only", () => {
    expect(quirksOf(0x460, "V11.3")).toEqual({ eraseReturnsEarly: true, emptyFlagCleared: true });
    expect(quirksOf(0x460, "V11.0")).toEqual({});
    expect(quirksOf(0x450, "V9.0")).toMatchObject({
      goFirstAckMissing: true,
      goStackReserve: 16,
      damagedReadResets: true,
    });
  });

  it("are what a chip made from these facts does", () => {
    const host = new Host({ facts: { ...G071, productId: 0x495, bootloaderVersion: "V13.5" } });
    host.chip.poke(FLASH, Uint8Array.of(1));
    host.w("73 8C");
    expect([host.poll(), host.poll()]).toEqual(["79", "79"]);
    expect(host.chip.peek(FLASH, 1)[0]).toBe(0xff);
  });

  it("an explicit opcode list is what Get sends and what is executed", () => {
    const i2cOpcodes = [...I2C_OPCODES["1.1"], 0x50, 0x51];
    const host = new Host({ facts: G071, i2cOpcodes });
    host.w("00 FF");
    expect(host.r()).toBe("79");
    expect(host.r(21)).toBe("13 12 00 01 02 11 21 31 44 63 73 82 92 32 45 64 74 83 93 50 51");
    expect(host.r()).toBe("79");
    host.w("A1 5E");
    expect(host.r()).toBe("1F");
  });
});
