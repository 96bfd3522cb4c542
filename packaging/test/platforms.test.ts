/** The package on every platform that can be had here: it loads, and it writes, verifies and reads over a test /dev/i2c-N. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chipOf } from "../../test/fake-i2c-dev/chips.js";
import { runTool, type ToolResult } from "../../test/fake-i2c-dev/run-tool.js";
import { startFakeI2c } from "../../test/fake-i2c-dev/server.js";
import { nodeOf, PLATFORMS, type Platform } from "../platforms.mjs";
import { ROOT, ZIG, zigEnvironment } from "../zig.mjs";
import { installed, type Installed } from "./packed.js";

const CI = process.env["BOOTLACE_PLATFORMS"] === "ci";
const FIRMWARE = join(ROOT, "examples/blink-g071/blink-g071.hex");
const TARGET = ["--port", "/dev/i2c-7", "--address", "0x51"];
/** A vector table, and bytes that are no run of one value. */
const IMAGE = Buffer.from(Array.from({ length: 16 * 1024 }, (_, i) => ((i * i) >> 3) & 0xff));
IMAGE.writeUInt32LE(0x20001000, 0);
IMAGE.writeUInt32LE(0x08000101, 4);
const SLOW_MS = 300_000;

let there: Installed;
beforeAll(() => {
  there = installed();
});
afterAll(() => there.remove());

/** The preload library of the test device, for the platform's processor. */
function preload({ zig, node, suite }: Platform): string {
  const file = join(there.folder, `${node}-${suite}.so`);
  const sources = ["preload.c", "link.c", "i2c-dev.c"].map((name) => join(ROOT, "test/fake-i2c-dev", name));
  const flags = ["-std=gnu11", "-O2", "-fPIC", "-shared", "-o", file];
  execFileSync(ZIG, ["cc", "-target", zig, ...flags, ...sources, "-ldl", "-lpthread"], {
    env: zigEnvironment(),
  });
  return file;
}

describe.each(PLATFORMS.filter(({ ci }) => !CI || ci === true))("$name", (platform) => {
  let node = "";
  beforeAll(() => {
    node = nodeOf(platform).command;
  });
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ToolResult> =>
    runTool(node, args, { NO_COLOR: "1", ...env }, { cwd: there.folder, timeoutMs: SLOW_MS });
  const bootlace = (args: readonly string[], env = {}): Promise<ToolResult> =>
    run([there.command, ...args], env);

  it("is what it is called", async () => {
    const { stdout } = await run(["-p", "[process.version, process.arch].join(' ')"]);
    expect(stdout).toBe(
      `v${platform.version} ${platform.node === "linux-armv7l" ? "arm" : platform.node.slice(6)}\n`,
    );
  });

  it("requires and imports the library", async () => {
    writeFileSync(join(there.folder, "use.cjs"), 'console.log(typeof require("bootlace").connect);');
    writeFileSync(
      join(there.folder, "use.mjs"),
      'import { connect } from "bootlace"; console.log(typeof connect);',
    );
    for (const file of ["use.cjs", "use.mjs"]) expect((await run([file])).stdout).toBe("function\n");
  });

  it("writes a simulated chip", async () => {
    const { status, stderr } = await bootlace(["write", FIRMWARE, "--port", "sim:stm32g071"]);
    expect(stderr).toMatch(/^OK /m);
    expect(status).toBe(0);
  });

  it("loads serialport's binding when a port is opened", async () => {
    const { status, stderr } = await bootlace(["info", "--port", "serial:/dev/null"]);
    expect(stderr).toContain("/dev/null is not a serial port. [NO_DEVICE]");
    expect(status).toBe(10);
  });

  it("loads the addon", async () => {
    expect((await bootlace(["funcs", "250"])).stderr).toContain("[NO_DEVICE]");
  });

  // The preload library of the test device does not stand being loaded by another ld.so than that of its machine.
  it.skipIf(platform.suite === "bullseye")(
    "writes, verifies and reads back over I2C",
    async () => {
      const chip = await chipOf(0x460, {
        flashSize: 128 * 1024,
        timings: { pageEraseMs: 3, massEraseMs: 30 },
      });
      const device = await startFakeI2c({ number: 7, chips: [chip], speedHz: 400_000, wait: false });
      const env = { ...device.env, LD_PRELOAD: preload(platform) };
      const image = join(there.folder, "image.bin");
      const back = join(there.folder, `back-${platform.name.replaceAll(/\W+/g, "-")}.bin`);
      writeFileSync(image, IMAGE);
      try {
        const write = await bootlace(["write", image, ...TARGET], env);
        expect(write.stderr).toMatch(/^OK .*written and verified/m);
        const verify = await bootlace(["verify", image, ...TARGET], env);
        expect(verify.status).toBe(0);
        const range = `0x08000000:${IMAGE.length}`;
        const read = await bootlace(["read", back, "--range", range, ...TARGET], env);
        expect(read.stderr).toMatch(/^OK /m);
        expect(readFileSync(back).equals(IMAGE)).toBe(true);
        expect(device.bus.chips[0]!.violations).toEqual([]);
      } finally {
        await device.close();
      }
    },
    900_000,
  );
});
