/** One suite for every transport. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createChip } from "../../src/simulator/create-chip.js";
import { openSerial } from "../../src/transport/serial/serial.js";
import { openSim } from "../../src/transport/sim/sim.js";
import { traceTransport } from "../../src/transport/trace.js";
import type { TraceRecord } from "../../src/transport/trace.js";
import type { Transport } from "../../src/transport/transport.js";
import { chipOf } from "../fake-i2c-dev/chips.js";
import { runTool } from "../fake-i2c-dev/run-tool.js";
import { startFakeI2c } from "../fake-i2c-dev/server.js";
import type { FakeI2c } from "../fake-i2c-dev/server.js";
import { chipOnPty } from "../support/pty-chip.js";
import { transportContract } from "../../src/transport/contract/contract.js";
import { CONTRACT_CHIP, type ContractRig } from "../../src/transport/contract/rig.js";

const ROOT = join(import.meta.dirname, "../..");
const { name: CHIP, pageEraseMs } = CONTRACT_CHIP;
const NAMES = transportContract(() => Promise.reject(new Error("only for the names"))).map(
  ({ name }) => name,
);

async function simRig(bus: "i2c" | "uart" | "spi"): Promise<ContractRig> {
  const open = () => openSim({ kind: "sim", chip: CHIP, options: { bus, erase: String(pageEraseMs) } });
  const transport = await open();
  return {
    transport,
    openDeaf: async () => {
      const deaf = await open();
      deaf.chip.setPower(false);
      return { transport: deaf, failure: bus === "i2c" ? "system" : "timeout" };
    },
    close: async () => {
      expect(transport.chip.violations).toEqual([]);
    },
  };
}

async function ptyRig(): Promise<ContractRig> {
  const alive = await chipOnPty(CHIP, { erase: String(pageEraseMs) });
  const deaf = await chipOnPty(CHIP);
  deaf.chip.setPower(false);
  const transport = await openSerial({ path: alive.path, mode: "8n1" });
  return {
    transport,
    openDeaf: async () => ({
      transport: await openSerial({ path: deaf.path, mode: "8n1" }),
      failure: "timeout",
    }),
    close: async () => {
      expect(alive.chip.violations).toEqual([]);
      alive.close();
      deaf.close();
    },
  };
}

const traced =
  (open: () => Promise<ContractRig>, records: TraceRecord[]) => async (): Promise<ContractRig> => {
    const rig = await open();
    const wrap = (transport: Transport) => traceTransport(transport, (record) => records.push(record));
    return {
      ...rig,
      transport: wrap(rig.transport),
      openDeaf: async () => {
        const { transport, failure } = await rig.openDeaf();
        return { transport: wrap(transport), failure };
      },
    };
  };

describe.each<[string, () => Promise<ContractRig>]>([
  ["the simulated chip on I2C", () => simRig("i2c")],
  ["the simulated chip on UART", () => simRig("uart")],
  ["the simulated chip on SPI", () => simRig("spi")],
  ["a serial port (pseudo-terminal)", ptyRig],
  ["a trace of the simulated chip on I2C", traced(() => simRig("i2c"), [])],
  ["a trace of a serial port", traced(ptyRig, [])],
])("%s", (_, open) => {
  test.each(transportContract(open))("$name", ({ run }) => run());
});

describe("i2c-dev (preload library)", () => {
  let device: FakeI2c;
  let outcomes: string[] = [];

  beforeAll(async () => {
    device = await startFakeI2c({ number: 9, speedHz: 1_000_000, chips: await contractChips() });
    const script = await bundle();
    const { stdout, stderr } = await runTool(process.execPath, [script, device.path], device.env);
    rmSync(script);
    expect(stderr).toBe("");
    outcomes = JSON.parse(stdout) as string[];
  }, 60_000);
  afterAll(() => device.close());

  test.each(NAMES.map((name, index) => ({ name, index })))("$name", ({ index }) => {
    expect(outcomes[index]).toBe("passed");
    expect(device.bus.chips[index]!.violations).toEqual([]);
  });
});

/** One for each case, on addresses of their own. */
async function contractChips() {
  const { facts } = await chipOf(CONTRACT_CHIP.productId);
  return NAMES.map(
    (_, index) => (clock: Parameters<Awaited<ReturnType<typeof chipOf>>>[0]) =>
      createChip({ facts, clock, i2cAddress: 0x10 + index, timings: { pageEraseMs } }),
  );
}

/** Inside the package, so that the addon is found from there. */
async function bundle(): Promise<string> {
  const folder = join(ROOT, ".cache", "test-contract");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `i2c-dev.child-${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, "i2c-dev.child.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["node-gyp-build", "serialport"],
    logLevel: "warning",
  });
  return outfile;
}
