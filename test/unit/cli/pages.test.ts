import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../../src/cli/commands/explain.js";
import { errorPart, pageNames, pageText } from "../../../src/cli/pages.js";
import { ERRORS } from "../../../src/errors.js";
import { cli, FakeIo, lines } from "./fake-io.js";

describe("explain", () => {
  it.each(Object.entries(ERRORS))(
    "tells about %s by its code and by its exit status",
    async (code, { exit }) => {
      const byCode = await cli(["explain", code]);
      expect(byCode.status).toBe(0);
      expect(lines(byCode.stdout)[0]).toBe(code);
      expect(byCode.stdout).toContain(`Exit status ${exit}`);
      for (const line of byCode.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
      expect((await cli(["explain", String(exit)])).stdout).toBe(byCode.stdout);
      expect(JSON.parse((await cli(["explain", code, "--json"])).stdout)).toMatchObject({
        code,
        exitStatus: exit,
      });
    },
  );

  it("takes a code as it was copied, and says what a misspelt one was meant to be", async () => {
    expect([codeOf("[NO_REPLY]"), codeOf("no-reply")]).toEqual(["NO_REPLY", "NO_REPLY"]);
    const { status, stderr } = await cli(["explain", "NO_REPYL"]);
    expect([status, lines(stderr)]).toEqual([
      2,
      [
        'error: there is no error code and no exit status "NO_REPYL". [USAGE]',
        "  try:     Did you mean NO_REPLY?",
      ],
    ]);
  });

  it("has nothing to say where the documents are missing", () => {
    expect(() => errorPart("USAGE", "/nowhere/")).toThrow("the documents are not there");
  });
});

describe("help on a page", () => {
  it.each(["wiring", "errors", "troubleshooting", "cli"])("prints docs/%s.md", async (name) => {
    expect(pageNames()).toContain(name);
    const { status, stdout } = await cli(["help", name]);
    expect([status, stdout]).toEqual([0, readFileSync(`docs/${name}.md`, "utf8")]);
    expect((await cli(["help", `docs/${name}.md`])).stdout).toBe(stdout);
  });

  it("fits a terminal, and loses no word", async () => {
    const io = new FakeIo({ tty: true, columns: 60 });
    const { stdout } = await cli(["help", "reliability"], { io });
    const words = (text: string): string[] => text.match(/[A-Za-z0-9]+/g) ?? [];
    const page = readFileSync("docs/reliability.md", "utf8").replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");
    expect(words(stdout)).toEqual(words(page));
    for (const line of stdout.split("\n").filter((text) => !/^\||`/.test(text) && text.includes(" ")))
      expect(line.length, line).toBeLessThanOrEqual(60);
  });

  it("that there is not says which there are", async () => {
    const { status, stdout, stderr } = await cli(["help", "nope"]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(lines(stderr)[0]).toBe('error: there is no verb and no page "nope". [USAGE]');
    expect(stderr).toContain("troubleshooting, wiring");
    expect((await cli(["help", "flash"])).stderr).toContain("`bootlace write FILE`");
  });

  it("keeps lists, tables and code, and joins the lines of a paragraph", () => {
    const page =
      "# Title\n\none\ntwo\n\n- first\n  more\n- second [link](a.md)\n\n```\n  code  here\n```\n| a | b |\n";
    expect(pageText(page, 40)).toBe(
      "# Title\n\none two\n\n- first more\n- second link\n\n  code  here\n| a | b |\n",
    );
  });
});

describe("chips", () => {
  it.each(["STM32F103C8T6", "stm32f103c8", "410"])("finds %s", async (word) => {
    const { status, stdout } = await cli(["chips", word]);
    expect(status).toBe(0);
    expect(stdout).toContain("0x410");
  });
});

it("stm32flash --help is its help", async () => {
  const { status, stderr } = await cli(["stm32flash", "--help"]);
  expect([status, stderr]).toEqual([0, (await cli(["stm32flash", "-h"])).stderr]);
});
