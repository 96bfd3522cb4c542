import { describe, expect, it } from "vitest";
import { limitsOf } from "../../../src/host/adapter-limits.js";
import type { AdapterFacts, HostFacts } from "../../../src/host/doctor-facts.js";
import { diagnose } from "../../../src/host/doctor.js";

const PLAIN_I2C = 0x0eff_0009;

const ADAPTER: AdapterFacts = {
  adapter: {
    number: 1,
    path: "/dev/i2c-1",
    hasNode: true,
    name: "rig",
    driver: "i2c-designware-platform",
    clockHz: 400_000,
  },
  node: { path: "/dev/i2c-1", state: "usable", group: "i2c" },
  functionality: PLAIN_I2C,
  limits: [],
  bound: [],
};

const HOST: HostFacts = {
  platform: "linux",
  i2cDevLoaded: true,
  user: { uid: 1000, groups: ["i2c"] },
  adapters: [ADAPTER],
  serialPorts: [],
  spiDevices: [],
  gpioChips: [],
};

const withAdapter = (changes: Partial<AdapterFacts>): HostFacts => ({
  ...HOST,
  adapters: [{ ...ADAPTER, ...changes }],
});
const bad = (facts: HostFacts) => diagnose(facts).findings.filter(({ level }) => level === "bad");

describe("the doctor", () => {
  it("says ready for a usable bus, and nothing is bad", () => {
    expect(diagnose(HOST).ready).toBe(true);
    expect(bad(HOST)).toEqual([]);
    expect(diagnose(HOST).findings.map(({ detail }) => detail)).toContain(
      "The device tree asks for 400 kHz.",
    );
  });

  it("gives a next step with every warning and everything bad", () => {
    const everything: HostFacts = {
      ...HOST,
      i2cDevLoaded: false,
      adapters: [
        { ...ADAPTER, node: { path: "/dev/i2c-1", state: "denied", group: "root" } },
        { ...ADAPTER, functionality: 0x0eff_0008 },
        { ...ADAPTER, limits: limitsOf({ driver: "imx-i2c" }) },
        { ...ADAPTER, adapter: { ...ADAPTER.adapter, clockHz: 3_400_000 } },
      ],
      serialPorts: [
        {
          port: { path: "/dev/ttyS0", links: [], noParity: true },
          node: { path: "/dev/ttyS0", state: "usable" },
        },
        {
          port: { path: "/dev/ttyS1", links: [] },
          node: { path: "/dev/ttyS1", state: "denied", group: "dialout" },
        },
      ],
      gpioChips: [{ node: { path: "/dev/gpiochip0", state: "denied", group: "gpio" }, lines: [] }],
    };
    for (const finding of diagnose(everything).findings)
      if (finding.level === "bad" || finding.level === "warning")
        expect(finding.nextStep, finding.detail).toBeTruthy();
  });

  it("says that the module is missing and how to load it", () => {
    const facts = { ...HOST, i2cDevLoaded: false, adapters: [] };
    expect(diagnose(facts).ready).toBe(false);
    expect(bad(facts)[0]).toMatchObject({
      title: "module i2c-dev",
      nextStep: expect.stringContaining("sudo modprobe i2c-dev") as string,
    });
  });

  it("names the group to join where the node is closed to the user", () => {
    const facts = withAdapter({ node: { path: "/dev/i2c-1", state: "denied", group: "i2c" } });
    expect(diagnose(facts).ready).toBe(false);
    expect(bad(facts)[0]?.detail).toBe("User 1000 may not read and write it; it belongs to group i2c.");
    expect(bad(facts)[0]?.nextStep).toContain("sudo usermod -aG i2c $USER");
  });

  it("never advises to join root", () => {
    const node = { path: "/dev/ttyS0", state: "denied", group: "root" } as const;
    const closed: HostFacts = {
      ...HOST,
      adapters: [{ ...ADAPTER, node: { ...node, path: "/dev/i2c-1" } }],
      serialPorts: [{ port: { path: "/dev/ttyS0", links: [] }, node }],
      gpioChips: [{ node: { ...node, path: "/dev/gpiochip0" }, lines: [] }],
    };
    for (const facts of [closed, { ...closed, target: { path: "/dev/ttyS0" } }]) {
      const steps = diagnose(facts).findings.map(({ nextStep = "" }) => nextStep);
      expect(steps.join("\n")).not.toContain("usermod");
      expect(steps).toContain("Let a udev rule give it to group dialout, or run as root.");
    }
  });

  it("says nothing of a module where the buses are there all the same, as in a container", () => {
    expect(bad({ ...HOST, i2cDevLoaded: false })).toEqual([]);
  });

  it("says that an SMBus-only adapter will not do", () => {
    expect(bad(withAdapter({ functionality: 0x0eff_0008 }))[0]?.detail).toContain("SMBus only");
  });

  it("is ready with one usable bus beside a useless one", () => {
    const facts = { ...HOST, adapters: [{ ...ADAPTER, functionality: 0x0eff_0008 }, ADAPTER] };
    expect(diagnose(facts).ready).toBe(true);
  });

  it("is ready for a serial port although there is no bus", () => {
    const serialPorts = [
      {
        port: { path: "/dev/ttyUSB0", driver: "ftdi_sio", links: [] },
        node: { path: "/dev/ttyUSB0", state: "usable" },
      },
    ] as const;
    expect(diagnose({ ...HOST, adapters: [], serialPorts })).toMatchObject({
      ready: true,
      readyFor: { i2c: false, serial: true },
    });
    expect(diagnose({ ...HOST, adapters: [], serialPorts, target: { path: "/dev/ttyUSB0" } }).ready).toBe(
      true,
    );
    expect(diagnose({ ...HOST, adapters: [], serialPorts, target: { path: "/dev/ttyUSB1" } }).ready).toBe(
      false,
    );
  });

  it("names the driver that owns the address and the process that holds it", () => {
    const facts: HostFacts = {
      ...HOST,
      target: {
        path: "/dev/i2c-1",
        address: 0x50,
        owner: { address: 0x50, driver: "at24", device: "1-0050", unbindCommand: "echo 1-0050 > .../unbind" },
        holder: { pid: 4711, command: "bootlace write" },
      },
    };
    expect(diagnose(facts).ready).toBe(false);
    expect(bad(facts).map(({ detail }) => detail)).toEqual([
      "The kernel driver at24 owns it.",
      "In use by process 4711 (bootlace write).",
    ]);
  });

  it("names the lines of a gpiochip and who uses them", () => {
    const chip = {
      node: { path: "/dev/gpiochip0", state: "usable" },
      label: "pinctrl-bcm2835",
      lines: [
        { offset: 17, name: "GPIO17", consumer: "", used: false },
        { offset: 27, name: "GPIO27", consumer: "led0", used: true },
        { offset: 28, name: "", consumer: "", used: false },
      ],
    } as const;
    const details = diagnose({ ...HOST, gpioChips: [chip] }).findings.map(({ detail }) => detail);
    expect(details).toContain("pinctrl-bcm2835, 3 lines: GPIO17 (17), GPIO27 (27, used by led0).");
  });

  it("says on other systems that I2C needs Linux", () => {
    const elsewhere = { ...HOST, platform: "darwin", adapters: [] } as const;
    expect(bad({ ...elsewhere, serialPorts: [] })[0]?.detail).toBe("I2C needs Linux; this is darwin.");
    expect(diagnose({ ...elsewhere, serialPorts: [] }).ready).toBe(false);
  });

  it("is ready on other systems with a serial port, and says of I2C what it needs", () => {
    const port = { port: { path: "COM3", links: [] }, node: { path: "COM3", state: "usable" } } as const;
    const { ready, findings } = diagnose({ ...HOST, platform: "win32", adapters: [], serialPorts: [port] });
    expect(ready).toBe(true);
    expect(findings[0]).toMatchObject({ level: "note", detail: "I2C needs Linux; this is win32." });
  });

  it("says that the addon does not load, with its reason", () => {
    const facts = { ...HOST, addonError: "no prebuild" };
    expect(diagnose(facts).ready).toBe(false);
    expect(bad(facts)[0]?.detail).toBe("It cannot be loaded: no prebuild.");
  });
});

