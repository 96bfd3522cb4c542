import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BootlaceError } from "../../../src/errors.js";
import { formatTarget, parseTarget, withDetails } from "../../../src/transport/target.js";
import type { TargetAddress } from "../../../src/transport/target.js";

const failure = (run: () => unknown): BootlaceError => {
  try {
    run();
  } catch (error) {
    if (error instanceof BootlaceError) return error;
    throw error;
  }
  throw new Error("did not throw");
};

describe("parseTarget", () => {
  test.each<[string, TargetAddress]>([
    ["i2c:/dev/i2c-1@0x56", { kind: "i2c", path: "/dev/i2c-1", address: 0x56 }],
    ["i2c:1@0x56", { kind: "i2c", path: "/dev/i2c-1", address: 0x56 }],
    ["i2c:/dev/by-path/soc@0x78", { kind: "i2c", path: "/dev/by-path/soc", address: 0x78 }],
    ["/dev/i2c-11", { kind: "i2c", path: "/dev/i2c-11" }],
    ["/dev/i2c-1@0x45", { kind: "i2c", path: "/dev/i2c-1", address: 0x45 }],
    ["7", { kind: "i2c", path: "/dev/i2c-7" }],
    ["serial:/dev/ttyS1", { kind: "serial", path: "/dev/ttyS1" }],
    [
      "serial:/dev/ttyS1?baud=57600&mode=8N1",
      { kind: "serial", path: "/dev/ttyS1", baud: 57600, mode: "8n1" },
    ],
    ["serial:/somewhere/port", { kind: "serial", path: "/somewhere/port" }],
    ["/dev/ttyUSB0", { kind: "serial", path: "/dev/ttyUSB0" }],
    ["/dev/ttyUSB0?baud=9600", { kind: "serial", path: "/dev/ttyUSB0", baud: 9600 }],
    ["/dev/serial/by-id/usb-FTDI-if00", { kind: "serial", path: "/dev/serial/by-id/usb-FTDI-if00" }],
    ["/dev/serial0", { kind: "serial", path: "/dev/serial0" }],
    ["/dev/pts/4", { kind: "serial", path: "/dev/pts/4" }],
    ["/dev/cu.usbserial-1420", { kind: "serial", path: "/dev/cu.usbserial-1420" }],
    ["COM3", { kind: "serial", path: "COM3" }],
    ["com12", { kind: "serial", path: "com12" }],
    [String.raw`\\.\COM12`, { kind: "serial", path: String.raw`\\.\COM12` }],
    ["spi:/dev/spidev0.0", { kind: "spi", path: "/dev/spidev0.0" }],
    ["spi:0.1?hz=500000&gap=20", { kind: "spi", path: "/dev/spidev0.1", hz: 500_000, gapUs: 20 }],
    ["/dev/spidev10.2?hz=8000000", { kind: "spi", path: "/dev/spidev10.2", hz: 8_000_000 }],
    ["sim:stm32g071", { kind: "sim", chip: "stm32g071", options: {} }],
    [
      "sim:stm32g071?file=a%26b.bin&rdp=1",
      { kind: "sim", chip: "stm32g071", options: { file: "a&b.bin", rdp: "1" } },
    ],
  ])("understands %s", (text, target) => expect(parseTarget(text)).toEqual(target));

  test.each([
    ["", "the target is empty: write for instance /dev/i2c-1, /dev/ttyUSB0 or sim:stm32g071"],
    ["i2c:", '"i2c:" names no bus: write i2c:/dev/i2c-1@0x56'],
    ["i2c:@0x56", '"i2c:@0x56" names no bus: write i2c:/dev/i2c-1@0x56'],
    [
      "i2c:/dev/i2c-1@",
      '"i2c:/dev/i2c-1@": A 7-bit I2C address is written in hexadecimal with 0x, like 0x56.',
    ],
    [
      "i2c:1@56",
      '"i2c:1@56": A 7-bit I2C address is written in hexadecimal with 0x: "56" could mean 0x56 or 0x38 (decimal 56).',
    ],
    [
      "/dev/i2c-1@0xAC",
      '"/dev/i2c-1@0xAC": I2C addresses have 7 bits here; as an 8-bit address it is 0x56 in 7 bits.',
    ],
    ["i2c:/dev/i2c-1@0x07", '"i2c:/dev/i2c-1@0x07": I2C reserves the addresses below 0x08.'],
    ["i2c:1@0x56?x=1", '"i2c:1@0x56?x=1": A 7-bit I2C address is written in hexadecimal with 0x, like 0x56.'],
    ["i2c:1?x=1", '"i2c:1?x=1": an I2C target takes no options behind "?"'],
    ["serial:", '"serial:" names no port: write serial:/dev/ttyS1'],
    ["serial:/dev/ttyS1?baud=fast", '"fast" is not a baud rate: a whole number from 1200 to 4000000'],
    ["serial:/dev/ttyS1?baud=300", '"300" is not a baud rate: a whole number from 1200 to 4000000'],
    ["serial:/dev/ttyS1?mode=7e1", '"7e1" is not a serial mode: one of 8e1, 8n1, 8o1, 8e2, 8n2, 8o2'],
    [
      "serial:/dev/ttyS1?speed=9600",
      '"serial:/dev/ttyS1?speed=9600": a serial port has no option "speed"; there are baud and mode',
    ],
    ["serial:/dev/ttyS1?baud", '"serial:/dev/ttyS1?baud": "baud" is not of the form name=value'],
    ["serial:/dev/ttyS1?baud=9600&baud=9600", '"serial:/dev/ttyS1?baud=9600&baud=9600": baud is given twice'],
    ["sim:", '"sim:" names no chip: write sim:stm32g071'],
    [
      "sim:g0?file=%zz",
      '"sim:g0?file=%zz": "%zz" has a "%" that is not followed by two hexadecimal digits; write %25',
    ],
    [
      "/dev/foo",
      '"/dev/foo" could be anything: write i2c:/dev/foo@0x56, serial:/dev/foo or spi:/dev/foo, or sim:NAME for a simulated chip',
    ],
    ["spi:", '"spi:" names no device: write spi:/dev/spidev0.0'],
    ["spi:0.0?mode=3", '"spi:0.0?mode=3": an SPI device has no option "mode"; there are hz and gap'],
    ["spi:0.0?hz=9M", '"spi:0.0?hz=9M": "9M" is not a clock rate in Hz: a whole number from 1000 to 8000000'],
    [
      "/dev/spidev0.0?hz=9000000",
      '"/dev/spidev0.0?hz=9000000": "9000000" is not a clock rate in Hz: a whole number from 1000 to 8000000',
    ],
    ["spi:0.0?gap=256", '"spi:0.0?gap=256": "256" is not a gap in µs: a whole number from 0 to 255'],
    ["spidev0.0", '"spidev0.0" is no path: write /dev/spidev0.0'],
    ["ttyS0", '"ttyS0" is no path: write /dev/ttyS0'],
    ["ttyUSB0?baud=9600", '"ttyUSB0?baud=9600" is no path: write /dev/ttyUSB0?baud=9600'],
    ["i2c-1@0x56", '"i2c-1@0x56" is no path: write /dev/i2c-1@0x56'],
    [
      "COM",
      '"COM" could be anything: write i2c:COM@0x56, serial:COM or spi:COM, or sim:NAME for a simulated chip',
    ],
  ])("refuses %j", (text, message) => {
    const error = failure(() => parseTarget(text));
    expect(error.message).toBe(message);
    expect(error.code).toBe("USAGE");
  });
});

