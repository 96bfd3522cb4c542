/** What hosts do wrong, or unusually, and what a chip makes of it. Numbers S1 to S32 are the rows of docs/simulator.md. */
import { describe, expect, it } from "vitest";
import { I2C_OPCODES, UART_OPCODES } from "../../../src/simulator/opcodes.js";
import { ADDRESS, DUAL_BANK, F072, F405, FLASH, G071, L072 } from "./chips.js";
import { bytes, Host, uartHost, withXor, word } from "./host.js";

const FLASH_ADDRESS = "08 00 00 00 08";
const blank = (length: number): string => new Array<string>(length).fill("FF").join(" ");

describe("opening a session on UART", () => {
  it("S1: 7F after the connection is taken as an opcode, the second one as a wrong complement", () => {
    const host = uartHost({ facts: G071 });
    expect(host.u("7F")).toBe("");
    expect(host.u("7F")).toBe("1F");
    expect(host.u("01 FE")).toBe("79 31 00 00 79");
  });

  it("S2: 7F with the wrong parity gets no answer", () => {
    const host = new Host({ facts: G071 });
    expect(host.u("7F", false)).toBe("");
    expect(host.u("7F")).toBe("79");
  });

  it("ignores everything before the first 7F", () => {
    const host = new Host({ facts: G071 });
    expect(host.u("00 FF 01 FE 5A")).toBe("");
    expect(host.u("7F")).toBe("79");
  });

  it("never answers a lone byte, however long the host waits", () => {
    const host = uartHost({ facts: G071 });
    expect(host.u("01")).toBe("");
    host.clock.advance(3_600_000);
    expect(host.take()).toBe("");
    expect(host.u("FE")).toBe("79 31 00 00 79");
  });

  it("marks a character with wrong parity within a session and does not take it", () => {
    const host = uartHost({ facts: G071 });
    expect(host.u("01", false)).toBe("");
    expect(host.u("01 FE")).toBe("79 31 00 00 79");
    expect(host.chip.violations.map(({ text }) => text)).toEqual(["a character with wrong parity"]);
  });

  it("a chip without parity (WB0) takes any", () => {
    const host = new Host({ facts: { ...G071, uart: { protocol: "3.1", parity: "none" } } });
    expect(host.u("7F", false)).toBe("79");
  });

  it("switches I2C off until the next reset", () => {
    const host = uartHost({ facts: G071 });
    expect(host.tryWrite("01 FE")).toBe("nack");
    host.chip.setNrst(false);
    host.chip.setNrst(true);
    host.clock.advance(2);
    host.w("01 FE");
    expect(host.r()).toBe("79");
    expect(host.u("7F")).toBe("");
  });
});

describe("commands that are not understood", () => {
  it("S3: NACKs an unknown opcode on both buses", () => {
    const i2c = new Host({ facts: G071 });
    i2c.w("99 66");
    expect(i2c.r()).toBe("1F");
    i2c.w("01 FE");
    expect(i2c.r()).toBe("79");
    const uart = uartHost({ facts: G071 });
    expect(uart.u("99 66")).toBe("1F");
  });

  it("S4: NACKs the Erase that Get does not list", () => {
    expect(uartHost({ facts: G071 }).u("43 BC")).toBe("1F");
    expect(uartHost({ facts: G071, uartProtocol: "2.2" }).u("44 BB")).toBe("1F");
  });

  it("S19: NACKs a no-stretch command on protocol 1.0", () => {
    const host = new Host({ facts: F405 });
    host.w("32 CD");
    expect(host.r()).toBe("1F");
  });

  it.each(["00 00", "11 11", "7F 7F", "51 AF"])("NACKs the wrong complement %s", (frame) => {
    const i2c = new Host({ facts: G071, i2cOpcodes: [...I2C_OPCODES["1.2"], 0x51] });
    i2c.w(frame);
    expect(i2c.r()).toBe("1F");
    expect(uartHost({ facts: G071, uartOpcodes: [...UART_OPCODES["3.1"], 0x51] }).u(frame)).toBe("1F");
  });
});

