/** USB dongles behind the drivers of Debian's kernel, which judge the models too: whole jobs, and what bootlace must not send them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { RealClock } from "../../../src/simulator/clock.js";
import { Cp2112 } from "../../support/dongles/cp2112.js";
import { Ft260 } from "../../support/dongles/ft260.js";
import type { HidDongle } from "../../support/dongles/hid-dongle.js";
import { Mcp2221 } from "../../support/dongles/mcp2221.js";
import { Wire } from "../../support/dongles/wire.js";
import { plugIn } from "../server/hid-device.js";
import { busNamed } from "../server/usb-bus.js";
import { writeTemporary } from "./bench.js";
import { ADDRESS, FLASH, firmware, makeChip } from "./chips.js";
import { test } from "./harness.js";
import { bootlace } from "./programs.js";

interface Row {
  readonly name: string;
  readonly bus: RegExp;
  readonly make: (wire: Wire) => HidDongle;
  readonly driver: string;
  /** The driver's name, where it makes a GPIO chip too. */
  readonly gpio?: string;
  readonly longestWrite: number;
  readonly longestRead: number;
}

const DONGLES: readonly Row[] = [
  {
    name: "CP2112",
    bus: /^CP2112/,
    make: (wire) => new Cp2112(wire),
    driver: "cp2112",
    gpio: "cp2112",
    longestWrite: 61,
    longestRead: 128,
  },
  {
    name: "MCP2221",
    bus: /^MCP2221/,
    make: (wire) => new Mcp2221(wire),
    driver: "mcp2221",
    gpio: "mcp2221",
    longestWrite: 258,
    longestRead: 256,
  },
  {
    name: "FT260",
    bus: /^FT260/,
    make: (wire) => new Ft260(wire),
    driver: "ft260",
    longestWrite: 60,
    longestRead: 180,
  },
];

const image = firmware(3000, 21);

async function rig({ make, bus, gpio }: Row, port: number) {
  const clock = new RealClock();
  const chip = await makeChip({ clock });
  const wire = new Wire(chip, clock);
  const dongle = make(wire);
  const usb = await plugIn(dongle, port);
  const number = await busNamed(bus, gpio);
  return {
    chip,
    wire,
    dongle,
    usb,
    number,
    target: ["--port", `/dev/i2c-${number}`, "--address", `0x${ADDRESS.toString(16)}`],
  };
}

for (const [index, row] of DONGLES.entries()) {
  let at: Awaited<ReturnType<typeof rig>>;

  test(`${row.name}: the kernel's own driver makes a bus of the model, and bootlace knows it`, async () => {
    at = await rig(row, index + 1);
    const { status, stdout, stderr } = await bootlace(["ports"]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`/dev/i2c-${at.number}.*${row.driver}`));
  });

  test(`${row.name}: write puts the image into the chip, with no retry`, async () => {
    const { status, stderr } = await bootlace(["write", writeTemporary("image.bin", image), ...at.target]);
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /retr/i);
    assert.ok(image.equals(at.chip.peek(FLASH, image.length)));
  });

  test(`${row.name}: verify agrees, and read gives the image back`, async () => {
    const verified = await bootlace(["verify", writeTemporary("image.bin", image), ...at.target]);
    assert.equal(verified.status, 0, verified.stderr);
    const range = `0x08000000:${image.length}`;
    const read = await bootlace(["read", `/run/${row.driver}.bin`, "--range", range, ...at.target]);
    assert.equal(read.status, 0, read.stderr);
    assert.ok(image.equals(readFileSync(`/run/${row.driver}.bin`)));
  });

  test(`${row.name}: neither the chip nor the dongle has anything to complain of, and messages were as long as they may be`, () => {
    assert.deepEqual(at.chip.violations, []);
    assert.deepEqual(at.dongle.complaints, []);
    const [written, read] = [Math.max(...at.wire.written), Math.max(...at.wire.read)];
    assert.ok(written <= row.longestWrite && written > row.longestWrite - 16, `${written} bytes written`);
    assert.ok(read <= row.longestRead, `${read} bytes read`);
  });

  test(`${row.name}: nothing is sent when --max-frame asks for more than its driver takes`, async () => {
    const before = at.wire.written.length;
    const { status, stderr } = await bootlace(["info", ...at.target, "--max-frame", "258"]);
    const refused = row.longestWrite < 258;
    assert.equal(status, refused ? 2 : 0, stderr);
    if (!refused) return;
    assert.match(stderr, new RegExp(`the driver ${row.driver} takes ${row.longestWrite} bytes a write`));
    assert.equal(at.wire.written.length, before);
  });

  test(`${row.name}: unplugged, its bus is gone`, async () => {
    at.usb.unplug();
    const { status, stderr } = await bootlace(["info", ...at.target]);
    assert.ok(status === 10 || status === 26, `${status}: ${stderr}`);
  });
}
