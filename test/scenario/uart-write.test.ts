/** The library on a serial port: a simulated chip on a pseudo-terminal. */
import { afterEach, describe, expect, test } from "vitest";
import { connect } from "../../src/flash/connect.js";
import type { Target } from "../../src/flash/target.js";
import { MemoryImage } from "../../src/image/image.js";
import { chipOnPty } from "../support/pty-chip.js";
import type { PtyChip } from "../support/pty-chip.js";

const FLASH = 0x0800_0000;
const KIB = 1024;

/** A vector table that fits the chip, then bytes that repeat nowhere within a page. */
export function firmware(length: number, seed = 1): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 17 + seed * 7 + (i >> 16)) & 0xff);
  const vectors = new DataView(bytes.buffer);
  vectors.setUint32(0, 0x2000_1000, true);
  vectors.setUint32(4, FLASH + 0x101, true);
  return bytes;
}

const imageOf = (bytes: Uint8Array) => new MemoryImage([{ address: FLASH, bytes }]);

let open: { rig: PtyChip; target: Target } | undefined;
afterEach(async () => {
  await open?.target.close();
  open?.rig.close();
  open = undefined;
});

async function start(chip: string, spec: Readonly<Record<string, string>> = {}) {
  const rig = await chipOnPty(chip, spec);
  const target = await connect(`serial:${rig.path}?mode=8n1`);
  open = { rig, target };
  return { ...rig, target };
}

describe("over a serial port", () => {
  test.each(["stm32g071", "stm32f407", "stm32f103c8", "stm32l053", "stm32h743", "stm32wb55"])(
    "writes, verifies, reads back and runs %s",
    async (name) => {
      const { chip, target } = await start(name);
      const bytes = firmware(20 * KIB);
      const result = await target.write(imageOf(bytes));
      expect(result).toMatchObject({ outcome: "written", left: "bootloader", retries: 0 });
      expect(result.verifiedBy).not.toBe("nothing");
      expect(Buffer.from(chip.peek(FLASH, bytes.length)).equals(bytes)).toBe(true);
      const back = await target.read({ start: FLASH, end: FLASH + bytes.length });
      expect(Buffer.from(back).equals(bytes)).toBe(true);
      await target.run();
      expect(chip.state).toBe("application");
      expect(chip.violations).toEqual([]);
    },
    60_000,
  );
});