describe("readout protection", () => {
  it("S5: NACKs Read at once; address bytes sent blindly are commands on UART", () => {
    const i2c = new Host({ facts: G071, readoutLevel: 1 });
    i2c.w("11 EE");
    expect(i2c.r()).toBe("1F");
    const uart = uartHost({ facts: G071, readoutLevel: 1 });
    expect(uart.u("11 EE")).toBe("1F");
    // 08 00 is no pair, 00 00 neither, and 08 waits for its complement.
    expect(uart.u(FLASH_ADDRESS)).toBe("1F 1F");
  });

  it.each(["00 FF", "01 FE", "02 FD"])("still answers %s", (frame) => {
    const host = new Host({ facts: G071, readoutLevel: 1 });
    host.w(frame);
    expect(host.r()).toBe("79");
  });

  it.each(["11 EE", "21 DE", "31 CE", "32 CD", "44 BB", "45 BA", "63 9C", "73 8C", "82 7D", "A1 5E"])(
    "NACKs %s",
    (frame) => {
      const host = new Host({ facts: G071, readoutLevel: 1 });
      host.w(frame);
      expect(host.r()).toBe("1F");
    },
  );

  it("S28: Readout Unprotect erases flash and RAM; the level changes with the reset", () => {
    const host = new Host({ facts: G071, readoutLevel: 1 });
    host.chip.poke(FLASH, Uint8Array.of(1, 2, 3, 4));
    host.chip.poke(0x2000_4000, Uint8Array.of(1, 2, 3, 4));
    host.w("92 6D");
    expect(host.r()).toBe("79");
    expect(host.chip.readoutLevel).toBe(1);
    expect(host.poll()).toBe("79");
    expect(host.stretchedMs).toBeGreaterThan(0);
    expect(host.chip.state).toBe("booting");
    expect(host.tryWrite("01 FE")).toBe("nack");
    host.clock.advance(2);
    expect(host.chip.readoutLevel).toBe(0);
    expect(host.read(FLASH, 4)).toBe(blank(4));
    expect(host.read(0x2000_4000, 4)).toBe("00 00 00 00");
  });

  it("S29: after Readout Protect and the reset, Read is refused", () => {
    const host = new Host({ facts: G071 });
    expect(host.command("82 7D")).toBe("79");
    expect(host.poll()).toBe("79");
    expect(host.tryWrite("11 EE")).toBe("nack");
    host.clock.advance(2);
    host.w("11 EE");
    expect(host.r()).toBe("1F");
  });

  it("level 2 never enters the bootloader, but on F74x V7.0 it answers the three questions", () => {
    expect(new Host({ facts: G071, readoutLevel: 2 }).chip.state).toBe("application");
    const host = new Host({ facts: G071, readoutLevel: 2, quirks: { level2Commands: true } });
    host.w("02 FD");
    expect(host.r()).toBe("79");
    expect(host.r(3)).toBe("01 04 60");
    expect(host.r()).toBe("79");
    host.w("92 6D");
    expect(host.r()).toBe("1F");
  });

  it("a damaged readout byte counts as protected on chips with complements", () => {
    const host = new Host({ facts: F072 });
    host.chip.poke(0x1fff_f800, Uint8Array.of(0xaa, 0xaa));
    host.chip.setPower(false);
    host.chip.setPower(true);
    host.clock.advance(2);
    expect(host.chip.readoutLevel).toBe(1);
  });

  it("writing level 0 into the option bytes of a protected chip is not possible: Write is refused", () => {
    const host = new Host({ facts: F072, readoutLevel: 1 });
    host.w("31 CE");
    expect(host.r()).toBe("1F");
  });
});

