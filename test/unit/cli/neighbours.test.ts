import { describe, expect, it } from "vitest";
import type { Connect } from "../../../src/cli/context.js";
import { VERBS } from "../../../src/cli/verbs.js";
import { portBesideFile } from "../../../src/cli/neighbours.js";
import { formatTarget } from "../../../src/transport/target.js";
import { cli, fakeTarget, lines } from "./fake-io.js";

const hintOf = async (...argv: string[]): Promise<string> => {
  const { status, stderr } = await cli(argv);
  expect(status).toBe(2);
  expect(stderr).not.toContain("Did you mean");
  return lines(stderr)[1]!.replace(/^ *try: */, "");
};

describe("a verb of another tool leads to ours", () => {
  it.each([
    ["flash", "`bootlace write FILE`"],
    ["program", "`bootlace write FILE`"],
    ["upload", "`bootlace write FILE`"],
    ["write_flash", "`bootlace write FILE`"],
    ["dump", "`bootlace read OUT`"],
    ["list", "`bootlace ports`"],
    ["detect", "`bootlace scan`"],
    ["erase-flash", "`bootlace erase --all`"],
    ["version", "`bootlace --version`"],
  ])("%s", async (word, hint) => {
    expect(await hintOf(word, "app.hex")).toContain(hint);
  });

  it("and ours are none of theirs", async () => {
    const { verbHint } = await import("../../../src/cli/neighbours.js");
    for (const { name, alias } of VERBS)
      expect([verbHint(name), verbHint(alias ?? name)]).toEqual([undefined, undefined]);
  });
});

describe("an option of another tool leads to ours", () => {
  it.each([
    ["--verify", "always verified"],
    ["--no-verify", "always verified"],
    ["-v", "always verified"],
    ["--speed", "--baud"],
    ["--baudrate=9600", "--baud"],
    ["--device", "--port"],
    ["--verbose", "--trace"],
    ["--timeout", "--wait"],
  ])("%s", async (word, hint) => {
    expect(await hintOf("write", "app.hex", word)).toContain(hint);
  });

  it("-v without a verb is told how the version is asked for", async () => {
    expect(await hintOf("-v")).toContain("`bootlace --version`");
  });

  it.each([
    ["write", "0x08000000", "app.bin"],
    ["write", "app.bin", "0x08000000"],
    ["verify", "app.bin", "0x8000000"],
    ["write", "--chip", "stm32g071", "08000000", "app.bin"],
  ])("an address beside the file: %s %s %s", async (...argv) => {
    expect(await hintOf(...argv)).toMatch(/^Where a raw binary begins .* app\.bin --base (0x)?0?8000000`\.$/);
  });
});

describe("options before the verb", () => {
  it("are taken as if they stood behind it", async () => {
    const asked: string[] = [];
    const connect: Connect = (target) => {
      asked.push(formatTarget(target));
      return Promise.resolve(fakeTarget({}));
    };
    for (const argv of [
      ["--port", "i2c:1@0x56", "info"],
      ["-p", "1", "--address=0x56", "--quiet", "info"],
      ["--json", "info", "--port", "i2c:1@0x56"],
    ])
      expect((await cli(argv, { connect })).status, argv.join(" ")).toBe(0);
    expect(asked).toEqual(Array(3).fill("i2c:/dev/i2c-1@0x56"));
  });

  it("that no target has are refused as before", async () => {
    expect((await cli(["--go", "write", "app.hex"])).stderr).toContain("unknown option '--go'");
    expect((await cli(["--port"])).stderr).toContain("unknown option '--port'");
  });
});

describe("a port by its place, as stm32flash has it", () => {
  it.each([
    [["write", "app.hex", "/dev/ttyS1"], "bootlace write app.hex --port /dev/ttyS1"],
    [["write", "/dev/i2c-1", "app.hex", "-g"], "bootlace write app.hex -g --port /dev/i2c-1"],
    [["info", "sim:stm32g071"], "bootlace info --port sim:stm32g071"],
    [["write", "app.hex", "--go", "COM3"], "bootlace write app.hex --go --port COM3"],
  ])("%j is told with what to type", async (argv, typed) => {
    const { status, stderr } = await cli(argv);
    expect(stderr).toBe(
      `error: a port stands without --port. [USAGE]\n  try:     Where the chip is goes behind --port: \`${typed}\`.\n`,
    );
    expect(status).toBe(2);
  });

  it.each([
    ["write", "app.hex", "--port", "/dev/ttyS1"],
    ["write", "app.hex", "--port=/dev/ttyS1"],
    ["write", "app.hex", "--prot", "/dev/ttyS1"],
    ["funcs", "/dev/i2c-1"],
    ["read", "ttyS1.bin", "-p", "1"],
  ])("%j is none", (...argv) => {
    expect(portBesideFile(argv)).toBeUndefined();
  });

  it("the options of stm32flash name the drop-in, --go with an address names run", async () => {
    expect((await cli(["write", "-w", "app.hex"])).stderr).toContain("`bootlace stm32flash -h` lists them");
    expect((await cli(["read", "-C"])).stderr).toContain("`bootlace stm32flash -h` lists them");
    expect((await cli(["write", "app.hex", "-g", "0x08000000"])).stderr).toContain(
      "`bootlace run 0x08000000` starts",
    );
  });
});
