/** Every dialogue of the reference on the chip: what the host sends is taken, what the chip sends is byte for byte as written. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { I2C_OPCODES, UART_OPCODES } from "../../../src/simulator/opcodes.js";
import type { I2cVersion, UartVersion } from "../../../src/simulator/opcodes.js";
import type { ChipOptions } from "../../../src/simulator/options.js";
import { DUAL_BANK, F405, FLASH, G071, L072 } from "./chips.js";
import { bytes, Host } from "./host.js";

interface Vectors {
  readonly i2c: readonly { readonly title: string; readonly frames: readonly [string, string][] }[];
  readonly usart: readonly { readonly title: string; readonly steps: readonly [string, string][] }[];
}
const vectors = JSON.parse(
  readFileSync(new URL("../../fixtures/vectors.json", import.meta.url), "utf8"),
) as Vectors;

const COUNTING = Uint8Array.from({ length: 256 }, (_, at) => at);

/** The chip that a dialogue speaks of. */
const chipFor = (title: string): ChipOptions => {
  const special = title.includes("pecial 0x5");
  if (special) {
    return {
      facts: { ...G071, specials: [0x1234, 0x0082] },
      i2cOpcodes: [...I2C_OPCODES["1.2"], 0x50, 0x51],
      uartOpcodes: [...UART_OPCODES["3.1"], 0x50, 0x51],
      specialReplies: title.includes("reply")
        ? { 0x1234: { data: Uint8Array.of(1, 2, 3), status: Uint8Array.of(0) } }
        : title.includes("no data either way")
          ? { 0x1234: { data: new Uint8Array(0), status: new Uint8Array(0) } }
          : {},
    };
  }
  const facts = /bank|mass/.test(title)
    ? DUAL_BANK
    : title.includes("0x100")
      ? L072
      : title.includes("0x20003000")
        ? F405
        : G071;
  const i2c = /protocol (1\.\d|2\.0)/.exec(title)?.[1] as I2cVersion | undefined;
  const uart = /protocol ([2-4]\.\d)/.exec(title)?.[1] as UartVersion | undefined;
  const legacy = title.startsWith("Legacy");
  const checksumMsPerKiB = title.includes("16 bytes") ? 1 : 0;
  const isGetVersion = title === "Get Version";
  return {
    facts,
    timings: { checksumMsPerKiB },
    ...(isGetVersion ? { i2cProtocol: "1.1" as const } : i2c ? { i2cProtocol: i2c } : {}),
    ...(legacy
      ? { uartProtocol: "2.2" as const }
      : uart
        ? { uartProtocol: uart }
        : title.includes("Checksum")
          ? { uartProtocol: "3.3" as const }
          : {}),
    ...(title.includes("protection active") ? { readoutLevel: 1 as const } : {}),
  };
};

const isWrite = (title: string): boolean => /^(Write 8|No-stretch Write, same)/.test(title);

/** Flash counts 00 01 02 .. where the dialogue reads it, and is blank where it writes. */
const prepare = (host: Host, title: string): void => {
  if (!isWrite(title)) host.chip.poke(FLASH, COUNTING);
};

describe("I2C dialogues of AN4221", () => {
  it.each(vectors.i2c.map(({ title, frames }) => ({ title, frames })))("$title", ({ title, frames }) => {
    const host = new Host(chipFor(title));
    prepare(host, title);
    for (const [index, [direction, frame]] of frames.entries()) {
      if (direction === "W") {
        host.w(frame);
        continue;
      }
      const length = bytes(frame).length;
      expect(host.r(length), `frame ${index}`).toBe(frame);
      // How often BUSY comes is a matter of time; the dialogues show it once or twice.
      if (frame === "76" && frames[index + 1]?.[1] !== "76") host.clock.advance(900);
    }
    expect(host.chip.violations).toEqual([]);
  });
});

describe("UART dialogues of AN3155", () => {
  it.each(vectors.usart.map(({ title, steps }) => ({ title, steps })))("$title", ({ title, steps }) => {
    const host = new Host(chipFor(title));
    prepare(host, title);
    if (!title.startsWith("Connect")) expect(host.u("7F")).toBe("79");
    else if (title.includes("already")) host.u("7F");
    let got: string[] = [];
    for (const [index, [direction, data]] of steps.entries()) {
      if (direction === "H>") {
        expect(got, `unexpected characters before step ${index}`).toEqual([]);
        got = host.u(data).split(" ").filter(Boolean);
        continue;
      }
      const expected = data.split(" ");
      expect(got.splice(0, expected.length).join(" "), `step ${index}`).toBe(data);
    }
    if (title.includes("request only")) return;
    expect(got).toEqual([]);
    expect(host.chip.violations).toEqual([]);
  });
});
