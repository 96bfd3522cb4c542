/** docs/simulator.md, "Faults from a shell": each fault ends as the table says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../src/errors.js";
import { connect } from "../../src/flash/connect.js";
import { loadImage } from "../../src/image/load.js";
import { FAULT_NAMES } from "../../src/simulator/fault-words.js";
import { ROOT } from "../support/sources.js";
import { bootlace, FIRMWARE } from "./cli-process.js";

const page = readFileSync(join(ROOT, "docs/simulator.md"), "utf8");
const [, section = ""] = /## Faults from a shell\n([^]*?)\n## /.exec(page) ?? [];
const rows = [...section.matchAll(/^\| `([a-z0-9:+-]+)` \|.*\| (\d+) \|$/gm)].map(
  ([, fault, status]) => [fault!, Number(status)] as const,
);

/** As the command does it. */
async function statusOf(target: string): Promise<number> {
  try {
    await using chip = await connect(target);
    await chip.write(await loadImage(FIRMWARE));
    return 0;
  } catch (error) {
    if (error instanceof BootlaceError) return error.exitStatus;
    throw error;
  }
}

describe("faults from a shell", () => {
  it("are all in the table", () => {
    const listed = new Set(rows.map(([fault]) => fault.replace(/:.*/, "")));
    expect([...listed].sort()).toEqual([...FAULT_NAMES].sort());
  });

  it.each(rows)("fault=%s ends with %i", async (fault, status) => {
    expect(await statusOf(`sim:stm32g071?fault=${fault}`)).toBe(status);
  });

  it("say what they are, and the command ends so", async () => {
    const { status, stderr } = await bootlace(["info", "--port", "sim:stm32g071?fault=target-locked"]);
    expect(stderr).toContain("error: sim: target-locked, as fault= says. [TARGET_LOCKED]");
    expect(status).toBe(12);
  });

  it("can be several at once", async () => {
    expect(await statusOf("sim:stm32g071?fault=reset:50,adapter-gone:200")).toBe(26);
  });

  it.each([["bogus"], ["reset:"], ["reset:-1"], ["reset:1,"], [""]])("refuse fault=%s", async (fault) => {
    await expect(connect(`sim:stm32g071?fault=${fault}`)).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("is no fault: NAME or NAME:NUMBER, of power-lost, ") as string,
    });
  });

  it("of an adapter mean nothing to a pseudo-terminal", async () => {
    const { status, stderr } = await bootlace(["simulate", "stm32f407?fault=adapter-gone:3"]);
    expect(stderr).toContain("a pseudo-terminal has no adapter that could fail");
    expect(status).toBe(2);
  });
});
