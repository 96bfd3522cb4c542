/** What the adapter can do: our table against i2cdetect's, for every mask. */
import assert from "node:assert/strict";
import {
  functionalityRecord,
  functionalityTable,
  I2CDETECT_ROWS,
  OTHER_ROWS,
} from "../../../src/host/functionality.js";
import { I2cBus } from "../../../src/transport/i2c/bus.js";
import { PLAIN_I2C } from "../server/i2csim.js";
import { PATH, BUS, withAdapter } from "./bench.js";
import { test } from "./harness.js";
import { bootlace, run } from "./programs.js";

const SMBUS_ONLY = 0x0eff_0008;
const MASKS = {
  "plain I2C": PLAIN_I2C,
  "SMBus only": SMBUS_ONLY,
  "protocol mangling": PLAIN_I2C | 0x04,
  "10-bit addresses": PLAIN_I2C | 0x02,
  everything: 0x1fff_803f,
  nothing: 0,
};

const i2cdetect = async (): Promise<string> => {
  const { stdout, stderr } = await run("i2cdetect", ["-F", `${BUS}`]);
  assert.equal(stderr, "");
  return stdout;
};

for (const [name, functionality] of Object.entries(MASKS)) {
  test(`funcs prints what i2cdetect -F prints: ${name}`, () =>
    withAdapter({ functionality }, async () => {
      const [theirs, ours] = await Promise.all([i2cdetect(), bootlace(["funcs", `${BUS}`])]);
      assert.equal(ours.stdout.trimEnd(), theirs.trimEnd());
      assert.equal(ours.status, 0);
    }));
}

test("funcs --json has a key for each row and the bits that i2cdetect leaves out", () =>
  withAdapter({ functionality: PLAIN_I2C | 0x04 }, async () => {
    const { stdout } = await bootlace(["funcs", PATH, "--json"]);
    const text = JSON.stringify(JSON.parse(stdout));
    for (const [key, value] of Object.entries(functionalityRecord(PLAIN_I2C | 0x04)))
      assert.ok(text.includes(`"${key}":${value}`), `${key}: ${value} is not in ${text}`);
  }));

test("each functionality bit alone moves the same row as in i2cdetect -F", async () => {
  for (const { bit } of [...I2CDETECT_ROWS, ...OTHER_ROWS])
    await withAdapter({ functionality: bit }, async () => {
      const bus = await I2cBus.open(PATH);
      const ours = functionalityTable(PATH, bus.functionality);
      await bus.close();
      assert.deepEqual(
        ours,
        (await i2cdetect())
          .trimEnd()
          .split("\n")
          .map((line) => line.trimEnd()),
      );
    });
});

test("the addon reads the whole 32-bit mask", () =>
  withAdapter({ functionality: 0xffff_ffff }, async () => {
    const bus = await I2cBus.open(PATH);
    await bus.close();
    assert.equal(bus.functionality >>> 0, 0xffff_ffff);
  }));

test("an SMBus-only adapter is refused before any byte, with its name and what to do", () =>
  withAdapter({ functionality: SMBUS_ONLY, name: "SMBus I801 adapter" }, async (adapter) => {
    const { status, stderr } = await bootlace(["info", "--port", PATH, "--address", "0x51"]);
    assert.equal(status, 13);
    assert.match(stderr, /SMBus I801 adapter/);
    assert.match(stderr, /I2C_FUNC_I2C/);
    assert.equal(adapter.transfers.length, 0);
  }));

test("an SMBus-only adapter of the kernel's own, i2c-stub, is refused with its name", async () => {
  const stub = `${process.env["KERNEL_DIR"] ?? ""}/i2c-stub.ko`;
  assert.equal((await run("busybox", ["insmod", stub, "chip_addr=0x51"])).status, 0);
  try {
    const list = (await run("i2cdetect", ["-l"])).stdout;
    const bus = /^i2c-(\d+).*SMBus stub driver/m.exec(list)?.[1];
    assert.ok(bus !== undefined, list);
    const { status, stderr } = await bootlace(["info", "--port", `/dev/i2c-${bus}`, "--address", "0x51"]);
    assert.equal(status, 13);
    assert.match(stderr, /SMBus stub driver/);
  } finally {
    assert.equal((await run("busybox", ["rmmod", "i2c_stub"])).status, 0);
  }
});
