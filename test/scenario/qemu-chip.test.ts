/** The command, unmodified, against STM32 machines that others modelled: cores, memories and resets that are not ours. */
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { QEMU_MACHINES, startQemuChip } from "../support/qemu-chip.js";

const BIN = join(import.meta.dirname, "../../bin/bootlace.js");
const program = Uint8Array.from({ length: 40_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 11) & 0xff);

/** A pseudo-terminal keeps no parity bit, so 8n1. */
async function bootlace(path: string, ...words: string[]) {
  const child = spawn(process.execPath, [BIN, ...words, "--port", path, "--mode", "8n1"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  for (const output of [child.stdout, child.stderr])
    output.setEncoding("utf8").on("data", (text: string) => said.push(text));
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { status, said: said.join("") };
}

/** Twelve processes, and an emulator beside them. */
const SLOW_MS = 120_000;

describe.each(Object.keys(QEMU_MACHINES) as (keyof typeof QEMU_MACHINES)[])(
  "QEMU's %s",
  { timeout: SLOW_MS },
  (name) => {
    it("is known, read and restarted by a program in its RAM, which survives", async () => {
      await using chip = await startQemuChip(name, program);
      const info = await bootlace(chip.path, "info");
      expect(info.said).toContain(`product ID 0x${QEMU_MACHINES[name].productId.toString(16)}`);
      const reset = await bootlace(chip.path, "reset");
      expect(reset).toMatchObject({
        status: 0,
        said: expect.stringContaining("a program in the chip's RAM") as string,
      });
      expect(await bootlace(chip.path, "info")).toMatchObject({ status: 0 });
    });

    it("has checksums computed by a program in its RAM that agree with reading", async () => {
      await using chip = await startQemuChip(name, program);
      const held = chip.flash.slice(0, program.length);
      const same = fileOf("same.bin", held);
      held[33_333]! ^= 1;
      const other = fileOf("other.bin", held);
      const verify = (file: string, ...words: string[]) => bootlace(chip.path, "verify", file, ...words);
      expect(await verify(same, "--crc-program")).toMatchObject({
        status: 0,
        said: expect.stringContaining("hold the image (checksum program)") as string,
      });
      expect(await verify(other, "--crc-program")).toMatchObject({ status: 51 });
      const plan = async (...words: string[]) =>
        planOf((await bootlace(chip.path, "write", other, "--dry-run", ...words)).said);
      expect(await plan("--crc-program")).toEqual(await plan());
      const proof = await bootlace(
        chip.path,
        "checksum",
        "--prove",
        "--crc-program",
        "--range",
        "0x08000000:40000",
      );
      expect(proof).toMatchObject({
        status: 0,
        said: expect.stringContaining("the checksum program told the truth of 20 pieces") as string,
      });
    });
  },
);

function fileOf(name: string, bytes: Uint8Array): string {
  const file = join(mkdtempSync(join(tmpdir(), "qemu-image-")), name);
  writeFileSync(file, bytes);
  return file;
}

const planOf = (said: string): string[] => said.split("\n").filter((line) => line.startsWith("Plan"));
