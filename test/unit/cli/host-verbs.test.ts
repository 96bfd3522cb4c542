import { describe, expect, it } from "vitest";
import { matches } from "../../../src/cli/commands/chips.js";
import { diagnosisText } from "../../../src/cli/commands/doctor.js";
import { busPath } from "../../../src/host/open/bus-path.js";
import { styleOf } from "../../../src/cli/style.js";
import { CATALOGUE } from "../../../src/devices/catalogue.js";
import { RASPBERRY_PI, systemTree } from "../host/system-tree.js";
import { cli, FakeOutput } from "./fake-io.js";

describe("ports", () => {
  it("lists buses and serial ports in columns", async () => {
    using system = systemTree(RASPBERRY_PI);
    const { status, stdout } = await cli(["ports", "--root", system.root]);
    expect(stdout).toMatch(/^I2C BUS {5}CAN DO +CLOCK +DRIVER +ADAPTER$/m);
    expect(stdout).toMatch(/^\/dev\/i2c-1 +does not tell +400 kHz +i2c-bcm2835 +bcm2835 \(i2c@7e804000\)$/m);
    expect(status).toBe(0);
  });

  it("is one JSON document", async () => {
    using system = systemTree(RASPBERRY_PI);
    const { stdout } = await cli(["ports", "--root", system.root, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      v: 1,
      type: "ports",
      i2c: [{ number: 1, path: "/dev/i2c-1", driver: "i2c-bcm2835", clockHz: 400_000 }],
    });
  });

  it("says where to look when there is nothing", async () => {
    using system = systemTree({});
    const { stdout } = await cli(["ports", "--root", system.root]);
    expect(stdout).toBe("No I2C buses. `bootlace doctor` says why.\n\nNo serial ports.\n");
  });

  it("says what makes a missing device node", async () => {
    using system = systemTree({
      "sys/devices/pci/i2c-0/name": "SMBus\n",
      "sys/bus/i2c/devices/i2c-0": "-> sys/devices/pci/i2c-0",
    });
    const { stdout } = await cli(["ports", "--root", system.root]);
    expect(stdout).toMatch(/^\/dev\/i2c-0 +no device node +SMBus$/m);
    expect(stdout).toContain("Where there is no device node, `sudo modprobe i2c-dev` makes one.");
  });
});

describe("doctor", () => {
  it("gives every finding a mark and a next step, and one last line", () => {
    const style = styleOf(new FakeOutput(), {});
    const text = diagnosisText(
      {
        ready: false,
        findings: [
          { level: "ok", title: "native addon", detail: "It loads." },
          {
            level: "bad",
            title: "module i2c-dev",
            detail: "It is not loaded.",
            nextStep: "`sudo modprobe i2c-dev`.",
          },
        ],
      },
      style,
    );
    expect(text).toBe(
      "ok    native addon: It loads.\n" +
        "BAD   module i2c-dev: It is not loaded.\n" +
        "      > `sudo modprobe i2c-dev`.\n" +
        "NOT READY  see the findings marked BAD\n",
    );
  });
});

describe("doctor's verdict where nothing was named", () => {
  const BAD = { level: "bad", title: "I2C buses", detail: "None.", nextStep: "Make one." } as const;
  it.each([
    [{ i2c: true, serial: true }, [], "READY  bootlace should work here"],
    [{ i2c: true, serial: false }, [], "READY  for I2C; not for serial ports"],
    [
      { i2c: false, serial: true },
      [BAD],
      "READY  for serial ports; not for I2C, see the findings marked BAD",
    ],
  ])("of %j", (readyFor, findings, verdict) => {
    const text = diagnosisText({ ready: true, readyFor, findings }, styleOf(new FakeOutput(), {}));
    expect(text.trimEnd().split("\n").at(-1)).toBe(verdict);
  });
});

describe("chips", () => {
  const found = (word: string): string[] =>
    CATALOGUE.filter((entry) => matches(entry, word)).map(({ name }) => name);

  it.each(["g071", "STM32G071", "0x460", "460"])("%s is the G07x", (word) => {
    expect(found(word)).toContain("STM32G07xxx/08xxx");
  });

  it("a series is all of its rows", () => {
    expect(found("G0").length).toBe(CATALOGUE.filter(({ series }) => series === "G0").length);
  });

  it.each(["stm32g071cbt6", "STM32G071RBT6TR"])("%s, a marking, is the G07x", async (marking) => {
    expect((await cli(["chips", marking])).stdout).toContain("STM32G07xxx/08xxx");
  });

  it("a slip is answered with what is near", async () => {
    const { status, stderr } = await cli(["chips", "stm32g071zzz"]);
    expect(stderr).toMatch(
      /no chip in the table matches "stm32g071zzz".*\n.*Near to it: STM32G07xxx\/08xxx.*`bootlace chips`/,
    );
    expect(status).toBe(30);
  });

  it("a product ID that has a name and no row is called by it", async () => {
    const { status, stderr } = await cli(["chips", "0x47c"]);
    expect(stderr.replace(/\s+/g, " ")).toContain(
      "0x47C is STM32H54x/H55x, of which one public list has the name only",
    );
    expect(status).toBe(30);
  });

  it("an I2C address is all who answer there", () => {
    expect(found("0x56")).toEqual(["STM32G03xxx/04xxx"]);
  });
});

describe("funcs and scan", () => {
  it("take a bus by number or path", () => {
    expect(busPath("1")).toBe("/dev/i2c-1");
    expect(busPath("/dev/i2c-12")).toBe("/dev/i2c-12");
    expect(() => busPath("/dev/ttyS1")).toThrow("An I2C bus is expected, like 1 or /dev/i2c-1.");
  });

  it("scan needs a bus", async () => {
    const { status, stderr } = await cli(["scan"]);
    expect(stderr).toContain("error: no bus: --port is missing and BOOTLACE_PORT is not set. [USAGE]");
    expect(status).toBe(2);
  });
});
