import { describe, expect, it } from "vitest";
import { systemError } from "../../../../src/native/system-error.js";
import type { RunResult, SpiHandle } from "../../../../src/native/binding.js";
import { openSpiDev } from "../../../../src/transport/spi/dev.js";
import { makesGaps } from "../../../../src/transport/spi/word-delay.js";
import { read, write } from "../../../../src/transport/transport.js";
import { systemTree } from "../../host/system-tree.js";

const DONE: RunResult = { status: 0, step: -1, reply: -1, errno: 0, reads: new Uint8Array(0), frames: 1, bytes: 1, tries: 0 }; // prettier-ignore

/** The addon's functions, as far as this transport knows them. */
function addon(result: Partial<RunResult> = {}) {
  const seen: unknown[][] = [];
  const handle = {} as SpiHandle;
  return {
    seen,
    native: {
      spiOpen: (...args: unknown[]) => (seen.push(args), Promise.resolve(handle)),
      spiRun: (_: SpiHandle, program: Uint8Array, procedure: Uint8Array) => {
        seen.push([[...program], [...procedure]]);
        return Promise.resolve({ ...DONE, ...result });
      },
      spiAbort: () => undefined,
      close: () => undefined,
    },
  };
}

describe("an SPI device", () => {
  it("is opened at 1 MHz with 15 µs between bytes, where nobody says otherwise", async () => {
    const { native, seen } = addon();
    const transport = await openSpiDev({ path: "/dev/spidev0.0" }, native);
    expect(seen).toEqual([["/dev/spidev0.0", 1_000_000, 15, 0]]);
    expect(transport.description).toBe("/dev/spidev0.0 at 1000 kHz");
    expect(transport.traits.dialect).toBe("spi");
  });

  it("is given the bytes of AN4286's procedure, and says of a read whether it goes on and what it begins with", async () => {
    const { native, seen } = addon({ reads: Uint8Array.of(1, 2, 3, 4) });
    const transport = await openSpiDev({ path: "/dev/spidev0.0" }, native);
    const steps = [
      write(Uint8Array.of(0x5a)),
      { ...read(3), begins: 1 },
      { ...read(1), continues: true },
    ] as const;
    const { reads } = await transport.exchange(steps);
    expect(seen[1]).toEqual([
      [1, 1, 0, 0x5a, 2, 3, 0, 1, 0, 0, 2, 1, 0, 0xff, 0xff, 1],
      [0x00, 0xa5, 0x79, 0x1f],
    ]);
    expect(reads).toEqual([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
  });

  it.each([
    [
      { status: 2, step: 1, reply: 0x1f },
      { index: 1, failure: "unexpected", reply: 0x1f },
    ],
    [
      { status: 3, step: 1, reply: 0xa5 },
      { index: 1, failure: "timeout", reply: 0xa5 },
    ],
    // The level of a line that nobody drives says nothing.
    [
      { status: 3, step: 1, reply: 0xff },
      { index: 1, failure: "timeout", reply: undefined },
    ],
    [
      { status: 1, step: 0, errno: 5 },
      { index: 0, failure: "system", reply: undefined },
    ],
  ])("tells how a step failed: %o", async (result, failure) => {
    const transport = await openSpiDev({ path: "/dev/spidev0.0" }, addon(result).native);
    await expect(transport.exchange([write(Uint8Array.of(0x5a))])).rejects.toMatchObject(failure);
  });

  it("takes nothing any more when it is closed", async () => {
    const transport = await openSpiDev({ path: "/dev/spidev0.0" }, addon().native);
    await transport.close();
    await transport.close();
    await expect(transport.exchange([write(Uint8Array.of(1))])).rejects.toMatchObject({ failure: "system" });
  });

  it.each([
    [2, "NO_DEVICE", "/dev/x: there is no such device"],
    [25, "NO_DEVICE", "/dev/x: it is not an SPI device"],
    [13, "NO_PERMISSION", "/dev/x: permission denied"],
    [22, "BUS_FAILED", "/dev/x: the controller cannot do mode 0 with words of 8 bits"],
    [5, "BUS_FAILED", "/dev/x: it cannot be opened"],
  ])("that cannot be opened says why: errno %i", async (errno, code, message) => {
    const spiOpen = () => Promise.reject(systemError(errno, "open"));
    await expect(openSpiDev({ path: "/dev/x" }, { ...addon().native, spiOpen })).rejects.toMatchObject({
      code,
      message,
    });
  });
});

describe("gaps between bytes", () => {
  const controller = (driver: string) =>
    systemTree({
      "dev/spidev1.0": "",
      "dev/motor": "-> dev/spidev1.0",
      "sys/devices/spi/driver": `-> sys/bus/platform/drivers/${driver}`,
      [`sys/bus/platform/drivers/${driver}/`]: "",
      "sys/class/spi_master/spi1/device": "-> sys/devices/spi",
    });

  it("are left to the controllers that make them, also behind a link", () => {
    using system = controller("orion_spi");
    expect(makesGaps("/dev/spidev1.0", system.root)).toBe(true);
    expect(makesGaps("/dev/motor", system.root)).toBe(true);
  });

  it("are made byte by byte where the controller ignores them, or is not known", () => {
    using system = controller("spi-bcm2835");
    expect(makesGaps("/dev/spidev1.0", system.root)).toBe(false);
    expect(makesGaps("/dev/spidev7.0", system.root)).toBe(false);
  });
});
