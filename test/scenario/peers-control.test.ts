/** The benchmark's control: its frames must be a real write, or the floor that is computed from them means nothing. */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ChipSetUp, firmware, runOnBus } from "../../bench/bus-run.js";
import { floorMs, writeSession } from "../../bench/frames.js";
import { benchTool } from "../../bench/measure.js";

const TIMES = { programMs: 0.1, pageEraseMs: 2, massEraseMs: 5, checksumMsPerKiB: 0.01 };
const FLASH = 128 * 1024;
const VERSIONS = [
  ["1.0", 0x10],
  ["1.1", 0x11],
  ["1.2", 0x12],
] as const;

describe("the control", () => {
  it.each(VERSIONS)("writes and verifies by protocol %s, whole chip or some pages", async (version, byte) => {
    const chip: ChipSetUp = { productId: 0x460, flashSize: FLASH, version, times: TIMES };
    for (const length of [6 * 2048, FLASH]) {
      const image = firmware(length, 2);
      const pages = Array.from({ length: length / 2048 }, (_, i) => i);
      const options = {
        image,
        address: 0x0800_0000,
        pages,
        whole: length === FLASH,
        version: byte,
        times: TIMES,
      };
      const { script, frames } = writeSession(options);
      const file = join(tmpdir(), `bootlace-control-${process.pid}.txt`);
      writeFileSync(file, script);
      const { measured, totals, erasedPages } = await runOnBus({
        chip,
        speedHz: undefined,
        before: firmware(length, 1),
        after: image,
        command: ({ path, address }) => [benchTool("floor"), path, address, file],
      });
      const [sent, busy] = measured.stdout.split(" ").map(Number);
      expect(erasedPages).toBe(pages.length);
      expect(sent! - busy!).toBe(frames);
      expect(totals.frames).toBe(sent);
    }
  });

  it("has the floor of six frames a block: 2478 bits for 256 bytes", () => {
    const one = { address: 0x0800_0000, pages: [], whole: false, version: 0x12, times: TIMES } as const;
    const [short, long] = [512, 1024].map((length) => writeSession({ ...one, image: firmware(length, 1) }));
    expect((long!.bits - short!.bits) / 2).toBe(2478);
    expect((long!.frames - short!.frames) / 2).toBe(6);
    expect(floorMs(long!, 400_000) - floorMs(short!, 400_000)).toBeCloseTo(
      (2 * 2478) / 400 + 2 * 0.1 + 0.005,
    );
  });
});
