import { describe, expect, it } from "vitest";
import { parseSectors } from "../../../src/cli/commands/protect.js";
import { cli } from "./fake-io.js";

const TARGET = ["--port", "i2c:1@0x56"];

describe("sectors to protect", () => {
  it.each([
    ["0", [0]],
    ["0,1,4-7", [0, 1, 4, 5, 6, 7]],
    [" 3 - 4 , 4", [3, 4]],
    ["255", [255]],
  ])("%j", (text, sectors) => {
    expect(parseSectors(text)).toEqual(sectors);
  });

  it.each(["256", "all", "-1", "1-", "0x1", "", "1,,2"])(
    "%j is answered with what is expected",
    async (text) => {
      const { status, stderr } = await cli(["protect", "write", `--sectors=${text}`, ...TARGET]);
      expect([status, stderr]).toEqual([
        2,
        `error: --sectors ${text}: Sectors from 0 to 255 are expected, like 0,1,4-7. [USAGE]\n`,
      ]);
    },
  );

  it("a range that runs backwards is told", async () => {
    const { stderr } = await cli(["protect", "write", "--sectors", "7-4", ...TARGET]);
    expect(stderr).toBe("error: --sectors 7-4: 7-4 ends before it begins. [USAGE]\n");
  });
});

describe("a checksum", () => {
  it.each(["0x08000000:1022", "0x08000002:4"])(
    "of %s, which is not whole words, is refused before the port is opened",
    async (range) => {
      const { status, stderr } = await cli(["checksum", "--range", range, ...TARGET]);
      expect([status, stderr]).toEqual([
        2,
        `error: --range ${range}: The checksum is one of 32-bit words: start and length are multiples of 4. [USAGE]\n`,
      ]);
    },
  );
});
