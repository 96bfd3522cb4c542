/** Other people's tool on our simulated chip: Debian's stm32flash 0.7 on a pseudo-terminal, in 8N1 because it has no parity. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { chipOnPty } from "../support/pty-chip.js";
import type { PtyChip } from "../support/pty-chip.js";

const run = promisify(execFile);
const hasTool = spawnSync("stm32flash", ["-h"]).error === undefined;
const folder = mkdtempSync(join(tmpdir(), "uart-stm32flash-"));
const FLASH = 0x0800_0000;

/** Repeats nowhere within a page, and has no erased words. */
const firmware = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8) * 13 + 1) & 0x7f);

let server: PtyChip | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

const stm32flash = (...options: string[]) => run("stm32flash", ["-m", "8n1", ...options, server!.path]);

describe.skipIf(!hasTool)("stm32flash (apt install stm32flash)", () => {
  test.each(["stm32f407", "stm32g071", "stm32f103c8", "stm32l053", "stm32h743"])(
    "writes, verifies, reads and erases %s without a violation",
    async (name) => {
      server = await chipOnPty(name);
      const { chip, device } = server;
      const image = firmware(5000);
      const [source, copy] = [join(folder, `${name}.bin`), join(folder, `${name}-copy.bin`)];
      writeFileSync(source, image);

      const { stdout } = await stm32flash("-w", source, "-v");
      expect(stdout).toContain(`Device ID    : 0x0${device.productId.toString(16)}`);
      expect(Buffer.from(chip.peek(FLASH, image.length)).equals(image)).toBe(true);

      await stm32flash("-r", copy, "-S", "0x08000000:5000");
      expect(readFileSync(copy).equals(image)).toBe(true);

      // Pages by number: L0 has no mass erase, which is what -o without pages asks for.
      await stm32flash("-o", "-s", "0", "-e", "1");
      const first = chip.peek(FLASH, 16);
      expect(first.every((byte) => byte === device.flash.erasedValue)).toBe(true);
      expect(chip.violations).toEqual([]);
    },
    60_000,
  );

  test("leaves the chip running with -g", async () => {
    server = await chipOnPty("stm32g071");
    const source = join(folder, "go.bin");
    const image = firmware(64);
    new DataView(image.buffer).setUint32(0, 0x2000_2000, true);
    new DataView(image.buffer).setUint32(4, FLASH + 9, true);
    writeFileSync(source, image);
    await stm32flash("-w", source, "-g", "0x08000000");
    expect(server.chip.state).toBe("application");
    expect(server.chip.violations).toEqual([]);
  });

  test("is refused by a protected chip", async () => {
    server = await chipOnPty("stm32g071", { rdp: "1" });
    await expect(stm32flash("-r", join(folder, "none.bin"), "-S", "0x08000000:16")).rejects.toMatchObject({
      code: 1,
    });
  });
});
