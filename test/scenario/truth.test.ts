/** What a job says of the chip was looked at; where it was not, its words say so. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Connect } from "../../src/cli/context.js";
import { connect as open } from "../../src/flash/connect.js";
import type { ConnectOptions, Target } from "../../src/flash/target.js";
import { openSim, type SimTransport } from "../../src/transport/sim/sim.js";
import { connectSim, firmware } from "../support/sim-target.js";
import { cli, lines } from "../unit/cli/fake-io.js";
import { G071 } from "../unit/simulator/chips.js";

const BASE = 0x0800_0000;
const TARGET = ["--port", "/dev/i2c-1", "--address", "0x56"];

/** A G071 that says it is a chip nobody knows. */
const stranger = (): Promise<SimTransport> => openSim("stm32g071", { facts: { ...G071, productId: 0x4ff } });

const chipRam = ({ ram }: typeof G071): { readonly start: number } => ram.accessible[0]!;

const connecting =
  (make: () => Promise<SimTransport>): Connect =>
  async (_, options: ConnectOptions): Promise<Target> =>
    open(await make(), options);

const ask = async (
  argv: readonly string[],
  make: () => Promise<SimTransport> = stranger,
): Promise<{ status: number; last: string; stdout: string; stderr: string }> => {
  const { status, stdout, stderr } = await cli([...argv, ...TARGET], { connect: connecting(make) });
  return { status, stdout, stderr, last: lines(stderr).at(-1) ?? "" };
};

