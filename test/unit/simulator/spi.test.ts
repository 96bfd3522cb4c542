/** The chip on SPI, byte by byte: AN4286's dialogues, and what a host out of step meets. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/simulator/clock.js";
import { createChip } from "../../../src/simulator/create-chip.js";
import type { SimulatedChip } from "../../../src/simulator/chip.js";
import type { ChipOptions } from "../../../src/simulator/options.js";
import { SPI_OPCODES } from "../../../src/simulator/opcodes.js";
import { DUAL_BANK, FLASH, G071 } from "./chips.js";
import { bytes, text } from "./host.js";

interface Vector {
  readonly title: string;
  readonly exchanges: readonly [string, string][];
}
const { spi: vectors } = JSON.parse(
  readFileSync(new URL("../../fixtures/vectors.json", import.meta.url), "utf8"),
) as { readonly spi: readonly Vector[] };

const COUNTING = Uint8Array.from({ length: 256 }, (_, at) => at);
const SPI_G071 = { ...G071, spi: { protocol: "1.1" } } as const;
const BYTE_MS = 0.023;

/** Clocks bytes by hand; knows nothing of src/protocol. */
class SpiHost {
  readonly clock = new VirtualClock();
  readonly chip: SimulatedChip;

  constructor(options: ChipOptions) {
    this.chip = createChip({ ...options, clock: this.clock });
  }

  /** @returns MISO */
  x(mosi: string, gapUs = 15): string {
    return text(
      bytes(mosi).map((byte) => {
        this.clock.advance(BYTE_MS);
        return this.chip.spiExchange(byte, gapUs);
      }),
    );
  }

  /** @returns the status, fetched by polls and acknowledged */
  status(): string {
    for (let polls = 0; polls < 5000; polls++) {
      const byte = this.x("00");
      if (byte !== "79" && byte !== "1F") continue;
      this.x("79");
      return byte;
    }
    return "";
  }

  connect(): this {
    this.x("5A");
    expect(this.status()).toBe("79");
    return this;
  }

  /** Frames, each with its status; stops at the first that is no ACK. */
  command(...frames: readonly string[]): string {
    let status = "";
    for (const frame of frames) {
      this.x(frame);
      status = this.status();
      if (status !== "79") break;
    }
    return status;
  }
}

const chipFor = (title: string): ChipOptions => {
  const facts = /bank|mass/i.test(title)
    ? DUAL_BANK
    : title.includes("0x468")
      ? { ...G071, productId: 0x468 }
      : G071;
  const special = title.includes("pecial 0x5");
  return {
    facts: { ...facts, spi: { protocol: "1.1" }, specials: [0x1234, 0x0082] },
    ...(special && { spiOpcodes: [...SPI_OPCODES["1.1"], 0x50, 0x51] }),
    ...(title.includes("Checksum") && { spiProtocol: "1.3" as const }),
    ...(title.includes("protection active") && { readoutLevel: 1 as const }),
    ...(title.includes("reply order") && {
      specialReplies: { 0x1234: { data: Uint8Array.of(1, 2, 3), status: Uint8Array.of(0) } },
    }),
    timings: { checksumMsPerKiB: 0 },
  };
};

/** Up to where a dialogue that shows an end only begins. */
const BEFORE: readonly [RegExp, readonly string[]][] = [
  [/count frames/, ["5A 44 BB"]],
  [/last read only/, ["5A A1 5E", "08 00 00 00 08", "00 00 00 04 04", "04 C1 1D B7 6F"]],
];

describe("SPI dialogues of AN4286", () => {
  it.each(vectors.map(({ title, exchanges }) => ({ title, exchanges })))("$title", ({ title, exchanges }) => {
    const host = new SpiHost(chipFor(title));
    if (!title.startsWith("Write 8")) host.chip.poke(FLASH, COUNTING);
    if (title !== "Synchronise") host.connect();
    const before = BEFORE.find(([pattern]) => pattern.test(title))?.[1] ?? [];
    for (const [index, [mosi, miso]] of exchanges.entries()) {
      if (index === 0 || title.includes("count frames")) expect(host.command(...before)).toMatch(/^(79)?$/);
      if (mosi.endsWith("00 79") || mosi === "00 00 79") {
        expect(host.status(), `exchange ${index}`).toBe(miso.split(" ").at(-2));
        continue;
      }
      const got = host.x(mosi).split(" ");
      for (const [at, wanted] of miso.split(" ").entries())
        if (wanted !== "xx") expect(got[at], `exchange ${index}, byte ${at}`).toBe(wanted);
      if (title.includes("count frames")) expect(host.status()).toBe("79");
    }
    expect(host.chip.violations).toEqual([]);
  });
});

