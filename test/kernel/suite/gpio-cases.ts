/** BOOT0 and NRST on a real gpiochip, with the levels and times that the chip's pins saw. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { LineDriver } from "../../../src/lines/line-driver.js";
import { runMoves } from "../../../src/lines/line-driver.js";
import { openLines } from "../../../src/lines/open-lines.js";
import { parseResetSequence } from "../../../src/lines/sequence.js";
import type { SimulatedChip } from "../../../src/simulator/chip.js";
import { serveUartOnPty } from "../../../src/simulator/pty.js";
import { I2cBus } from "../../../src/transport/i2c/bus.js";
import { putBehind } from "../server/chip-behind.js";
import type { AdapterOptions, SimAdapter } from "../server/i2csim.js";
import { PATH, rejection, withAdapter, writeTemporary } from "./bench.js";
import { FLASH, firmware, makeChip } from "./chips.js";
import { test } from "./harness.js";
import { startHolder } from "./holders.js";
import { bootlace, run } from "./programs.js";

const NRST = 2;
const BOOT0 = 5;
const LINES = ["led", "", "NRST", "", "", "BOOT0"];

const withLines = <T>(options: AdapterOptions, work: (adapter: SimAdapter) => Promise<T>): Promise<T> =>
  withAdapter({ lines: LINES, ...options }, work);

/** Runs the entry part of a sequence, hands its driver on, releases. */
async function moved(
  adapter: SimAdapter,
  text: string,
  between: (driver: LineDriver) => unknown = () => undefined,
): Promise<void> {
  const sequence = parseResetSequence(text);
  const driver = await openLines(sequence);
  try {
    await runMoves(sequence.entry, driver);
    await between(driver);
  } finally {
    await driver.release();
  }
  await settled(adapter);
}

/** Changes of lines and transfers come in one queue: when this transfer has ended, all before it was seen. */
async function settled(adapter: SimAdapter): Promise<void> {
  const bus = await I2cBus.open(adapter.path);
  await bus.transfer([{ address: 0x08, read: 1 }]).catch(() => undefined);
  await bus.close();
}

/** What the kernel told the chip's side of a line: "1", "0", or "z" for an input. */
const changesOf = (adapter: SimAdapter, line: number): string =>
  adapter.gpioEvents
    .filter((event) => event.line === line)
    .map(({ output, level }) => (output ? `${level}` : "z"))
    .join("");

/** The label and number of our GPIO chip: the kernel numbers them anew. */
const gpioChip = async (): Promise<string> => {
  const { stdout } = await run("gpiodetect", []);
  return /^(gpiochip\d+) \[i2csim\]/m.exec(stdout)?.[1] ?? assert.fail(`no chip of ours: ${stdout}`);
};

test("a line is moved by chip and offset", () =>
  withLines({}, async (adapter) => {
    await moved(adapter, `x@${await gpioChip()}:${NRST}; x=1 wait=5 x=0`);
    assert.equal(changesOf(adapter, NRST), "10");
  }));

test("a line is moved by the chip's label and offset", () =>
  withLines({}, async (adapter) => {
    await moved(adapter, `x@i2csim:${BOOT0}; x=1 wait=5 x=0`);
    assert.equal(changesOf(adapter, BOOT0), "10");
  }));

test("a line is moved by its name, and no other line moves", () =>
  withLines({}, async (adapter) => {
    await moved(adapter, "x@BOOT0; x=1 wait=5 x=0");
    assert.equal(changesOf(adapter, BOOT0), "10");
    assert.ok(adapter.gpioEvents.every(({ line }) => line === BOOT0));
  }));

test("a line with ! in front is active-low: the pin shows the opposite", () =>
  withLines({}, async (adapter) => {
    await moved(adapter, "x@!NRST; x=0 wait=5 x=1");
    assert.equal(changesOf(adapter, NRST), "10");
  }));

test("an open-drain line is pulled low and let go, never driven high", () =>
  withLines({}, async (adapter) => {
    await moved(adapter, "x@NRST:open-drain; x=0 wait=5 x=1");
    const high = adapter.gpioEvents.some(({ line, output, level }) => line === NRST && output && level === 1);
    assert.ok(!high, changesOf(adapter, NRST));
    assert.match(changesOf(adapter, NRST), /0.*z$/);
  }));

test("z lets a line float: it becomes an input", () =>
  withLines({}, async (adapter) => {
    await moved(adapter, "x@BOOT0; x=1 wait=5 x=z");
    assert.equal(changesOf(adapter, BOOT0).at(-1), "z");
  }));

test("a line never shows another level than the first that was asked for", () =>
  withLines({}, async (adapter) => {
    await moved(adapter, "x@BOOT0; x=1 wait=1");
    assert.equal(changesOf(adapter, BOOT0), "1");
  }));

test("while we hold a line the kernel shows us as its consumer, and others get EBUSY", () =>
  withLines({}, async (adapter) => {
    await moved(adapter, "x@NRST; x=1", async () => {
      const { stdout } = await run("gpioinfo", [await gpioChip()]);
      assert.match(stdout, /NRST.*bootlace/);
      const holder = await startHolder(["line", "NRST", "1"]);
      await holder.end();
      assert.match(holder.said, /^TARGET_LOCKED GPIO line NRST is in use by .*bootlace/);
    });
  }));

test("a name that no line has, and an offset beyond the chip, are said", () =>
  withLines({}, async (adapter) => {
    assert.match((await rejection(moved(adapter, "x@RESET; x=1"))).message, /no GPIO line named "RESET"/);
    const chip = await gpioChip();
    assert.match(
      (await rejection(moved(adapter, `x@${chip}:17; x=1`))).message,
      /lines 0 to 5, there is no line 17/,
    );
  }));