describe("what is said beside the text of a target", () => {
  const detailed = (text: string, details: Parameters<typeof withDetails>[1]): TargetAddress =>
    withDetails(parseTarget(text), details);

  test("joins it", () => {
    expect(detailed("1", { address: 0x56 })).toEqual({ kind: "i2c", path: "/dev/i2c-1", address: 0x56 });
    expect(detailed("COM3", { baud: 9600, mode: "8E1" })).toEqual({
      kind: "serial",
      path: "COM3",
      baud: 9600,
      mode: "8e1",
    });
  });

  test("gives the address of a simulated chip to the simulator", () =>
    expect(detailed("sim:g0", { address: 0x56 })).toEqual({
      kind: "sim",
      chip: "g0",
      options: { address: "0x56" },
    }));

  test("may repeat the text, and is refused when it contradicts it", () => {
    expect(detailed("i2c:1@0x56", { address: 0x56 })).toEqual({
      kind: "i2c",
      path: "/dev/i2c-1",
      address: 0x56,
    });
    expect(failure(() => detailed("i2c:1@0x56", { address: 0x57 })).message).toBe(
      "i2c:/dev/i2c-1@0x56 and --address 0x57 contradict each other",
    );
    expect(failure(() => detailed("sim:g0?address=0x51", { address: 0x57 })).message).toBe(
      "sim:g0?address=0x51 and --address 0x57 contradict each other",
    );
    expect(failure(() => detailed("COM3?baud=9600", { baud: 19_200 })).message).toBe(
      "serial:COM3?baud=9600 and --baud 19200 contradict each other",
    );
  });

  test("is refused for another bus", () => {
    expect(failure(() => detailed("COM3", { address: 0x56 })).message).toBe(
      "--address has no meaning for a serial port (serial:COM3)",
    );
    expect(failure(() => detailed("1", { baud: 9600 })).message).toBe(
      "--baud has no meaning for an I2C bus (i2c:/dev/i2c-1)",
    );
    expect(failure(() => detailed("spi:0.0", { baud: 9600 })).message).toBe(
      "--baud has no meaning for an SPI device (spi:/dev/spidev0.0)",
    );
    expect(failure(() => detailed("spi:0.0", { address: 0x56 })).message).toBe(
      "--address has no meaning for an SPI device (spi:/dev/spidev0.0)",
    );
    expect(failure(() => detailed("sim:g0", { mode: "8e1" })).message).toBe(
      "--mode has no meaning for a simulated chip (sim:g0)",
    );
  });

  test.each<[string, Parameters<typeof withDetails>[1], string]>([
    ["1", { address: 0x07 }, "I2C address 7 is not between 0x08 and 0x7F"],
    ["1", { address: Number.NaN }, "I2C address NaN is not between 0x08 and 0x7F"],
    ["COM3", { baud: 300 }, '"300" is not a baud rate: a whole number from 1200 to 4000000'],
    ["COM3", { mode: "7e1" }, '"7e1" is not a serial mode: one of 8e1, 8n1, 8o1, 8e2, 8n2, 8o2'],
  ])("is checked: %s with %j", (text, details, message) => {
    expect(failure(() => detailed(text, details)).message).toBe(message);
  });
});

