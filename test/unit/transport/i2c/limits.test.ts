import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../../../src/errors.js";
import { LEAST_MESSAGE } from "../../../../src/transport/i2c/frame-limits.js";
import {
  checkLengths,
  driverLimits,
  frameLimits,
  nextShorter,
} from "../../../../src/transport/i2c/limits.js";
import type { Length } from "../../../../src/transport/i2c/limits.js";
import { systemTree } from "../../host/system-tree.js";

const CP2112 = { maxWrite: 61, maxRead: 512, driver: "cp2112" };
const NONE = { maxWrite: Infinity, maxRead: Infinity };

/** A bus as sysfs shows a USB dongle's. */
const dongle = (driver: string, name: string) => {
  const hid = "sys/devices/platform/vhci_hcd.0/usb3/3-1/3-1:1.0/0003:10C4:EA90.0001";
  return systemTree({
    [`${hid}/i2c-4/name`]: `${name}\n`,
    [`${hid}/driver`]: `-> sys/bus/hid/drivers/${driver}`,
    [`sys/bus/hid/drivers/${driver}/`]: "",
    "sys/bus/i2c/devices/i2c-4": `-> ${hid}/i2c-4`,
    "dev/i2c-4": "",
  });
};

describe("what a driver takes", () => {
  it("is found by the driver that sysfs names above the bus", () => {
    using tree = dongle("cp2112", "another name");
    expect(driverLimits("/dev/i2c-4", tree.root)).toEqual({
      maxWrite: 61,
      maxRead: 128,
      nackErrno: "ETIMEDOUT",
      driver: "cp2112",
    });
  });

  it("is found by the adapter's name where sysfs names no such driver", () => {
    using tree = dongle("usbhid", "CP2112 SMBus Bridge on hidraw3");
    expect(driverLimits("/dev/i2c-4", tree.root)).toMatchObject({ maxWrite: 61, maxRead: 128 });
  });

  it("is not known of other drivers, nor of what is no bus", () => {
    using tree = dongle("brand-new", "brand new");
    expect(driverLimits("/dev/i2c-4", tree.root)).toMatchObject(NONE);
    expect(driverLimits("/dev/null", tree.root)).toEqual(NONE);
  });
});

describe("the limits to work with", () => {
  it("are the protocol's, the driver's and the user's, whichever is least", () => {
    expect(frameLimits("/dev/i2c-4", NONE)).toEqual({ maxWrite: 258, maxRead: 256 });
    expect(frameLimits("/dev/i2c-4", CP2112)).toEqual({ maxWrite: 61, maxRead: 256 });
    expect(frameLimits("/dev/i2c-4", CP2112, 40)).toEqual({ maxWrite: 40, maxRead: 40 });
  });

  it("refuse a frame that is longer than the driver takes, in either direction", () => {
    expect(() => frameLimits("/dev/i2c-4", CP2112, 62)).toThrow(
      "a longest frame of 62 bytes is too long: the driver cp2112 takes 61 bytes a write and 512 bytes a read",
    );
    const reader = { maxWrite: Infinity, maxRead: 180, driver: "x" };
    expect(() => frameLimits("/dev/i2c-4", reader, 181)).toThrow("the driver x takes 180 bytes a read");
  });

  it("refuse a driver that is too short for the bootloader", () => {
    const error = (): unknown => frameLimits("/dev/i2c-4", { maxWrite: 31, maxRead: Infinity });
    expect(error).toThrow(
      "/dev/i2c-4: the driver of this adapter takes 31 bytes a write, and the bootloader needs messages of 32",
    );
    expect(error).toThrow(BootlaceError);
  });
});

describe("a message", () => {
  const itself = (length: Length): Length => length;

  it("never goes to a driver that does not take it, whatever its length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8192 }), fc.boolean(), (size, reads) => {
        const message = reads ? { wanted: size } : { written: size };
        const check = (): void => checkLengths(CP2112, [{ written: 1 }, message], itself);
        if (size <= (reads ? 512 : 61)) check();
        else expect(check).toThrow(/is too long: the driver cp2112 takes .*; nothing was sent/);
      }),
    );
  });

  it("of any length goes to a driver without a known limit", () => {
    checkLengths(NONE, [{ written: 8192 }, { wanted: 8192 }], itself);
  });
});

it("after a refusal the next length is shorter, and the last one is the least", () => {
  fc.assert(
    fc.property(fc.integer({ min: LEAST_MESSAGE + 1, max: 8192 }), (refused) => {
      expect(nextShorter(refused)).toBeLessThan(refused);
      expect(nextShorter(refused)).toBeGreaterThanOrEqual(LEAST_MESSAGE);
    }),
  );
  expect(nextShorter(LEAST_MESSAGE)).toBeUndefined();
});