test("a released line keeps its level where the driver leaves it alone", () =>
  withLines({}, async (adapter) => {
    await moved(adapter, "x@BOOT0; x=1 wait=1");
    assert.equal(changesOf(adapter, BOOT0), "1");
  }));

test("a released line becomes an input where the driver does that", () =>
  withLines({ gpioReverts: true }, async (adapter) => {
    await moved(adapter, "x@BOOT0; x=1 wait=1");
    assert.equal(changesOf(adapter, BOOT0), "1z");
  }));

test("after SIGKILL the kernel releases the line: it is free again, its level is the driver's affair", () =>
  withLines({}, async (adapter) => {
    const holder = await startHolder(["line", "BOOT0", "1"]);
    assert.equal(holder.said, "held");
    await holder.end("SIGKILL");
    await settled(adapter);
    assert.equal(changesOf(adapter, BOOT0), "1");
    await moved(adapter, "x@BOOT0; x=0");
    assert.equal(changesOf(adapter, BOOT0), "10");
  }));

interface Wired {
  readonly adapter: SimAdapter;
  readonly chip: SimulatedChip;
}

/** A chip whose pins hang on the lines, running its application. */
async function withApplication<T>(work: (wired: Wired) => Promise<T>): Promise<T> {
  const chip = await makeChip({ boot0: false });
  chip.setPower(false); // the chip looks whether its flash is empty at power-on only
  chip.poke(FLASH, firmware(4096));
  chip.setPower(true);
  return withLines({}, async (adapter) => {
    putBehind(adapter, [chip], { boot0: BOOT0, nrst: NRST });
    await moved(adapter, "boot0@BOOT0 nrst@NRST; boot0=0 nrst=0 wait=5 nrst=1 wait=60");
    assert.equal(chip.state, "application");
    adapter.gpioEvents.length = 0;
    return work({ adapter, chip });
  });
}

test("BOOT0 and NRST take the chip from its application into the bootloader and back", () =>
  withApplication(async ({ adapter, chip }) => {
    const sequence = parseResetSequence("gpio", { boot0: "BOOT0", nrst: "NRST" });
    const driver = await openLines(sequence);
    await runMoves(sequence.entry, driver);
    await settled(adapter);
    assert.equal(chip.state, "bootloader");
    await runMoves(sequence.exit, driver);
    await driver.release();
    await settled(adapter);
    await sleep(60);
    assert.equal(chip.state, "application");
    assert.equal(changesOf(adapter, NRST), "0101");
    assert.equal(changesOf(adapter, BOOT0), "10");
  }));

test("NRST was low for at least the 10 ms of the sequence, and BOOT0 was high before it rose", () =>
  withApplication(async ({ adapter }) => {
    await moved(adapter, "boot0@BOOT0 nrst@NRST; boot0=1 nrst=0 wait=10 nrst=1 wait=50");
    const boot0 = adapter.gpioEvents.find(({ line, level }) => line === BOOT0 && level === 1);
    const low = adapter.gpioEvents.find(({ line, level }) => line === NRST && level === 0);
    const high = adapter.gpioEvents.find(
      ({ line, level, atMs }) => line === NRST && level === 1 && atMs > (low?.atMs ?? 0),
    );
    assert.ok(boot0 && low && high);
    assert.ok(high.atMs - low.atMs >= 10, `${high.atMs - low.atMs} ms`);
    assert.ok(boot0.atMs < high.atMs);
  }));

const WIRES = ["--line", "boot0=BOOT0", "--line", "nrst=NRST"];
const PRESET = ["--reset-sequence", "gpio", ...WIRES];

/** `info` finds the chip, `reset` sends it back to its application. */
async function thereAndBack({ adapter, chip }: Wired, target: readonly string[]): Promise<void> {
  const info = await bootlace(["info", ...target]);
  assert.equal(info.status, 0, info.stderr);
  assert.equal(chip.state, "bootloader");
  const reset = await bootlace(["reset", ...target]);
  assert.equal(reset.status, 0, reset.stderr);
  await settled(adapter);
  await sleep(60);
  assert.equal(chip.state, "application");
}

test("over I2C, info with a reset sequence finds a chip that ran its application, reset sends it back", () =>
  withApplication(async (wired) => {
    await thereAndBack(wired, ["--port", PATH, "--address", "0x51", ...PRESET]);
    assert.deepEqual(wired.chip.violations, []);
  }));

test("over a UART, info with a reset sequence finds a chip that ran its application, reset sends it back", () =>
  withApplication(async (wired) => {
    const uart = serveUartOnPty(wired.chip);
    try {
      await thereAndBack(wired, ["--port", uart.path, "--mode", "8n1", ...PRESET]);
    } finally {
      uart.close();
    }
  }));

test("write with a sequence written out resets the chip and leaves it running the new program", () =>
  withApplication(async ({ adapter, chip }) => {
    const image = firmware(2048, 21);
    const steps =
      "boot0@BOOT0 nrst@NRST; boot0=1 nrst=0 wait=10 nrst=1 wait=50 / boot0=0 nrst=0 wait=10 nrst=1";
    const file = writeTemporary("image.bin", image);
    const target = ["--port", PATH, "--address", "0x51", "--reset-sequence", steps];
    const { status, stderr } = await bootlace(["write", file, ...target, "--reset"]);
    assert.equal(status, 0, stderr);
    await settled(adapter);
    await sleep(60);
    assert.equal(chip.state, "application");
    assert.ok(image.equals(chip.peek(FLASH, image.length)));
  }));
