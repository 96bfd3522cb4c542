/** spidev: the addon's transport and the command on a real /dev/spidevN.0, with the simulated chip behind its controller. */
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import type { ChipOptions } from "../../../src/simulator/options.js";
import type { SimulatedChip } from "../../../src/simulator/chip.js";
import { openSpiDev } from "../../../src/transport/spi/dev.js";
import { delay, write } from "../../../src/transport/transport.js";
import { transportContract } from "../../../src/transport/contract/contract.js";
import { CONTRACT_CHIP } from "../../../src/transport/contract/rig.js";
import { MessageClock, putBehindSpi, SimController } from "../server/spisim.js";
import { rejection, writeTemporary } from "./bench.js";
import { FLASH, firmware, makeChip } from "./chips.js";
import { test } from "./harness.js";
import { bootlace } from "./programs.js";

const BUS = 3;
const PATH = `/dev/spidev${BUS}.0`;
const TARGET = ["--port", `spi:${PATH}`];
/** What the proof moves: all of an STM32G071xB. */
const WHOLE = 128 * 1024;

interface SpiBench {
  readonly controller: SimController;
  readonly chip: SimulatedChip;
}

/** Afterwards the chip must have nothing to complain of, unless something was killed. */
async function onSpi<T>(
  options: Partial<ChipOptions> & { readonly flashBytes?: number; readonly recovers?: boolean },
  work: (bench: SpiBench) => Promise<T>,
): Promise<T> {
  const { recovers = false, ...rest } = options;
  const clock = new MessageClock();
  const chip = await makeChip({ ...rest, clock });
  const controller = await SimController.open(BUS);
  try {
    putBehindSpi(controller, chip, clock);
    const result = await work({ controller, chip });
    if (!recovers) assert.deepEqual(chip.violations, []);
    return result;
  } finally {
    await controller.close();
  }
}

test("info names a chip on SPI", () =>
  onSpi({}, async () => {
    const { status, stdout, stderr } = await bootlace(["info", ...TARGET]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /STM32G07/);
  }));

/** Less than a case may take, also on a machine that does other things. */
const PATIENT = { limitMs: 160_000 } as const;

test("128 KiB are written over SPI, and the chip has nothing to complain of", () =>
  onSpi({ flashBytes: WHOLE }, async ({ chip }) => {
    const image = firmware(WHOLE, 3);
    const written = await bootlace(["write", writeTemporary("spi.bin", image), ...TARGET], PATIENT);
    assert.equal(written.status, 0, written.stderr);
    assert.match(written.stderr, /128 KiB written and verified/);
    assert.ok(image.equals(chip.peek(FLASH, WHOLE)));
  }));

test("128 KiB are verified over SPI, and one wrong byte is found", () =>
  onSpi({ flashBytes: WHOLE }, async ({ chip }) => {
    const image = firmware(WHOLE, 3);
    const file = writeTemporary("spi.bin", image);
    chip.poke(FLASH, image);
    const verified = await bootlace(["verify", file, ...TARGET], PATIENT);
    assert.equal(verified.status, 0, verified.stderr);
    chip.poke(FLASH + 40_000, Uint8Array.of(image[40_000]! ^ 1));
    const part = writeTemporary("part.bin", image.subarray(38_912, 43_008));
    const wrong = await bootlace(["verify", part, "--at", "0x08009800", ...TARGET]);
    assert.notEqual(wrong.status, 0, wrong.stdout);
  }));

test("128 KiB are read back over SPI", () =>
  onSpi({ flashBytes: WHOLE }, async ({ chip }) => {
    const image = firmware(WHOLE, 3);
    chip.poke(FLASH, image);
    const read = await bootlace(["read", "/run/spi-back.bin", ...TARGET], PATIENT);
    assert.equal(read.status, 0, read.stderr);
    assert.ok(image.equals(readFileSync("/run/spi-back.bin")));
    rmSync("/run/spi-back.bin");
  }));

test("the controller is asked for mode 0, words of 8 bits, the rate of the target, and 15 µs behind each byte", () =>
  onSpi({}, async ({ controller }) => {
    const { status, stderr } = await bootlace(["info", "--port", `${TARGET[1]!}?hz=500000`]);
    assert.equal(status, 0, stderr);
    assert.ok(controller.messages.length > 20);
    for (const { mode, bitsPerWord, transfers } of controller.messages) {
      assert.deepEqual({ mode, bitsPerWord }, { mode: 0, bitsPerWord: 8 });
      for (const { mosi, speedHz, delayUs } of transfers)
        assert.deepEqual(
          { length: mosi.length, speedHz, delayUs },
          { length: 1, speedHz: 500_000, delayUs: 15 },
        );
    }
  }));

