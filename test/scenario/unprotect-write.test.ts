/** A chip that comes readout-protected, made ready and written in one go. */
import { describe, expect, it } from "vitest";
import { sameBytes } from "../../src/bytes.js";
import { connectSim, firmware } from "../support/sim-target.js";
import { bootlace, lastLine } from "./cli-process.js";

const FIRMWARE = "examples/blink-g071/blink-g071.hex";

describe("write --unprotect", () => {
  it("lifts readout protection, meets the chip again and writes", async () => {
    const { status, stderr } = await bootlace([
      "write",
      FIRMWARE,
      "--unprotect",
      "--yes-erase-everything",
      "--port",
      "sim:stm32g071?rdp=1",
    ]);
    expect(stderr).toContain("readout protection is lifted, the flash is blank");
    expect(lastLine(stderr)).toMatch(/^OK .*30\.8 KiB written and verified/);
    expect(status).toBe(0);
  });

  it("says so where there was nothing to lift", async () => {
    const words = ["write", FIRMWARE, "--unprotect", "--yes-erase-everything", "--port", "sim:stm32g071"];
    const { status, stderr } = await bootlace(words);
    expect(stderr).toContain("readout protection is not on: nothing had to be lifted");
    expect(status).toBe(0);
  });

  it("asks for the consent by name, before anything is sent", async () => {
    const { status, stderr } = await bootlace([
      "write",
      FIRMWARE,
      "--unprotect",
      "--port",
      "sim:stm32g071?rdp=1",
    ]);
    expect(status).toBe(2);
    expect(stderr).toContain("pass --unprotect --yes-erase-everything");
  });

  it("the way there is named where a protected chip is met", async () => {
    const { stderr } = await bootlace(["write", FIRMWARE, "--port", "sim:stm32f103c8?rdp=1"]);
    expect(stderr.replace(/\s+/g, " ")).toContain("`bootlace write FILE --unprotect --yes-erase-everything`");
  });
});

describe("a target of the library whose protection was lifted", () => {
  it.each(["stm32g071", "stm32f103c8?bus=uart"])("can be written at once: %s", async (name) => {
    const { target, chip } = await connectSim(name, {}, { readoutLevel: 1 });
    expect(target.chip.readoutProtected).toBe(true);
    await target.unprotect("readout", { eraseEverything: true });
    expect(target.chip.readoutProtected).not.toBe(true);
    const image = firmware(0x0800_0000, 5000);
    expect(await target.write(image)).toMatchObject({ outcome: "written" });
    expect(sameBytes(chip.peek(0x0800_0000, 5000), image.segments[0]!.bytes)).toBe(true);
  });
});
