/** BOOT0 and NRST of a simulated chip, moved by reset sequences while the host talks to it over a serial port. */
import { afterEach, describe, expect, test } from "vitest";
import { BootlaceError } from "../../src/errors.js";
import { enterBootloader, leaveBootloader } from "../../src/lines/enter-bootloader.js";
import type { LineDriver } from "../../src/lines/line-driver.js";
import { parseResetSequence } from "../../src/lines/sequence.js";
import type { Level } from "../../src/lines/sequence.js";
import { connectBootloader } from "../../src/protocol/connect.js";
import type { SimulatedChip } from "../../src/simulator/chip.js";
import { openSerial } from "../../src/transport/serial/serial.js";
import type { SerialTransport } from "../../src/transport/serial/serial.js";
import { chipOnPty } from "../support/pty-chip.js";
import type { PtyChip } from "../support/pty-chip.js";

/** Wired to the chip's pins, BOOT0 pulled down and NRST pulled up. */
class ChipLines implements LineDriver {
  moves = 0;
  /** Moves of NRST that do not reach the chip: a bad contact. */
  lostResets = 0;

  constructor(readonly chip: SimulatedChip) {}

  async set(values: ReadonlyMap<string, Level>): Promise<void> {
    this.moves++;
    for (const [name, level] of values) {
      if (name === "boot0") this.chip.setBoot0(level === 1);
      else if (level === 0 && this.lostResets > 0) this.lostResets--;
      else this.chip.setNrst(level !== 0);
    }
  }

  async release(): Promise<void> {}
}

/** So that the chip has a program to run: G071 stays in its bootloader while the flash is empty. */
const PROGRAM = Uint8Array.of(0x00, 0x20, 0x00, 0x20, 0x09, 0x00, 0x00, 0x08);
const SEQUENCE = parseResetSequence("boot0@GPIO1 nrst@GPIO2; gpio");

let open: { rig: PtyChip; transport: SerialTransport } | undefined;
afterEach(async () => {
  await open?.transport.close();
  open?.rig.close();
  open = undefined;
});

async function start() {
  const rig = await chipOnPty("stm32g071", { boot0: "0" });
  rig.chip.poke(0x0800_0000, PROGRAM);
  rig.chip.setPower(false);
  rig.chip.setPower(true);
  const transport = await openSerial({ path: rig.path, mode: "8n1" });
  open = { rig, transport };
  const probe = async () => {
    try {
      await connectBootloader(transport);
      return true;
    } catch (error) {
      if (error instanceof BootlaceError && error.code === "NO_REPLY") return false;
      throw error;
    }
  };
  return { chip: rig.chip, transport, probe, lines: new ChipLines(rig.chip) };
}

describe("a chip that runs its program", () => {
  test("enters the bootloader, answers, and runs its program again afterwards", async () => {
    const { chip, lines, probe } = await start();
    expect(await enterBootloader(SEQUENCE, lines, { probe })).toBe(1);
    expect(chip.state).toBe("bootloader");
    await leaveBootloader(SEQUENCE, lines);
    expect(["booting", "application"]).toContain(chip.state);
    expect(chip.violations).toEqual([]);
  });

  test("is entered again when the first reset did not reach it", async () => {
    const { chip, lines, probe } = await start();
    lines.lostResets = 1;
    expect(await enterBootloader(SEQUENCE, lines, { probe })).toBe(2);
    expect(chip.state).toBe("bootloader");
  }, 60_000);

  test("stays silent when BOOT0 is not wired, and the error says what was tried", async () => {
    const { lines, probe } = await start();
    const reset = parseResetSequence("nrst@GPIO2; gpio-nrst");
    await expect(enterBootloader(reset, lines, { probe })).rejects.toThrow(
      "the chip stays silent; the entry part of the reset sequence was run 3 times",
    );
  }, 60_000);
});
