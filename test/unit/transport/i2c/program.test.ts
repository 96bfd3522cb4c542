import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../../../src/errors.js";
import { encodeSteps, longestTimeoutMs, splitReads } from "../../../../src/transport/i2c/program.js";
import { delay, read, write } from "../../../../src/transport/transport.js";
import type { Step } from "../../../../src/transport/transport.js";

/** Written from the table in i2c-program.ts, as native/step_program.cpp is. */
const decode = (program: Uint8Array): Step[] => {
  const view = new DataView(program.buffer, program.byteOffset, program.length);
  const ms = (at: number): number => view.getUint32(at, true) / 1000;
  const steps: Step[] = [];
  for (let at = 0; at < program.length;) {
    switch (program[at]) {
      case 1: {
        const length = view.getUint16(at + 1, true);
        steps.push(write(program.slice(at + 3, at + 3 + length)));
        at += 3 + length;
        break;
      }
      case 2:
        steps.push(readAt(view, at));
        at += 6;
        break;
      case 3: {
        const busy = view.getUint16(at + 2, true);
        steps.push({
          kind: "poll",
          accept: program[at + 1]!,
          ...(busy === 0xffff ? {} : { busy }),
          timeoutMs: ms(at + 4),
          firstWaitMs: ms(at + 8),
          intervalMs: ms(at + 12),
        });
        at += 16;
        break;
      }
      default:
        steps.push(delay(ms(at + 1)));
        at += 5;
    }
  }
  return steps;
};

const readAt = (view: DataView, at: number): Step => {
  const begins = view.getUint16(at + 3, true);
  return {
    ...read(view.getUint16(at + 1, true)),
    ...(begins === 0xffff ? {} : { begins }),
    ...(view.getUint8(at + 5) === 1 ? { continues: true as const } : {}),
  };
};

const byte = fc.integer({ min: 0, max: 255 });
const time = fc.integer({ min: 0, max: 0xffff_ffff }).map((us) => us / 1000);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => write(bytes)),
  fc.integer({ min: 0, max: 8192 }).map((length) => read(length)),
  fc.tuple(byte, byte).map(([length, begins]): Step => ({ ...read(length), begins })),
  byte.map((length): Step => ({ ...read(length), continues: true })),
  time.map((ms) => delay(ms)),
  fc.tuple(byte, byte, time, time, time).map(([accept, busy, timeoutMs, firstWaitMs, intervalMs]): Step => {
    return { kind: "poll", accept, busy, timeoutMs, firstWaitMs, intervalMs };
  }),
  fc.tuple(byte, time).map(([accept, timeoutMs]): Step => {
    return { kind: "poll", accept, timeoutMs, firstWaitMs: 0, intervalMs: 1 };
  }),
);

describe("a program", () => {
  it("holds every list of steps, to the microsecond", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        expect(decode(encodeSteps(steps))).toEqual(steps);
      }),
    );
  });

  it("has the bytes of the table, byte for byte", () => {
    const poll: Step = { kind: "poll", accept: 0x79, busy: 0x76, timeoutMs: 1000, firstWaitMs: 0.5 };
    expect([...encodeSteps([write(Uint8Array.of(0x31, 0xce)), read(256), poll, delay(2)])]).toEqual([
      ...[1, 2, 0, 0x31, 0xce],
      ...[2, 0, 1, 0xff, 0xff, 0],
      ...[3, 0x79, 0x76, 0, 0x40, 0x42, 0x0f, 0, 0xf4, 1, 0, 0, 0xe8, 3, 0, 0],
      ...[4, 0xd0, 7, 0, 0],
    ]);
  });

  it("is empty for no steps", () => {
    expect(encodeSteps([])).toHaveLength(0);
  });

  it("takes what is longer than 71 minutes as 71 minutes", () => {
    expect(decode(encodeSteps([delay(Infinity), delay(1e9)]))).toEqual([
      delay(4_294_967.295),
      delay(4_294_967.295),
    ]);
  });

  it.each([
    [delay(-1), "a time of -1 ms"],
    [delay(NaN), "a time of NaN ms"],
    [read(8193), "a message of 8193 bytes: i2c-dev takes 0 to 8192"],
    [read(1.5), "a message of 1.5 bytes: i2c-dev takes 0 to 8192"],
    [read(-1), "a message of -1 bytes: i2c-dev takes 0 to 8192"],
    [write(new Uint8Array(9000)), "a message of 9000 bytes: i2c-dev takes 0 to 8192"],
  ])("refuses %o", (bad, message) => {
    expect(() => encodeSteps([bad])).toThrow(new BootlaceError("USAGE", message));
  });
});

describe("what comes back", () => {
  it("is cut at the lengths of the read steps", () => {
    const steps = [read(2), write(Uint8Array.of(1)), read(0), read(3)];
    expect(splitReads(steps, Uint8Array.of(1, 2, 3, 4, 5)).map((part) => [...part])).toEqual([
      [1, 2],
      [],
      [3, 4, 5],
    ]);
  });
});

describe("the longest time-out", () => {
  it("is that of reads and polls, not of delays", () => {
    const poll: Step = { kind: "poll", accept: 0x79, timeoutMs: 30 };
    expect(longestTimeoutMs([delay(9000), read(1), poll, read(1, 40), poll])).toBe(40);
    expect(longestTimeoutMs([delay(9000), read(1)])).toBe(0);
  });
});
