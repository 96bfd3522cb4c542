/** The completion scripts: all words of --help are in them, and bash, asked as a terminal asks it, completes them. */
import { execFileSync } from "node:child_process";
import { Command } from "commander";
import { beforeAll, describe, expect, it } from "vitest";
import { completionScript, SHELLS } from "../../../../src/cli/completion/scripts.js";
import { verbWords, type VerbWords } from "../../../../src/cli/completion/words.js";
import { VERBS } from "../../../../src/cli/verbs.js";
import { PRESETS } from "../../../../src/lines/presets.js";
import { cli } from "../fake-io.js";

let verbs: readonly VerbWords[];
beforeAll(async () => {
  const commands = await Promise.all(
    VERBS.map(async ({ name, summary, load }) => {
      const command = new Command(name).summary(summary);
      const module = await load();
      if ("define" in module) module.define(command, () => () => Promise.resolve());
      return command;
    }),
  );
  verbs = verbWords(commands);
});

describe.each(SHELLS)("the script for %s", (shell) => {
  it("has every verb, every option, the presets and the chips", () => {
    const script = completionScript(shell, verbs);
    for (const { name } of VERBS) expect(script).toMatch(new RegExp(`(^|[\\s'"])${name}\\b`, "m"));
    for (const { options } of verbs)
      for (const { long } of options) expect(script).toMatch(new RegExp(`(--|-l )${long}\\b`));
    for (const word of [...Object.keys(PRESETS), "STM32G071", "/dev/i2c-"]) expect(script).toContain(word);
  });
});

describe("in bash", () => {
  /** What Tab offers behind these words. */
  const offered = (...words: string[]): string[] => {
    const line = words.map((word) => `'${word}'`).join(" ");
    const script = `${completionScript("bash", verbs)}
      COMP_WORDS=(bootlace ${line}); COMP_CWORD=${words.length}; _bootlace; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync("bash", ["-c", script], { encoding: "utf8" }).split("\n").filter(Boolean);
  };

  it("completes a verb", () => {
    expect(offered("wri")).toEqual(["write"]);
    expect(offered("")).toEqual(expect.arrayContaining(VERBS.map(({ name }) => name)));
  });

  it("completes the options of the verb that stands there, and no other's", () => {
    expect(offered("write", "--dry")).toEqual(["--dry-run"]);
    expect(offered("info", "--dry")).toEqual([]);
  });

  it("completes chips, presets and simulated ports behind their options", () => {
    expect(offered("info", "--chip", "STM32G07")).toEqual(["STM32G070", "STM32G071"]);
    expect(offered("write", "a.hex", "--reset-sequence", "rts")).toEqual(["rts-dtr", "rts-dtr-inverted"]);
    expect(offered("info", "--port", "sim")).toEqual(["sim:stm32g071"]);
    expect(offered("info", "-p", "sim")).toEqual(["sim:stm32g071"]);
  });

  it("completes what image does, else files", () => {
    expect(offered("image", "")).toEqual(expect.arrayContaining(["info", "convert"]));
    expect(offered("write", "package.j")).toEqual(["package.json"]);
  });
});

describe("bootlace completion", () => {
  it("prints the script of a shell", async () => {
    expect(await cli(["completion", "bash"])).toEqual({
      status: 0,
      stdout: completionScript("bash", verbs),
      stderr: "",
    });
  });

  it("names the shells it knows to who asks for another", async () => {
    const { status, stderr } = await cli(["completion", "tcsh"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("bash, zsh, fish")]);
  });
});
