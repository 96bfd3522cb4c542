/** What a service does with the package beside flashing: finding buses, ports and chips. A process of its own on a test /dev/i2c-N. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { SMBUS_ONLY, type BusOptions } from "../fake-i2c-dev/bus.js";
import { chipOf } from "../fake-i2c-dev/chips.js";
import { runTool } from "../fake-i2c-dev/run-tool.js";
import { type FakeI2c, startFakeI2c } from "../fake-i2c-dev/server.js";
import { ROOT } from "../support/sources.js";

/** Inside the package, where "bootlace" is this package. */
const folder = join(ROOT, ".cache", `service-${process.pid}`);
mkdirSync(folder, { recursive: true });
const open: FakeI2c[] = [];
afterEach(async () => {
  for (const device of open.splice(0)) await device.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(options: Partial<BusOptions> = {}): Promise<FakeI2c["env"]> {
  const device = await startFakeI2c({
    number: 7,
    chips: [await chipOf(0x460, { flashSize: 128 * 1024 }), await chipOf(0x441)],
    speedHz: 400_000,
    wait: false,
    ...options,
  });
  open.push(device);
  return device.env;
}

/** @param expression of what the service asks for. @returns what it got, or the error's code and message */
async function service(expression: string, env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const script = join(folder, "service.mjs");
  writeFileSync(
    script,
    `import * as bootlace from "bootlace";
     const told = await (async () => ${expression})().catch(({ code, message }) => ({ code, message }));
     console.log(JSON.stringify(told));`,
  );
  const { stdout, stderr } = await runTool(process.execPath, [script], env);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

describe("scan, for a service", () => {
  it("tells who answers, who may be meant, and what was not asked", async () => {
    const env = await start();
    const found = (await service("bootlace.scan(7)", env)) as { answers: { chips: string[] }[] };
    expect(found).toMatchObject({
      port: "/dev/i2c-7",
      answers: [{ address: 0x46, protocol: "1.2" }],
    });
    expect(found.answers[0]!.chips).toContain("STM32F412xx");
    expect(found).toHaveProperty("skipped", expect.arrayContaining([{ address: 0x51, why: "eeprom" }]));
  });

  it("asks the addresses of EEPROMs with `all`", async () => {
    const env = await start();
    expect(await service('bootlace.scan("i2c:7", { all: true })', env)).toMatchObject({
      answers: [{ address: 0x46 }, { address: 0x51 }],
      skipped: [],
    });
  });

  it("is stopped by a signal", async () => {
    const env = await start();
    expect(await service("bootlace.scan(7, { signal: AbortSignal.abort() })", env)).toEqual({
      code: "INTERRUPTED",
      message: "stopped by request",
    });
  });

  it.each([
    ['bootlace.scan("/dev/ttyS1")', "An I2C bus is expected, like 1 or /dev/i2c-1."],
    ["bootlace.scan()", 'the argument "bus" is a number, or a text like "/dev/i2c-1", not undefined'],
    ["bootlace.scan(7, { al: true })", 'there is no option "al" here; there are all, signal'],
  ])("refuses %s", async (call, message) => {
    expect(await service(call)).toEqual({
      code: "USAGE",
      message: expect.stringContaining(message) as string,
    });
  });

  it("refuses an adapter without plain I2C, and a bus that is not there", async () => {
    const env = await start({ functions: SMBUS_ONLY });
    expect(await service("bootlace.scan(7)", env)).toHaveProperty("code", "SMBUS_ONLY");
    expect(await service("bootlace.scan(250)")).toHaveProperty("code", "NO_DEVICE");
  });
});

describe("ports and doctor, for a service", () => {
  it("ports are three lists", async () => {
    expect(await service("bootlace.ports()")).toEqual({
      i2c: expect.any(Array) as unknown,
      serial: expect.any(Array) as unknown,
      spi: expect.any(Array) as unknown,
    });
  });

  it("the doctor says whether a target can be used, with a next step for what is bad", async () => {
    const told = (await service('bootlace.doctor("/dev/i2c-250")')) as { findings: object[] };
    expect(told).toHaveProperty("ready", false);
    expect(told.findings).toContainEqual(
      expect.objectContaining({ level: "bad", nextStep: expect.any(String) as string }),
    );
  });

  it("a simulated chip needs no doctor", async () => {
    expect(await service('bootlace.doctor("sim:stm32g071")')).toHaveProperty("code", "USAGE");
  });
});