describe("addresses", () => {
  it("S6: Read at 60000000 gets ACK and NACK", () => {
    const host = new Host({ facts: G071 });
    expect(host.command("11 EE")).toBe("79");
    expect(host.command("60 00 00 00 60")).toBe("1F");
    expect(uartHost({ facts: G071 }).u("11 EE 60 00 00 00 60")).toBe("79 1F");
  });

  it.each([
    ["system memory", 0x1fff_0000],
    ["option bytes", 0x1fff_7800],
    ["OTP", 0x1fff_7000],
  ])("S7: Go to %s is refused", (_name, address) => {
    const host = new Host({ facts: G071 });
    expect(host.command("21 DE", withXor(word(address)))).toBe("1F");
    expect(host.chip.state).toBe("bootloader");
  });

  it.each(["11 EE", "31 CE", "21 DE"])("S8: %s of the bootloader's own RAM is refused", (command) => {
    expect(new Host({ facts: G071 }).command(command, withXor(word(0x2000_0000)))).toBe("1F");
    expect(new Host({ facts: G071 }).command(command, withXor(word(0x2000_3000)))).toBe("79");
  });

  it("UART protocol 2.1 does not guard its RAM", () => {
    const host = uartHost({ facts: G071, uartProtocol: "2.1" });
    expect(host.u("11 EE 20 00 00 00 20 00 FF")).toMatch(/^79 79 79 [0-9A-F]{2}$/);
  });

  it("takes a checksum that is a complement for wrong: 08 00 00 00 F7", () => {
    expect(new Host({ facts: G071 }).command("11 EE", "08 00 00 00 F7")).toBe("1F");
    expect(new Host({ facts: G071 }).command("11 EE", "00 00 00 08 00")).toBe("1F");
  });

  it("refuses a read length without its complement: 0F 0F", () => {
    expect(new Host({ facts: G071 }).command("11 EE", FLASH_ADDRESS, "0F 0F")).toBe("1F");
  });

  it("S31: option bytes are written from their first address only", () => {
    const host = new Host({ facts: G071 });
    expect(host.command("31 CE", withXor(word(0x1fff_7808)))).toBe("1F");
    expect(host.command("31 CE", withXor(word(0x1fff_7800)))).toBe("79");
  });

  it("S32: the supply-range register takes 00 to 04 and three FF", () => {
    const write = (data: string): string => {
      const host = new Host({ facts: F405 });
      const payload = [...bytes(data)];
      return host.command("31 CE", "FF FF 00 00 00", withXor([payload.length - 1, ...payload]));
    };
    expect(write("02 FF FF FF")).toBe("79");
    expect(write("05 FF FF FF")).toBe("1F");
    expect(write("03 FE FF FF")).toBe("1F");
    expect(new Host({ facts: G071 }).command("31 CE", "FF FF 00 00 00")).toBe("1F");
  });

  it("a read past the end of the flash is answered, and told", () => {
    const host = new Host({ facts: G071 });
    expect(host.read(FLASH + 0x10000 - 4, 8)).toBe("FF FF FF FF 00 00 00 00");
    expect(host.chip.violations.map(({ kind }) => kind)).toEqual(["range"]);
  });

  it("shows size register, unique ID and bootloader ID in system memory", () => {
    const host = new Host({ facts: G071 });
    expect(host.read(0x1fff_75e0, 2)).toBe("40 00");
    expect(host.read(0x1fff_6ffe, 1)).toBe("B0");
    expect(host.read(0x1fff_7590, 12)).not.toBe(blank(12));
  });
});

