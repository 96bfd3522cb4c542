/** Faults that tests order, and pins that they pull: what is left in the chip afterwards. */
import { describe, expect, it } from "vitest";
import type { ChipFault } from "../../../src/simulator/faults.js";
import type { ChipOptions } from "../../../src/simulator/options.js";
import { FLASH, G071 } from "./chips.js";
import { Host, text, uartHost, withXor, word } from "./host.js";

const DATA = Array.from({ length: 64 }, (_, at) => at + 1);
const host = (fault: ChipFault, options: Partial<ChipOptions> = {}): Host =>
  new Host({ facts: G071, faults: [fault], ...options });
const flash = (subject: Host, length: number, address = FLASH): string =>
  text(subject.chip.peek(address, length));

describe("power lost while programming", () => {
  const fault: ChipFault = { kind: "power lost", operation: 0, fraction: 0.5 };

  it("leaves the granules that were done and no others", () => {
    const subject = host(fault);
    expect(subject.write(FLASH, DATA)).toBe("FF"); // both lines let go
    expect(subject.chip.state).toBe("off");
    expect(flash(subject, 64)).toBe(
      text(Uint8Array.from([...DATA.slice(0, 32), ...new Array<number>(32).fill(0xff)])),
    );
    expect(subject.tryWrite("01 FE")).toBe("nack");
    subject.chip.setPower(true);
    subject.clock.advance(2);
    subject.w("01 FE");
    expect(subject.r()).toBe("79");
    expect(subject.chip.violations).toEqual([]);
  });

  it("comes back by itself when told so", () => {
    const subject = host({ ...fault, backAfterMs: 50 });
    subject.write(FLASH, DATA);
    subject.clock.advance(49);
    expect(subject.chip.state).toBe("off");
    subject.clock.advance(3);
    expect(subject.chip.state).toBe("bootloader");
  });

  it("counts operations from 0: the third block", () => {
    const subject = host({ ...fault, operation: 2, fraction: 0 });
    expect(subject.write(FLASH, DATA)).toBe("79");
    expect(subject.write(FLASH + 64, DATA)).toBe("79");
    expect(subject.write(FLASH + 128, DATA)).toBe("nack");
    expect(flash(subject, 8, FLASH + 128)).toBe("FF FF FF FF FF FF FF FF");
    expect(subject.chip.counters.operations).toBe(3);
  });

  it("a host that polls BUSY finds nobody there", () => {
    const subject = host(fault);
    expect(subject.write(FLASH, DATA, "32 CD")).toBe("nack");
  });

  it("UART: the ACK never comes", () => {
    const subject = new Host({ facts: G071, faults: [fault] });
    subject.u("7F");
    expect(subject.u("31 CE 08 00 00 00 08")).toBe("79 79");
    expect(subject.u(withXor([63, ...DATA]))).toBe("");
    subject.clock.advance(100);
    expect(subject.chip.state).toBe("off");
  });
});

describe("power lost while erasing", () => {
  const filled = (fault: ChipFault, options: Partial<ChipOptions> = {}): Host => {
    const subject = host(fault, options);
    subject.chip.poke(FLASH, new Uint8Array(0x10000).fill(0x5a));
    return subject;
  };

  it("leaves nobody-knows-what in the page that was being erased, pages before it erased, pages after it untouched", () => {
    const subject = filled({ kind: "power lost", operation: 1, fraction: 0.3 });
    expect(subject.erase([0, 1, 2])).toBe("FF");
    expect(flash(subject, 4)).toBe("FF FF FF FF");
    const page = subject.chip.peek(FLASH + 2048, 2048);
    expect(new Set(page).size).toBeGreaterThan(200);
    expect(flash(subject, 4, FLASH + 4096)).toBe("5A 5A 5A 5A");
    expect(subject.chip.counters.erasedPages).toBe(1);
  });

  it("leaves the same with the same seed and something else with another", () => {
    const left = (seed: number): string => {
      const subject = filled({ kind: "power lost", operation: 0, fraction: 0.5 }, { seed });
      subject.erase([0]);
      return flash(subject, 64);
    };
    expect(left(1)).toBe(left(1));
    expect(left(1)).not.toBe(left(2));
  });

  it("a mass erase cut off leaves nothing certain anywhere", () => {
    const subject = filled({ kind: "power lost", operation: 0, fraction: 0.5 });
    subject.w("44 BB");
    subject.r();
    subject.w("FF FF 00");
    expect(subject.r()).toBe("FF");
    expect(flash(subject, 4, FLASH + 0xf000)).not.toBe("5A 5A 5A 5A");
    expect(subject.chip.wouldBoot()).toBe(false);
  });
});

