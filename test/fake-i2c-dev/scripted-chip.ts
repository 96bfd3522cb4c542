/** A target that says what its script says: for tests of the device itself, where a real chip's rules are in the way. */
import type { Clock, I2cAnswer, SimulatedChip } from "../../src/simulator/chip.js";

export interface Script {
  readonly address: number;
  /** Default: takes every write, and reads as 0x79. */
  readonly onWrite?: (bytes: Uint8Array, nowMs: number) => I2cAnswer;
  readonly onRead?: (length: number, nowMs: number) => I2cAnswer;
}

export const done = (bytes?: Uint8Array, stretchMs = 0): I2cAnswer =>
  bytes ? { kind: "done", stretchMs, bytes } : { kind: "done", stretchMs };

/** @returns a maker for `BusOptions.chips`, and what the chip saw: "W 01 FE", "Sr R 3", "abort" */
export function scriptedChip(script: Script): { make: (clock: Clock) => SimulatedChip; seen: string[] } {
  const seen: string[] = [];
  return { seen, make: (clock) => makeChip(clock, script, seen) };
}

const NO_COUNTS: SimulatedChip["counters"] = {
  i2cWrites: 0,
  i2cReads: 0,
  bytes: 0,
  erasedPages: 0,
  programmedBytes: 0,
  resets: 0,
  operations: 0,
  statuses: 0,
  frames: 0,
};

function makeChip(clock: Clock, script: Script, seen: string[]): SimulatedChip {
  const counters: { -readonly [K in keyof SimulatedChip["counters"]]: number } = { ...NO_COUNTS };
  return {
    name: "scripted",
    clock,
    state: "bootloader",
    violations: [],
    counters,
    i2cWrite(address, bytes, restart = false) {
      if (address !== script.address) return { kind: "nack" };
      counters.i2cWrites++;
      seen.push([...(restart ? ["Sr"] : []), "W", ...[...bytes].map(hexByte)].join(" "));
      return script.onWrite?.(bytes, clock.now()) ?? done();
    },
    i2cRead(address, length, restart = false) {
      if (address !== script.address) return { kind: "nack" };
      counters.i2cReads++;
      seen.push(`${restart ? "Sr " : ""}R ${length}`);
      return script.onRead?.(length, clock.now()) ?? done(new Uint8Array(length).fill(0x79));
    },
    i2cAbort: () => void seen.push("abort"),
    uartReceive: () => undefined,
    uartTake: () => [],
    spiExchange: () => 0,
    setBoot0: () => undefined,
    setNrst: () => undefined,
    setPower: () => undefined,
    peek: (_address, length) => new Uint8Array(length),
    poke: () => undefined,
    inject: () => undefined,
    calm: () => undefined,
    close: () => undefined,
    jumpTarget: undefined,
    readoutLevel: 0,
    wouldBoot: () => false,
  };
}

const hexByte = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, "0");