describe("writing", () => {
  it("S9: data with a flipped bit is refused and not stored", () => {
    const host = new Host({ facts: G071 });
    expect(host.command("31 CE", FLASH_ADDRESS, "03 DE AD BE EF 20")).toBe("1F");
    expect(host.read(FLASH, 4)).toBe(blank(4));
    expect(host.command("31 CE", FLASH_ADDRESS, "03 DE AD BE EF 22")).toBe("1F"); // N left out of the XOR
    const uart = uartHost({ facts: G071 });
    expect(uart.u(`31 CE ${FLASH_ADDRESS} 03 DE AD BE EF 22`)).toBe("79 79 1F");
  });

  it("S18: answers BUSY while it programs and erases with the no-stretch commands", () => {
    const host = new Host({ facts: G071 });
    host.w("32 CD");
    expect(host.r()).toBe("79");
    host.w(FLASH_ADDRESS);
    expect(host.r()).toBe("79");
    host.w(withXor([7, 1, 2, 3, 4, 5, 6, 7, 8]));
    expect([host.r(), host.r()]).toEqual(["76", "76"]);
    host.clock.advance(1);
    expect(host.r()).toBe("79");
    expect(host.erase([0], "45 BA")).toBe("79");
    expect(host.stretchedMs).toBe(0);
    expect(host.chip.violations).toEqual([]);
  });

  it("stretches the clock with the old commands, for as long as the work takes", () => {
    const host = new Host({ facts: G071, timings: { programMs: 3, pageEraseMs: 25 } });
    expect(host.erase([0, 1])).toBe("79");
    expect(host.stretchedMs).toBeCloseTo(50);
    expect(host.write(FLASH, new Array<number>(256).fill(1))).toBe("79");
    expect(host.stretchedMs).toBeCloseTo(53);
  });

  it("acknowledges a misaligned write and stores nothing", () => {
    const host = new Host({ facts: G071 });
    expect(host.write(FLASH + 4, [1, 2, 3, 4])).toBe("79");
    expect(host.write(FLASH + 8, [1, 2, 3])).toBe("79");
    expect(host.read(FLASH, 16)).toBe(blank(16));
    expect(host.chip.violations.map(({ text }) => text)).toEqual([
      "Write of 4 bytes at 0x08000004: the address must be a multiple of 8, the length of 4",
      "Write of 3 bytes at 0x08000008: the address must be a multiple of 8, the length of 4",
    ]);
  });

  it("fills the last granule where the bootloader takes shorter lengths", () => {
    const host = new Host({ facts: G071 });
    expect(host.write(FLASH, [1, 2, 3, 4])).toBe("79");
    expect(host.read(FLASH, 8)).toBe("01 02 03 04 FF FF FF FF");
    expect(host.chip.violations).toEqual([]);
  });

  it("passes over write-protected sectors without a word", () => {
    const host = new Host({ facts: G071, writeProtected: [1] });
    expect(host.write(FLASH + 2048, [1, 2, 3, 4, 5, 6, 7, 8])).toBe("79");
    expect(host.erase([1])).toBe("79");
    expect(host.read(FLASH + 2048, 8)).toBe(blank(8));
    expect(host.chip.violations).toEqual([]);
  });

  it("data EEPROM erases itself", () => {
    const host = new Host({ facts: L072 });
    expect(host.write(0x0808_0000, [1, 2, 3, 4])).toBe("79");
    expect(host.write(0x0808_0000, [0, 0xff, 0, 9])).toBe("79");
    expect(host.read(0x0808_0000, 4)).toBe("00 FF 00 09");
  });

  it("OTP only clears bits", () => {
    const host = new Host({ facts: G071 });
    expect(host.write(0x1fff_7000, [0xf0, 0xff, 0, 0])).toBe("79");
    expect(host.write(0x1fff_7000, [0xff, 0x0f, 0xff, 0])).toBe("79");
    expect(host.read(0x1fff_7000, 4)).toBe("F0 0F 00 00");
  });
});

