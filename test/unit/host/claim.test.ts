import { describe, expect, it } from "vitest";
import { claimTarget } from "../../../src/host/claim.js";
import type { ClaimOptions } from "../../../src/host/claim.js";
import type { FileHandle } from "../../../src/native/binding.js";
import { RASPBERRY_PI, systemTree } from "./system-tree.js";

const native: NonNullable<ClaimOptions["native"]> = {
  fileOpen: () => ({}) as FileHandle,
  lockTake: () => ({ state: "locked", errno: 0 }),
  lockQuery: () => ({ state: "free", errno: 0, pid: 0 }),
  close: () => undefined,
};

describe("claiming a target", () => {
  it("is refused where a kernel driver owns the address, with driver and unbind command", async () => {
    using system = systemTree(RASPBERRY_PI);
    const claim = claimTarget("/dev/i2c-1", 0x50, { native, root: system.root });
    await expect(claim).rejects.toThrow(
      "/dev/i2c-1 address 0x50 belongs to the kernel driver at24 (device 24c32)",
    );
    await expect(claim).rejects.toMatchObject({
      code: "ADDRESS_OWNED",
      commandHint:
        "Unbind it first, as root: `echo 1-0050 > /sys/bus/i2c/drivers/at24/unbind`; or pass --force if you know that it is idle.",
    });
  });

  it("is refused through a link to the bus as well", async () => {
    using system = systemTree(RASPBERRY_PI);
    const claim = claimTarget("/dev/i2c/sensors", 0x50, { native, root: system.root });
    await expect(claim).rejects.toMatchObject({ code: "ADDRESS_OWNED" });
  });

  it("takes the lock of a free address, and of an owned one when forced", async () => {
    using system = systemTree(RASPBERRY_PI);
    expect((await claimTarget("/dev/i2c-1", 0x51, { native, root: system.root })).held).toBe(true);
    expect((await claimTarget("/dev/i2c-1", 0x50, { native, root: system.root, force: true })).held).toBe(
      true,
    );
  });
});
