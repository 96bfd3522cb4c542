import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../../../src/errors.js";
import { withAddressHint } from "../../../../src/flash/chip/address-hint.js";

const noReply = new BootlaceError("NO_REPLY", "no bootloader answers", { chipState: "not known" });

describe("nobody at an I2C address", () => {
  it.each([
    [0x70, "0x70 is the 8-bit form of 0x38 (STM32F42xxx/43xxx); give 0x38."],
    [0x72, "0x72 is the 8-bit form of 0x39"],
  ])("that is twice a known one gets that one as its hint: %i", async (address, hint) => {
    expect(await withAddressHint(noReply, address)).toMatchObject({
      code: "NO_REPLY",
      message: noReply.message,
      commandHint: expect.stringContaining(hint) as string,
      context: { chipState: "not known" },
    });
  });

  it("that a chip has, or behind a serial port, stays as it is; so do other failures", async () => {
    expect(await withAddressHint(noReply, 0x56)).toBe(noReply);
    expect(await withAddressHint(noReply, undefined)).toBe(noReply);
    const other = new BootlaceError("REFUSED", "refused");
    expect(await withAddressHint(other, 0x70)).toBe(other);
  });
});