describe("erasing", () => {
  it.each(Array.from({ length: 13 }, (_, at) => 0xfff0 + at))(
    "S10: the reserved code %i is refused",
    (code) => {
      expect(new Host({ facts: DUAL_BANK }).command("44 BB", withXor([code >> 8, code & 255]))).toBe("1F");
    },
  );

  it("S11: no mass erase where there is none, no bank erase on one bank", () => {
    expect(new Host({ facts: L072 }).command("44 BB", "FF FF 00")).toBe("1F");
    expect(new Host({ facts: G071 }).command("44 BB", "FF FE 01")).toBe("1F");
    expect(new Host({ facts: G071 }).command("44 BB", "FF FF FF")).toBe("1F");
  });

  it("S12: a list whose checksum includes the count is refused", () => {
    const host = new Host({ facts: G071 });
    host.chip.poke(FLASH, Uint8Array.of(1));
    expect(host.command("44 BB", "00 01 01", "00 00 00 01 00")).toBe("1F");
    expect(host.read(FLASH, 1)).toBe("01");
  });

  it.each(["00 01 00 00 00 01 00", "00 00 00 01 01"])(
    "S13: count and list in one frame, %s: the bus is held",
    (frame) => {
      const host = new Host({ facts: G071 });
      host.chip.poke(FLASH, new Uint8Array(4096).fill(1));
      host.w("44 BB");
      expect(host.r()).toBe("79");
      expect(host.tryWrite(frame)).toBe("held");
      expect(host.chip.state).toBe("booting");
      host.clock.advance(2);
      expect(host.read(FLASH + 2048, 2)).toBe("01 01");
      expect(host.chip.violations).toMatchObject([{ kind: "length" }]);
    },
  );

  it("erases one bank of two", () => {
    const host = new Host({ facts: DUAL_BANK });
    host.chip.poke(FLASH, new Uint8Array(0x10000).fill(1));
    expect(host.command("45 BA", "FF FD 02")).toBe("79");
    expect(host.read(FLASH + 0x7fff, 2)).toBe("01 FF");
    expect(host.command("45 BA", "FF FE 01")).toBe("79");
    expect(host.read(FLASH, 2)).toBe(blank(2));
  });

  it("acknowledges pages that do not exist", () => {
    const host = new Host({ facts: G071 });
    expect(host.erase([500])).toBe("79");
    expect(host.chip.counters.erasedPages).toBe(0);
  });

  it("takes 512 pages in one command and refuses 513", () => {
    const host = new Host({ facts: L072, quirks: { maxErasePages: 512 } });
    expect(host.erase(Array.from({ length: 512 }, (_, page) => page))).toBe("79");
    expect(host.command("44 BB", withXor([2, 0]))).toBe("1F");
  });

  it("legacy Erase on UART: FF and not 00 is acknowledged and erases nothing", () => {
    const host = uartHost({ facts: G071, uartProtocol: "2.2" });
    host.chip.poke(FLASH, Uint8Array.of(1));
    expect(host.u("43 BC FF 01")).toBe("79 79");
    expect(host.chip.peek(FLASH, 1)).toEqual(Uint8Array.of(1));
    expect(host.u("43 BC 00 00 01")).toBe("79 1F");
    expect(host.u("43 BC FF 00")).toBe("79 79");
    expect(host.chip.peek(FLASH, 1)).toEqual(Uint8Array.of(0xff));
  });

  it("UART: a list with a checksum over the list alone is refused", () => {
    expect(uartHost({ facts: G071 }).u("44 BB 00 01 00 01 00 02 03")).toBe("79 1F");
  });
});