describe("other faults", () => {
  it("a reset in an operation cuts it off and boots again", () => {
    const subject = host({ kind: "reset in operation", operation: 0, fraction: 0.25 });
    expect(subject.write(FLASH, DATA)).toBe("FF");
    expect(subject.chip.state).toBe("booting");
    expect(flash(subject, 17)).toBe(text(Uint8Array.from([...DATA.slice(0, 16), 0xff])));
    subject.clock.advance(2);
    expect(subject.chip.state).toBe("bootloader");
  });

  it("an operation that is acknowledged and not done", () => {
    const subject = host({ kind: "not done", operation: 0 });
    expect(subject.write(FLASH, DATA)).toBe("79");
    expect(flash(subject, 4)).toBe("FF FF FF FF");
    expect(subject.write(FLASH, DATA)).toBe("79");
    expect(flash(subject, 4)).toBe("01 02 03 04");
    expect(subject.chip.violations).toEqual([]);
  });

  it("a status byte replaced on the wire: the chip goes on as if it had been right", () => {
    const subject = host({ kind: "status replaced", status: 1, byte: 0x42 });
    subject.w("31 CE");
    expect(subject.r()).toBe("79");
    subject.w(withXor(word(FLASH)));
    expect(subject.r()).toBe("42");
    subject.w(withXor([7, 1, 2, 3, 4, 5, 6, 7, 8]));
    expect(subject.poll()).toBe("79");
  });

  it("a command refused: the chip waits for the next one", () => {
    const subject = host({ kind: "refused", status: 1 });
    expect(subject.command("31 CE", withXor(word(FLASH)))).toBe("1F");
    subject.w("01 FE");
    expect([subject.r(), subject.r(), subject.r()]).toEqual(["79", "12", "79"]);
  });

  it("BUSY for ever lasts until the reset", () => {
    const subject = host({ kind: "busy for ever", status: 0 });
    subject.w("01 FE");
    for (let i = 0; i < 100; i++) {
      subject.clock.advance(500);
      expect(subject.r()).toBe("76");
    }
    subject.chip.setNrst(false);
    subject.chip.setNrst(true);
    subject.clock.advance(2);
    subject.w("01 FE");
    expect(subject.r()).toBe("79");
  });

  it("on UART it is silence", () => {
    const subject = uartHost({ facts: G071, faults: [{ kind: "busy for ever", status: 0 }] });
    expect(subject.u("01 FE")).toBe("");
    subject.clock.advance(3_600_000);
    expect(subject.u("")).toBe("");
  });

  it("a reset before a frame: nobody acknowledges it", () => {
    const subject = host({ kind: "reset", frame: 2 });
    subject.w("01 FE");
    expect(subject.r()).toBe("79");
    expect(subject.tryRead(1)).toBe("nack");
    expect(subject.chip.state).toBe("booting");
  });

  it("injected later, they count from there", () => {
    const subject = new Host({ facts: G071 });
    expect(subject.write(FLASH, DATA)).toBe("79");
    subject.chip.inject({ kind: "not done", operation: 0 });
    expect(subject.write(FLASH + 64, DATA)).toBe("79");
    expect(flash(subject, 4, FLASH + 64)).toBe("FF FF FF FF");
    expect(subject.chip.counters).toMatchObject({ operations: 2, statuses: 6 });
  });
});

describe("an adapter that gives up on a stretch", () => {
  /** Erases one page and stops waiting after 5 of 20 ms. */
  const abandoned = (statusAfterAbort: "due" | "lost"): Host => {
    const subject = new Host({ facts: G071, quirks: { statusAfterAbort } });
    subject.chip.poke(FLASH, Uint8Array.of(1));
    subject.command("44 BB", "00 00 00");
    subject.w("00 00 00");
    expect(subject.chip.i2cRead(0x51, 1)).toMatchObject({ kind: "done", stretchMs: 20 });
    subject.clock.advance(5);
    subject.chip.i2cAbort();
    return subject;
  };

  it("the erase goes on, and the status is still due", () => {
    const subject = abandoned("due");
    expect(flash(subject, 1)).toBe("01");
    expect(subject.chip.i2cRead(0x51, 1)).toMatchObject({ kind: "done", stretchMs: 15 });
    subject.clock.advance(15);
    expect(flash(subject, 1)).toBe("FF");
    subject.w("01 FE");
    expect(subject.chip.violations).toEqual([]);
  });

  it("or lost, when the switch says so: the chip waits for a command and stretches it while it is busy", () => {
    const subject = abandoned("lost");
    expect(subject.chip.i2cWrite(0x51, Uint8Array.of(1, 0xfe))).toEqual({ kind: "done", stretchMs: 15 });
    subject.clock.advance(15);
    expect(subject.r()).toBe("79");
    expect(flash(subject, 1)).toBe("FF");
  });
});

describe("characters on UART while the chip is busy", () => {
  it("keeps the first, loses the others, and says so", () => {
    const subject = uartHost({ facts: G071 });
    subject.u("44 BB");
    for (const byte of [0, 0, 0, 0, 0, 0x01, 0x02, 0x03]) subject.chip.uartReceive(byte);
    expect(subject.take()).toBe("79");
    expect(subject.chip.violations).toHaveLength(3);
    expect(subject.u("FE")).toBe("79 31 00 00 79"); // 01 was kept
  });
});
