import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerMs, characterMs, nextPacket, PACKET_BYTES, writeFloorMs } from "../../../bench/uart-time.js";

describe("an adapter", () => {
  it("gives a packet that is full at once, and one that is not when its timer is over", () => {
    const arrivals = Array.from({ length: 70 }, (_, i) => i / 10);
    expect(nextPacket(arrivals, 16)).toEqual({ dueMs: 6.1, count: PACKET_BYTES });
    expect(nextPacket(arrivals.slice(0, 10), 16)).toEqual({ dueMs: 16, count: 10 });
    expect(nextPacket(arrivals, 1)).toEqual({ dueMs: 1, count: 11 });
    expect(nextPacket([], 1)).toBeUndefined();
  });

  it("keeps no character longer than its timer, and hands out none before it came", () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (times, latencyMs) => {
          let left = [...times].sort((a, b) => a - b);
          for (let packet = nextPacket(left, latencyMs); packet; packet = nextPacket(left, latencyMs)) {
            expect(packet.count).toBeGreaterThan(0);
            for (const atMs of left.slice(0, packet.count)) {
              expect(atMs).toBeLessThanOrEqual(packet.dueMs);
              expect(packet.dueMs - atMs).toBeLessThanOrEqual(latencyMs + 1e-9);
            }
            left = left.slice(packet.count);
          }
          expect(left).toEqual([]);
        },
      ),
    ));
});

describe("the floor of a write over UART", () => {
  const write = { bytes: 131_072, baud: 115_200, latencyMs: 0, programMs: 1, eraseMs: 40 };

  it("is 11 bits a character, of which 12 stand around each 256 bytes, and the chip's own times", () => {
    const characters = 131_072 + 512 * 12 + 7;
    expect(writeFloorMs(write)).toBeCloseTo((characters * 11e3) / 115_200 + 512 + 40, 6);
  });

  it("has three answers for each 256 bytes that wait for the adapter, and two for the erase", () =>
    expect(writeFloorMs({ ...write, latencyMs: 16 }) - writeFloorMs(write)).toBeCloseTo(
      (3 * 512 + 2) * 16,
      6,
    ));

  it("an answer of one character takes its own time and the adapter's", () =>
    expect(answerMs(1, 115_200, 16)).toBeCloseTo(16 + characterMs(115_200), 9));
});