describe("order and length on I2C", () => {
  it("S14: a repeated START is a bus fault and is logged", () => {
    const host = new Host({ facts: G071 });
    host.w("02 FD");
    expect(host.r()).toBe("79");
    expect(host.tryRead(3, true)).toBe("held");
    expect(host.chip.violations).toMatchObject([
      { kind: "order", text: "repeated START while 3 bytes of product ID were due" },
    ]);
    expect(host.chip.state).toBe("booting");
  });

  it("S15: a status read of two bytes gets 1F as the second, where it is forgiven", () => {
    const host = new Host({ facts: G071, quirks: { wrongRead: "finished" } });
    host.w("01 FE");
    expect(host.r(2)).toBe("79 1F");
    expect(host.r(1)).toBe("12");
    expect(host.r(1)).toBe("79");
    expect(host.chip.violations).toMatchObject([{ kind: "length", text: "status read of 2 bytes, not 1" }]);
  });

  it.each([1, 12])(
    "S15: after a Get read of %i bytes the next status is the closing ACK on a G030",
    (length) => {
      const host = new Host({ facts: G071, i2cProtocol: "1.0", quirks: { wrongRead: "finished" } });
      host.w("00 FF");
      expect(host.r()).toBe("79");
      expect(host.r(length).startsWith("0B")).toBe(true);
      expect(host.r()).toBe("79");
      host.w("01 FE");
      expect(host.r()).toBe("79");
      expect(host.chip.violations).toMatchObject([{ kind: "short get" }]);
    },
  );

  it("in ST's code a reply read one byte short leaves its last byte for the next read, until two are read at once", () => {
    const host = new Host({ facts: G071, i2cProtocol: "1.0" });
    host.w("00 FF");
    expect(host.r()).toBe("79");
    expect(host.r(12)).toBe("0B 10 00 01 02 11 21 31 44 63 73 82");
    expect(host.r()).toBe("92");
    host.w("FF 00");
    expect(host.r()).toBe("79");
    host.w("FF 00");
    expect(host.r(2)).toBe("1F 1F");
    host.w("01 FE");
    expect(host.r()).toBe("79");
    expect(host.r()).toBe("10");
    expect(host.r()).toBe("79");
  });

  it("in ST's code a reply read two bytes short holds the next transaction until the time-out", () => {
    const host = new Host({ facts: G071, i2cProtocol: "1.0" });
    host.w("00 FF");
    expect(host.r()).toBe("79");
    expect(host.r(1)).toBe("0B");
    expect(host.tryRead(1)).toBe("held");
  });

  it("in ST's code a reply or a status read too long is held", () => {
    const host = new Host({ facts: G071, i2cProtocol: "1.0" });
    host.w("00 FF");
    expect(host.tryRead(2)).toBe("held");
  });

  it("a surplus byte begins the next frame where the chip is told so", () => {
    const host = new Host({ facts: G071, quirks: { surplusBytes: "next frame" } });
    host.w("01 FE 00");
    expect([host.r(), host.r(), host.r()]).toEqual(["79", "12", "79"]);
    host.w("02");
    expect(host.r()).toBe("1F");
    expect(host.chip.violations).toMatchObject([{ kind: "length" }]);
  });

  it("a longer read gets 1F after the reply where it is forgiven", () => {
    const host = new Host({ facts: G071, i2cProtocol: "1.0", quirks: { wrongRead: "finished" } });
    host.w("00 FF");
    expect(host.r()).toBe("79");
    expect(host.r(19)).toBe("0B 10 00 01 02 11 21 31 44 63 73 82 92 1F 1F 1F 1F 1F 1F");
    expect(host.r()).toBe("79");
  });

  it("S16: a pause of 1500 ms within a command resets the chip, which is off the bus while it boots", () => {
    const host = new Host({ facts: G071 });
    host.w("11 EE");
    expect(host.r()).toBe("79");
    host.w(FLASH_ADDRESS);
    host.clock.advance(1000.5);
    expect(host.tryRead(1)).toBe("nack");
    host.clock.advance(500);
    host.w("01 FE");
    expect(host.r()).toBe("79");
    expect(host.chip.counters.resets).toBe(1);
    expect(host.chip.violations).toEqual([]);
  });

  it("the time-out of the row counts: 10 ms on F378", () => {
    const host = new Host({ facts: G071, i2cTimeoutMs: 10 });
    host.w("11 EE");
    host.clock.advance(9);
    expect(host.r()).toBe("79");
    host.clock.advance(10.5);
    expect(host.tryWrite(FLASH_ADDRESS)).toBe("nack");
  });

  it("S17: a pause before a new command does no harm", () => {
    const host = new Host({ facts: G071 });
    host.w("01 FE");
    expect([host.r(), host.r(), host.r()]).toEqual(["79", "12", "79"]);
    host.clock.advance(3_600_000);
    host.w("01 FE");
    expect(host.r()).toBe("79");
    expect(host.chip.counters.resets).toBe(0);
  });

  it("an operation longer than the time-out is waited for", () => {
    const host = new Host({ facts: G071, timings: { pageEraseMs: 7000 } });
    expect(host.erase([0])).toBe("79");
    expect(host.stretchedMs).toBe(7000);
    const busy = new Host({ facts: G071, timings: { pageEraseMs: 7000 } });
    busy.w("45 BA");
    busy.r();
    busy.w("00 00 00");
    busy.r();
    busy.w("00 00 00");
    busy.clock.advance(6500);
    expect(busy.r()).toBe("76");
    busy.clock.advance(501);
    expect(busy.r()).toBe("79");
  });

  it("the switch lets the time-out run during an operation too", () => {
    const host = new Host({
      facts: G071,
      timings: { pageEraseMs: 7000 },
      quirks: { timeoutDuringOperation: true },
    });
    host.w("45 BA");
    host.r();
    host.w("00 00 00");
    host.r();
    host.w("00 00 00");
    host.clock.advance(1000.5);
    expect(host.tryRead(1)).toBe("nack");
    expect(host.chip.counters.resets).toBe(1);
  });

  const ways: readonly [string, (host: Host) => string, string][] = [
    [
      "write while a status is due",
      (host) => {
        host.w("01 FE");
        return host.tryWrite("02 FD");
      },
      "write of 02 FD while a status was due",
    ],
    [
      "read while a command is due",
      (host) => host.tryRead(1),
      "read of 1 byte while a command frame was due",
    ],
    [
      "command of one byte",
      (host) => {
        host.w("01");
        return host.tryWrite("FE");
      },
      "command frame of 1 byte, not 2: 01",
    ],
    [
      "command of three bytes",
      (host) => host.tryWrite("01 FE 00"),
      "command frame of 3 bytes, not 2: 01 FE 00",
    ],
    [
      "data frame cut short",
      (host) => {
        host.command("31 CE", FLASH_ADDRESS);
        host.w("07 01 02");
        return host.tryRead(1);
      },
      "data frame of 3 bytes, not 10: 07 01 02",
    ],
  ];

  it.each(ways)("%s: the clock is held until the time-out", (_name, run, text) => {
    const host = new Host({ facts: G071 });
    expect(run(host)).toBe("held");
    expect(host.chip.violations.map((violation) => violation.text)).toEqual([text]);
    expect(host.clock.now()).toBe(1000);
    expect(host.chip.state).toBe("booting");
    host.clock.advance(2);
    host.w("01 FE");
    expect(host.r()).toBe("79");
  });

  it("with the switch, what breaks the order gets a NACK and the chip waits for a command", () => {
    const host = new Host({ facts: G071, quirks: { wrongFrame: "refuse" } });
    host.w("44 BB");
    expect(host.r()).toBe("79");
    expect(host.tryWrite("00 01 00 00 00 01 00")).toBe("done");
    expect(host.r()).toBe("1F");
    host.w("01 FE");
    expect(host.r()).toBe("79");
    expect(host.chip.violations).toHaveLength(1);
  });
});