test("where the controller makes the gaps a frame is one transfer", () =>
  onSpi({}, async ({ controller }) => {
    const transport = await openSpiDev({ path: PATH, wordDelay: true });
    await transport.exchange([write(Uint8Array.of(0x5a)), delay(1), write(Uint8Array.of(0, 0, 0, 0x79))]);
    await transport.close();
    const shapes = controller.messages.map(({ transfers }) =>
      transfers.map(({ mosi, wordDelayUs }) => [mosi.length, wordDelayUs]),
    );
    assert.deepEqual(shapes, [[[1, 15]], [[4, 15]]]);
  }));

test("frames longer than spidev's buffer go out in parts", () =>
  onSpi({}, async ({ controller }) => {
    const bufsiz = Number(readFileSync("/sys/module/spidev/parameters/bufsiz", "utf8"));
    assert.ok(bufsiz < 258, `the rig boots with a small buffer, not ${bufsiz}`);
    const transport = await openSpiDev({ path: PATH, wordDelay: true });
    await transport.exchange([write(new Uint8Array(258))]);
    await transport.close();
    const lengths = controller.messages.map(({ transfers }) => transfers[0]!.mosi.length);
    assert.equal(
      lengths.reduce((sum, length) => sum + length, 0),
      258,
    );
    assert.ok(
      lengths.every((length) => length <= bufsiz),
      lengths.join(" "),
    );
  }));

test("a run that is killed in the middle of a write over SPI is finished by the same command", () =>
  onSpi({ timings: { programMs: 30 }, recovers: true }, async ({ chip }) => {
    const image = firmware(16_000, 5);
    const file = writeTemporary("spi.bin", image);
    let pid = 0;
    const first = bootlace(["write", file, ...TARGET], { onStart: (started) => (pid = started) });
    while (chip.counters.programmedBytes < 2_000) await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(pid, "SIGKILL");
    assert.equal((await first).signal, "SIGKILL");
    assert.ok(!chip.wouldBoot());
    const second = await bootlace(["write", file, ...TARGET]);
    assert.equal(second.status, 0, second.stderr);
    assert.ok(image.equals(chip.peek(FLASH, image.length)));
  }));

test("the second process on one SPI device ends with status 12 and names the first", () =>
  onSpi({ timings: { programMs: 100 } }, async ({ chip }) => {
    const file = writeTemporary("spi.bin", firmware(12_000, 8));
    const first = bootlace(["write", file, ...TARGET]);
    while (chip.counters.programmedBytes === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await bootlace(["info", ...TARGET]);
    assert.equal(second.status, 12, second.stderr);
    assert.match(second.stderr, /spidev3\.0 is in use by process \d+ \(.*bootlace.* write /);
    assert.equal((await first).status, 0);
  }));

test("a controller that fails, one without a chip and a device that is none are told apart", async () => {
  await onSpi({ recovers: true }, async ({ controller, chip }) => {
    chip.setPower(false);
    const silent = await bootlace(["info", ...TARGET]);
    assert.equal(silent.status, 20, silent.stderr);
    assert.match(silent.stderr, /no bootloader answers on \/dev\/spidev3\.0 at 1000 kHz/);
    controller.onMessage = () => 5;
    const failing = await bootlace(["info", ...TARGET]);
    assert.match(failing.stderr, /EIO/);
    assert.notEqual(failing.status, 0);
  });
  const none = await rejection(openSpiDev({ path: "/dev/null" }));
  assert.match(none.message, /\/dev\/null: it is not an SPI device/);
  const gone = await rejection(openSpiDev({ path: "/dev/spidev9.0" }));
  assert.match(gone.message, /there is no such device/);
});

test("ports and doctor know the SPI device", () =>
  onSpi({}, async () => {
    const ports = await bootlace(["ports"]);
    assert.match(ports.stdout, /\/dev\/spidev3\.0/);
    const doctor = await bootlace(["doctor", ...TARGET]);
    assert.match(doctor.stdout, /\/dev\/spidev3\.0/);
    assert.equal(doctor.status, 0, doctor.stdout);
  }));

async function contractRig() {
  const clock = new MessageClock();
  const chip = await makeChip({ timings: { pageEraseMs: CONTRACT_CHIP.pageEraseMs }, clock });
  const controller = await SimController.open(BUS);
  putBehindSpi(controller, chip, clock);
  return {
    transport: await openSpiDev({ path: PATH }),
    openDeaf: async () => {
      chip.setPower(false);
      return { transport: await openSpiDev({ path: PATH }), failure: "timeout" as const };
    },
    close: () => controller.close(),
  };
}

for (const { name, run } of transportContract(contractRig))
  test(`spidev keeps the contract of a transport: ${name}`, run);
