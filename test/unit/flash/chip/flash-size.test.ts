import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../../../src/errors.js";
import { connect } from "../../../../src/flash/connect.js";
import type { ChipInfo } from "../../../../src/flash/job.js";
import type { ConnectOptions } from "../../../../src/flash/target.js";
import { factsOf } from "../../../../src/simulator/device-facts.js";
import { deviceByProductId } from "../../../../src/devices/load.js";
import { openSim } from "../../../../src/transport/sim/sim.js";
import { connectSim, firmware } from "../../../support/sim-target.js";

const chipOf = async (
  sim: string,
  sizeRegisterKiB?: number,
  options: ConnectOptions = {},
): Promise<ChipInfo> =>
  (await connectSim(sim, options, sizeRegisterKiB === undefined ? {} : { quirks: { sizeRegisterKiB } }))
    .target.chip;

const failureOf = async (work: Promise<unknown>): Promise<BootlaceError> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BootlaceError) return error;
  throw new Error("it did not fail as expected", { cause: error });
};

describe("a flash size register", () => {
  it("is believed when it says a size that is sold", async () => {
    const chip = await chipOf("sim:0x460?flash=64");
    expect(chip).toMatchObject({ flashSizeFrom: "size register", doubts: [] });
    expect(chip.geometry.size).toBe(64 * 1024);
  });

  it.each([
    [0xffff, "is blank (0xFFFF)"],
    [0, "is blank (0x0000)"],
    [1, "says 1 KiB"],
    [4096, "says 4096 KiB"],
  ])("of %i KiB is not believed: the largest member is assumed, and that is told", async (kib, said) => {
    const chip = await chipOf("sim:0x460?flash=64", kib);
    expect(chip.flashSizeFrom).toBe("largest of its product ID");
    expect(chip.geometry.size).toBe(128 * 1024);
    expect(chip.doubts).toEqual([
      `Its flash size register ${said}: 128 KiB is assumed, the most that any STM32G07xxx/08xxx has (sold: 32, 64, 128 KiB). --flash-size gives the size.`,
    ]);
    expect(chip.notes).toContain(chip.doubts[0]);
  });

  it("of a size that is no power of two and not sold is taken, and that is told", async () => {
    const chip = await chipOf("sim:0x410?flash=64&bus=uart", 48);
    expect(chip.flashSizeFrom).toBe("size register");
    expect(chip.geometry.size).toBe(48 * 1024);
    expect(chip.geometry.pages).toHaveLength(48);
    expect(chip.doubts).toEqual([
      "Its flash size register says 48 KiB, which no STM32F10xxx medium-density has (sold: 64, 128 KiB): taken as it is. --flash-size gives another size.",
    ]);
  });

  it("that there is none of is told where members differ in size, and nowhere else", async () => {
    expect((await chipOf("sim:0x05f?bus=uart")).doubts).toEqual([
      "Its flash size cannot be read through the bootloader: 256 KiB is assumed, the most that any STM32WL3xxx has (sold: 64, 128, 256 KiB). --flash-size gives the size.",
    ]);
    expect((await chipOf("sim:0x03f?bus=uart")).doubts).toEqual([]);
  });

  it("of C5 is read", async () => {
    const chip = await chipOf("sim:0x44e?flash=256&bus=uart");
    expect(chip.flashSizeFrom).toBe("size register");
    expect(chip.geometry.size).toBe(256 * 1024);
  });

  it("of C5 that the bootloader refuses leaves the largest member, and that is told", async () => {
    const device = (await deviceByProductId(0x44e))!;
    const facts = factsOf(device);
    const systemMemory = facts.systemMemory;
    const { sizeRegister, ...without } = { ...facts, systemMemory };
    expect(sizeRegister).toBe(0x08ff_f80c);
    const transport = await openSim("sim:0x44e?bus=uart", {
      facts: { ...without, uidRegister: 0x0bf8_0700 },
    });
    const { chip } = await connect(transport);
    expect(chip.flashSizeFrom).toBe("largest of its product ID");
    expect(chip.doubts[0]).toContain("512 KiB is assumed");
  });

  it("says nothing of a chip that is protected: it refuses everything", async () => {
    const chip = await chipOf("sim:0x460?rdp=1");
    expect(chip).toMatchObject({ readoutProtected: true, doubts: [] });
  });

  it("is confirmed before anything is erased, when its size is not sold too", async () => {
    const { target } = await connectSim(
      "sim:0x410?flash=64&bus=uart",
      {},
      { quirks: { sizeRegisterKiB: 48 } },
    );
    await target.write(firmware(0x0800_0000, 2000));
    expect((await target.verify(firmware(0x0800_0000, 2000))).same).toBe(true);
  });
});

describe("a flash size that the user gives", () => {
  it("is taken in place of a blank register", async () => {
    const chip = await chipOf("sim:0x460?flash=64", 0xffff, { flashSize: 64 * 1024 });
    expect(chip).toMatchObject({ flashSizeFrom: "option", doubts: [] });
    expect(chip.geometry.size).toBe(64 * 1024);
  });

  it("of a member that is not sold is cut to whole pages, and that is told", async () => {
    const chip = await chipOf("sim:0x460", undefined, { flashSize: 95 * 1024 });
    expect(chip.geometry.size).toBe(94 * 1024);
    expect(chip.doubts).toEqual([
      "No STM32G07xxx/08xxx is sold with 95 KiB of flash (sold: 32, 64, 128 KiB): taken as given, cut to whole pages.",
    ]);
  });

  it.each([256 * 1024, 100])(
    "of %i bytes, more or less than any member has, is refused",
    async (flashSize) => {
      const error = await failureOf(chipOf("sim:0x460", undefined, { flashSize }));
      expect(error.code).toBe("USAGE");
      expect(error.message).toBe(
        `no STM32G07xxx/08xxx has a flash of ${flashSize} bytes: 128 KiB is the most that this product ID has`,
      );
      expect(error.commandHint).toBe(
        "For another chip that answers with this product ID give --page-size too.",
      );
    },
  );
});

describe("a chip that says it has less flash than it has", () => {
  const HINT =
    "The chip says that it has 64 KiB. If you know that it has more, say so with --flash-size 128k.";

  it("is written beyond that only when the user says so, and an image that would fit leads there", async () => {
    const quirks = { sizeRegisterKiB: 64 };
    const image = firmware(0x0800_0000, 100 * 1024);
    const { target } = await connectSim("sim:0x410?bus=uart", {}, { quirks });
    const error = await failureOf(target.write(image));
    expect(error.code).toBe("IMAGE_OUTSIDE");
    expect(error.commandHint).toBe(HINT);
    const larger = await connectSim("sim:0x410?bus=uart", { flashSize: 128 * 1024 }, { quirks });
    expect((await larger.target.write(image)).outcome).toBe("written");
  });

  it("is erased beyond that only when the user says so, and the range leads there", async () => {
    const { target } = await connectSim("sim:0x410?bus=uart", {}, { quirks: { sizeRegisterKiB: 64 } });
    const error = await failureOf(target.erase({ start: 0x0801_0000, end: 0x0801_0400 }));
    expect(error.commandHint).toBe(HINT);
  });

  it("gets the usual hint where no member is large enough", async () => {
    const { target } = await connectSim("sim:0x410?bus=uart", {}, { quirks: { sizeRegisterKiB: 64 } });
    const error = await failureOf(target.write(firmware(0x0800_0000, 200 * 1024)));
    expect(error.commandHint).not.toContain("--flash-size");
  });
});