describe("probing tools", () => {
  it("i2cdetect's quick write hangs a protocol before 1.2 until its time-out", () => {
    const host = new Host({ facts: F405 });
    expect(host.tryWrite("")).toBe("done");
    expect(host.tryWrite("01 FE")).toBe("held");
    expect(host.chip.counters.resets).toBe(1);
    expect(host.chip.state).toBe("booting");
    expect(host.chip.violations).toHaveLength(1);
  });

  it("and does nothing to a newer one", () => {
    const host = new Host({ facts: G071 });
    expect(host.tryWrite("")).toBe("done");
    host.w("01 FE");
    expect(host.r()).toBe("79");
    expect(host.chip.violations).toEqual([]);
  });

  it("its read of one byte holds the clock on all", () => {
    const host = new Host({ facts: G071 });
    expect(host.tryRead(1)).toBe("held");
    expect(host.chip.state).toBe("booting");
  });

  it("Get Version as a probe leaves every protocol at a command boundary", () => {
    for (const facts of [F405, G071]) {
      const host = new Host({ facts });
      host.w("01 FE");
      expect([host.r(), host.r().length, host.r()]).toEqual(["79", 2, "79"]);
      host.clock.advance(10_000);
      expect(host.chip.counters.resets).toBe(0);
    }
  });

  it("another address is not acknowledged", () => {
    expect(new Host({ facts: G071 }).chip.i2cWrite(ADDRESS + 1, Uint8Array.of(1, 0xfe))).toEqual({
      kind: "nack",
    });
  });
});

describe("Get Checksum", () => {
  it("S20: refuses sizes 0, 6 and too large, and RAM", () => {
    const host = new Host({ facts: G071 });
    for (const size of [0, 6, 0x7fff_fffc, 0x10004]) {
      expect(host.command("A1 5E", FLASH_ADDRESS, withXor(word(size)))).toBe("1F");
    }
    expect(host.command("A1 5E", withXor(word(0x2000_3000)))).toBe("1F");
    expect(host.command("A1 5E", FLASH_ADDRESS, withXor(word(0x10000)))).toBe("79");
  });

  it("S21: refuses 0 words, words beyond the memory, and a polynomial with a wrong XOR", () => {
    const host = uartHost({ facts: G071, uartProtocol: "3.3" });
    expect(host.u(`A1 5E ${FLASH_ADDRESS} 00 00 00 00 00`)).toBe("79 79 1F");
    expect(host.u(`A1 5E ${FLASH_ADDRESS} 00 01 00 00 01`)).toBe("79 79 1F");
    expect(host.u(`A1 5E ${FLASH_ADDRESS} 00 00 00 04 04 04 C1 1D B7 00`)).toBe("79 79 79 1F");
    expect(host.u("01 FE")).toBe("79 33 00 00 79");
  });
});