test("what is formatted parses to the same target", () => {
  const word = fc.stringMatching(/^[a-z0-9/%&=.]+$/).filter((text) => !["__proto__"].includes(text));
  const target = fc.oneof(
    fc.record({
      kind: fc.constant("i2c" as const),
      path: fc.constant("/dev/i2c-3"),
      address: fc.integer({ min: 8, max: 0x7f }),
    }),
    fc.record({
      kind: fc.constant("serial" as const),
      path: fc.constantFrom("/dev/ttyS1", "COM3"),
      baud: fc.integer({ min: 1200, max: 4_000_000 }),
      mode: fc.constantFrom("8e1" as const, "8n1" as const),
    }),
    fc.record({
      kind: fc.constant("spi" as const),
      path: fc.constantFrom("/dev/spidev0.0", "/dev/motor"),
      hz: fc.integer({ min: 1000, max: 8_000_000 }),
      gapUs: fc.integer({ min: 0, max: 255 }),
    }),
    fc.record({
      kind: fc.constant("sim" as const),
      chip: fc.constantFrom("stm32g071", "f407"),
      options: fc.dictionary(fc.stringMatching(/^[a-z]+$/), word),
    }),
  );
  fc.assert(
    fc.property(target, (value) => {
      expect(parseTarget(formatTarget(value))).toEqual({ ...value });
    }),
  );
});
