/** The command, unmodified, against STM32 machines that others modelled: cores, memories and resets that are not ours. */
import { spawn } from "node:child_process";
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

describe.each(Object.keys(QEMU_MACHINES) as (keyof typeof QEMU_MACHINES)[])("QEMU's %s", (name) => {
  it("is known, read and restarted by a program in its RAM, which survives", async () => {
    await using chip = await startQemuChip(name, program);
    const info = await bootlace(chip.path, "info");
    expect(info.said).toContain(`product ID 0x${QEMU_MACHINES[name].productId.toString(16)}`);
    const reset = await bootlace(chip.path, "reset");
    expect(reset).toMatchObject({
      status: 0,
      said: expect.stringContaining("by a program in its RAM") as string,
    });
    expect(await bootlace(chip.path, "info")).toMatchObject({ status: 0 });
  });
});