describe("a chip whose flash size is not known", () => {
  it.each([["read", join(tmpdir(), "bootlace-nothing-read.bin")], ["checksum"]])("%s %s is an error that names the options", async (...argv) => {
    const { status, stdout, stderr } = await ask(argv);
    expect([status, stdout]).toEqual([30, ""]);
    expect(stderr).toContain("error: how much flash unknown chip 0x4FF has is not known. [UNKNOWN_CHIP]");
    expect(stderr).toContain("with --range START:LENGTH, or how much flash there is with --flash-size");
  }); // prettier-ignore

  it.each([
    ["erase", "--all"],
    ["erase", "--bank", "1"],
    ["erase", "--range", "0x08000000:2k"],
  ])("%s %s %s is an error that names the options", async (...argv) => {
    const { status, stderr } = await ask(argv);
    expect(status).toBe(30);
    expect(stderr).toContain("Give its geometry with --flash-size and --page-size.");
  });

  it("is read by range, and whole when its size is given", async () => {
    const { stdout } = await ask(["checksum", "--range", "0x08000000:64"]);
    expect(lines(stdout)).toHaveLength(1);
    const sized = await ask(["checksum", "--flash-size", "1k"]);
    expect(sized.last).toMatch(/^OK {2}CRC 0x[0-9A-F]{8} of 1 KiB at 0x08000000/);
  });

  it("info says that the size is not known, and how to give it", async () => {
    const { status, stdout } = await ask(["info"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Flash {9}size and layout are not known: give them with --flash-size and\n/m);
    expect(stdout).not.toMatch(/^Pages/m);
    expect(stdout).not.toContain("0 bytes");
  });

  it("a job says so in its first line", async () => {
    expect((await ask(["checksum", "--range", "0x08000000:64"])).stderr).toContain(
      "unknown chip 0x4FF, flash size not known, bootloader",
    );
  });
});

describe("geometry options that would change nothing", () => {
  it.each([
    [{ pageSize: 2048 }, "a page size says nothing without a flash size"],
    [{ layout: "single-bank" }, "this chip is not in the device table, which has the layouts"],
  ])("%j of an unknown chip are refused", async (options, message) => {
    await expect(open(await stranger(), options)).rejects.toMatchObject({ code: "USAGE", message });
  });

  it("a layout beside a page size is refused", async () => {
    const options = { flashSize: 0x20000, pageSize: 2048, layout: "single-bank" };
    await expect(connectSim("stm32g0b1", options)).rejects.toMatchObject({
      code: "USAGE",
      message: "a page size describes the whole layout: --layout has no meaning beside it",
    });
  });
});

describe("protection", () => {
  it("lifted from a chip that erases says that its flash is blank, and has looked", async () => {
    const { target } = await connectSim("stm32g071?rdp=1");
    expect(await target.unprotect("readout", { eraseEverything: true })).toMatchObject({
      known: "seen",
      flash: "blank",
    });
  });

  it("lifted from a chip that keeps its flash says that", async () => {
    const transport = await openSim("stm32g071?rdp=1");
    const exchange = transport.exchange.bind(transport);
    let lifted = false;
    transport.exchange = async (steps, options) => {
      const reads = await exchange(steps, options);
      const [first] = steps;
      if (first?.kind === "write" && first.bytes[0] === 0x93) lifted = true;
      else if (lifted) transport.chip.poke(BASE + 0x1000, Uint8Array.of(0x5a));
      return reads;
    };
    const target = await open(transport);
    expect(await target.unprotect("readout", { eraseEverything: true })).toMatchObject({
      known: "seen",
      flash: "not blank",
    });
  });

  it.each([
    [["protect", "write", "--sectors", "64"], "there is no sector 64: the flash of STM32G07xxx/08xxx has 64 pages"],
    [["protect", "write", "--sectors", "0,200,201"], "there is no sector 200, 201: the flash of STM32G07xxx/08xxx has 64 pages"],
  ])("%s is refused before it is sent", async (argv, message) => {
    const { status, stderr } = await ask(argv, () => openSim("stm32g071?flash=128"));
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain("the flash was not changed; the chip is still in its bootloader");
  }); // prettier-ignore

  it.each([
    [["protect", "readout"], "", /^OK {2}readout protection is set, the chip restarted and refuses to be read, /],
    [["protect", "write", "--sectors", "63"], "", /^OK {2}the chip was told to write-protect sector 63, and restarts; it does not tell which are protected, /],
    [["unprotect", "write"], "", /^OK {2}the chip was told to lift write protection, and restarts; it does not tell which sectors are protected, /],
    [["unprotect", "readout", "--yes-erase-everything"], "?rdp=1", /^OK {2}readout protection is lifted, every page of the flash begins blank, /],
  ])("%j says what was seen, and what was only told", async (argv, spec, verdict) => {
    const { status, last } = await ask(argv, () => openSim(`stm32g071${spec}`));
    expect(last).toMatch(verdict);
    expect(status).toBe(0);
  }); // prettier-ignore

  it("a consent that has no meaning is refused", async () => {
    const { status, stderr } = await ask(["unprotect", "write", "--yes-erase-everything"]);
    expect(status).toBe(2);
    expect(stderr).toContain("lifting write protection erases nothing");
  });
});

describe("a program to start", () => {
  it.each([
    ["data without a reset vector", Uint8Array.of(0, 16, 0, 32, 8, 1, 0, 8), "its second word, 0x08000108, is no reset vector"],
    ["a blank vector table behind a stack pointer", Uint8Array.of(0, 16, 0, 32, 255, 255, 255, 255), "its second word, 0xFFFFFFFF, is no reset vector"],
  ])("%s is not said to be started", async (_, bytes, why) => {
    const { target, chip } = await connectSim("stm32g071");
    chip.poke(BASE, bytes);
    await expect(target.run()).rejects.toMatchObject({
      code: "NO_PROGRAM",
      message: `there is no program at 0x08000000: ${why}`,
    });
    expect(chip.state).toBe("bootloader");
  }); // prettier-ignore

  it("in RAM is looked at too", async () => {
    const { target, chip } = await connectSim("stm32g071");
    const { start } = chipRam(G071);
    chip.poke(start, new Uint8Array(8));
    await expect(target.run(start)).rejects.toMatchObject({ code: "NO_PROGRAM" });
    expect(chip.state).toBe("bootloader");
  });
});

describe("the state of the chip in an error", () => {
  it("does not claim that a chip which does not answer is in its bootloader", async () => {
    const { target, chip } = await connectSim("stm32g071");
    chip.setPower(false);
    await expect(target.verify(firmware(BASE, 64))).rejects.toMatchObject({
      code: "NO_REPLY",
      context: {
        chipState: "the flash was not changed; whether the chip is still in its bootloader is not known",
      },
    });
  });
});