describe("a chip on SPI", () => {
  const host = (options: Partial<ChipOptions> = {}): SpiHost => new SpiHost({ facts: SPI_G071, ...options });

  it("drops what comes before the first 5A and drives nothing", () => {
    const { x } = { x: (mosi: string) => fresh.x(mosi) };
    const fresh = host();
    expect(x("00 79 02 FD")).toBe("00 00 00 00");
    fresh.connect();
  });

  it("refuses 5A with two polls behind it when it is connected already", () => {
    const connected = host().connect();
    expect(connected.command("5A")).toBe("1F");
    expect(connected.command("5A 02 FD")).toBe("79");
  });

  it("waits for the host's 79 before it does anything else, and takes nothing for it", () => {
    const connected = host().connect();
    connected.x("5A 02 FD 00 00 00");
    expect(connected.x("5A 02 FD 00 00 00 00")).not.toContain("01");
    connected.x("79");
    expect(connected.x("00 00 00 00")).toBe("A5 01 04 60");
  });

  it("jumps only after the host's 79", () => {
    const connected = host().connect();
    expect(connected.command("5A 21 DE")).toBe("79");
    connected.x("08 00 00 00 08 00 00 00 00");
    expect(connected.chip.state).toBe("bootloader");
    connected.x("79");
    expect(connected.chip.state).toBe("application");
  });

  it("has an open Erase completed by bare polls: page 0 is gone", () => {
    const open = host().connect();
    open.chip.poke(FLASH, COUNTING);
    expect(open.command("5A 44 BB")).toBe("79");
    expect(open.status()).toBe("79"); // three 00 are a count
    expect(open.status()).toBe("79"); // and three more are page 0
    expect(open.chip.counters.erasedPages).toBe(1);
  });

  it("has an open Write completed by bare polls: one byte 00 is programmed", () => {
    const open = host().connect();
    expect(open.command("5A 31 CE", "08 00 00 00 08")).toBe("79");
    expect(open.status()).not.toBe("");
    expect(open.chip.counters.programmedBytes + open.chip.violations.length).toBeGreaterThan(0);
  });

  it("shifts a reply when a surplus 79 is in front of the read", () => {
    const connected = host().connect();
    expect(connected.command("5A 01 FE")).toBe("79");
    connected.x("79");
    expect(connected.x("00 00")).toBe("11 00");
  });

  it("loses a byte that comes sooner than 15 µs after the one before it, and says so", () => {
    const connected = host().connect();
    connected.x("5A 02 FD", 10);
    expect(connected.chip.violations.map(({ kind, text: what }) => [kind, what])[0]).toEqual([
      "order",
      "byte 5A came 10 µs after the one before it, the least is 15: lost",
    ]);
  });

  it("repeats its last ACK while it erases, where its ring is stale", () => {
    const stale = host({ quirks: { spiStaleRing: true }, timings: { pageEraseMs: 20 } }).connect();
    expect(stale.command("5A 44 BB", "00 00 00", "00 00 00")).toBe("79");
    expect(stale.chip.counters.erasedPages).toBe(0);
    const honest = host({ timings: { pageEraseMs: 20 } }).connect();
    expect(honest.command("5A 44 BB", "00 00 00", "00 00 00")).toBe("79");
    expect(honest.chip.counters.erasedPages).toBe(1);
  });

  it("listens on one bus only, until it is reset", () => {
    const connected = host().connect();
    expect(connected.chip.i2cWrite(0x51, bytes("02 FD"))).toEqual({ kind: "nack" });
    connected.chip.uartReceive(0x7f);
    expect(connected.chip.uartTake()).toEqual([]);
    connected.chip.setNrst(false);
    connected.chip.setNrst(true);
    connected.clock.advance(10);
    expect(connected.chip.i2cWrite(0x51, bytes("02 FD"))).toMatchObject({ kind: "done" });
    expect(connected.x("5A 00 00")).toBe("00 00 00");
  });
});