describe("Special", () => {
  const options = {
    facts: { ...G071, specials: [0x0082] },
    i2cOpcodes: [...I2C_OPCODES["1.2"], 0x50, 0x51],
    uartOpcodes: [...UART_OPCODES["3.1"], 0x50, 0x51],
  };

  it("S26: refuses a packet above 128 bytes after swallowing it", () => {
    const host = uartHost(options);
    expect(host.u("50 AF 00 82 82")).toBe("79 79");
    expect(host.u(withXor([0, 0x81, ...new Array<number>(0x81).fill(0)]))).toBe("1F");
  });

  it("S26: with the switch it refuses at once and takes the rest for commands, as Open Bootloader does", () => {
    const host = uartHost({ ...options, quirks: { specialOversize: "desync" } });
    expect(host.u("50 AF 00 82 82")).toBe("79 79");
    expect(host.u("00 81 01 FE")).toBe("1F 79 31 00 00 79");
  });

  it("S27: refuses a sub-command that the chip does not list", () => {
    const host = new Host(options);
    expect(host.command("50 AF")).toBe("79");
    expect(host.command("12 34 26")).toBe("1F");
  });

  it("is executed at readout level 1", () => {
    const host = new Host({ ...options, readoutLevel: 1 });
    expect(host.command("50 AF", "00 82 82", "00 04 00 00 00 00 04")).toBe("79");
    expect([host.r(2), host.r(3), host.r()]).toEqual(["00 00", "00 01 00", "79"]);
  });

  it("takes 1024 bytes in the second packet of Extended Special", () => {
    const host = uartHost(options);
    expect(host.u("51 AE 00 82 82 00 00 00")).toBe("79 79 79");
    expect(host.u(withXor([4, 0, ...new Array<number>(1024).fill(7)]))).toBe("79 00 01 00 79");
  });
});

describe("write protection", () => {
  const reboot = (host: Host): void => {
    expect(host.tryWrite("01 FE")).toBe("nack");
    host.clock.advance(2);
  };

  it.each([G071, F072, F405, L072])("S30: a second Write Protect replaces the first set ($name)", (facts) => {
    const host = new Host({ facts });
    const perCode = facts.optionLayout.wrpSectorBytes ?? facts.flash.pages[0]!.size;
    expect(host.command("63 9C", "01 FE", "00 01 01")).toBe("79");
    reboot(host);
    const stored = (code: number): boolean => {
      const address = FLASH + code * perCode;
      host.write(address, [0x12, 0x34, 0x56, 0x78, 1, 2, 3, 4]);
      return host.read(address, 4) === "12 34 56 78";
    };
    expect([stored(0), stored(1), stored(2)]).toEqual([false, false, true]);
    expect(host.command("63 9C", "00 FF", "01 01")).toBe("79");
    reboot(host);
    expect([stored(0), stored(1)]).toEqual([true, false]);
    expect(host.command("73 8C")).toBe("79");
    expect(host.poll()).toBe("79");
    reboot(host);
    expect(stored(1)).toBe(true);
    expect(host.chip.violations).toEqual([]);
  });
});

describe("Go", () => {
  it("leaves the bus and notes where it went", () => {
    const host = new Host({ facts: G071 });
    expect(host.command("21 DE", FLASH_ADDRESS)).toBe("79");
    expect(host.chip.state).toBe("application");
    expect(host.chip.jumpTarget).toBe(FLASH);
    expect(host.tryWrite("01 FE")).toBe("nack");
    const uart = uartHost({ facts: G071 });
    expect(uart.u(`21 DE ${FLASH_ADDRESS}`)).toBe("79 79");
    expect(uart.chip.state).toBe("application");
    expect(uart.u("7F")).toBe("");
  });
});
