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
import { busGone, busNamed } from "../server/usb-bus.js";
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
  /** The shortest of the driver's time-outs, with some room. */
  readonly bearsMs: number;
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
    bearsMs: 35,
    longestWrite: 61,
    longestRead: 128,
  },
  {
    name: "MCP2221",
    bus: /^MCP2221/,
    make: (wire) => new Mcp2221(wire),
    driver: "mcp2221",
    gpio: "mcp2221",
    bearsMs: 2000,
    longestWrite: 258,
    longestRead: 256,
  },
  {
    name: "FT260",
    bus: /^FT260/,
    make: (wire) => new Ft260(wire),
    driver: "ft260",
    bearsMs: 15,
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

type Rig = Awaited<ReturnType<typeof rig>>;

async function writeVerifyRead({ chip, target }: Rig, back: string): Promise<void> {
  const file = writeTemporary("image.bin", image);
  const written = await bootlace(["write", file, ...target]);
  assert.equal(written.status, 0, written.stderr);
  assert.doesNotMatch(written.stderr, /retr/i);
  assert.ok(image.equals(chip.peek(FLASH, image.length)));
  const verified = await bootlace(["verify", file, ...target]);
  assert.equal(verified.status, 0, verified.stderr);
  const read = await bootlace(["read", back, "--range", `0x08000000:${image.length}`, ...target]);
  assert.equal(read.status, 0, read.stderr);
  assert.ok(image.equals(readFileSync(back)));
  assert.deepEqual(chip.violations, []);
}

const MOST_ATTEMPTS = 4;

/** A run that the host held up for longer than the kernel's driver bears says nothing, and is done again from the start. */
async function undisturbed(row: Row, port: number, work: (at: Rig) => Promise<void>): Promise<Rig> {
  for (let attempt = 1; ; attempt++) {
    const at = await rig(row, port);
    try {
      await work(at);
      return at;
    } catch (error) {
      const heldUp = at.usb.longestFrameMs > row.bearsMs;
      at.usb.unplug();
      if (!heldUp || attempt === MOST_ATTEMPTS) throw error;
      await busGone(row.bus);
    }
  }
}

for (const [index, row] of DONGLES.entries()) {
  let at: Rig;

  test(`${row.name}: write, verify and read move an image, with no retry and nothing to complain of`, async () => {
    at = await undisturbed(row, index + 1, async (fresh) => {
      await writeVerifyRead(fresh, `/run/${row.driver}.bin`);
      assert.deepEqual(fresh.dongle.complaints, []);
    });
  });

  test(`${row.name}: messages are as long as its driver takes`, () => {
    const [written, read] = [Math.max(...at.wire.written), Math.max(...at.wire.read)];
    assert.ok(written <= row.longestWrite && written > row.longestWrite - 16, `${written} bytes written`);
    assert.ok(read <= row.longestRead, `${read} bytes read`);
  });

  test(`${row.name}: ports names its bus with the kernel's own driver`, async () => {
    const { status, stdout, stderr } = await bootlace(["ports"]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`/dev/i2c-${at.number}.*${row.driver}`));
  });

  test(`${row.name}: where nobody acknowledges there is no reply, and scan names the chip alone`, async () => {
    const port = `/dev/i2c-${at.number}`;
    const nobody = await bootlace(["info", "--port", port, "--address", "0x3b"]);
    assert.equal(nobody.status, 20, nobody.stderr);
    const { status, stdout, stderr } = await bootlace(["scan", "--port", port, "--all", "--json"]);
    assert.equal(status, 0, stderr);
    const { answers } = JSON.parse(stdout) as { answers: { address: number; protocol?: string }[] };
    assert.deepEqual(
      answers.map(({ address, protocol }) => [address, protocol]),
      [[ADDRESS, "1.2"]],
    );
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