describe("known limits of drivers", () => {
  it.each([
    [{ driver: "imx-i2c" }, 100],
    [{ driver: "i2c-tiny-usb" }, 2000],
    [{ driver: "i2c-gpio" }, 100],
  ])("%o waits a fixed time", (adapter, ms) => {
    expect(limitsOf(adapter).map(({ fixedTimeoutMs }) => fixedTimeoutMs)).toEqual([ms]);
  });

  it.each([
    ["5.15.0", 60, 180],
    ["6.1.0-49-amd64", 60, 180],
    ["6.2.0", 120, undefined],
    ["6.12.117+deb13-amd64", 120, undefined],
    ["10.0.0", 120, undefined],
    ["nobody knows", 60, 180],
  ])("an FT260 on kernel %s takes %s bytes a write", (kernel, write, read) => {
    const [row, ...others] = limitsOf({ driver: "ft260" }, kernel);
    expect([row?.maxWriteBytes, row?.maxReadBytes, others]).toEqual([write, read, []]);
  });

  it("finds drivers outside the kernel by the adapter's name", () => {
    expect(limitsOf({ name: "i2c-ch341-usb at bus 001" })[0]?.maxWriteBytes).toBe(32);
  });

  it("warns of a display's bus", () => {
    expect(limitsOf({ name: "i915 gmbus dpb" })[0]?.note).toContain("display");
  });

  it("knows nothing of a driver that has no limit", () => {
    expect(limitsOf({ driver: "i2c_designware", name: "Synopsys DesignWare I2C adapter" })).toEqual([]);
  });
});
