/** What a script goes by: the exit status where standard output takes nothing, and where one of several targets fails. */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { noise } from "../support/sim-target.js";
import { bootlace, scratchFolder, shell } from "./cli-process.js";

const scratch = scratchFolder();
const IMAGE = scratch("a.bin");
writeFileSync(IMAGE, noise(600, 1, 0x0800_0000));
const SIM = "--port sim:stm32g071";

describe("a full disk behind standard output", () => {
  it.each([
    "--help",
    "--version",
    "write --help",
    "help errors",
    "chips",
    "explain NO_REPLY",
    "ports",
    `image info ${IMAGE} --base 0x08000000`,
    `info ${SIM}`,
    `checksum ${SIM}`,
    `read - ${SIM}`,
    `write ${IMAGE} --dry-run ${SIM}`,
    `write ${IMAGE} --json ${SIM}`,
    `sync ${IMAGE} --json ${SIM}`,
    `erase --all --json ${SIM}`,
  ])("%s is no success", async (words) => {
    const { stdout, stderr } = await shell(`$BOOTLACE ${words} > /dev/full; echo "status $?"`);
    expect(stdout).toBe("status 43\n");
    expect(stderr).toContain("standard output does not take what is written. [FILE_FAILED]");
  });

  it("a reader that has seen enough is no failure", async () => {
    const { stdout } = await shell(
      `$BOOTLACE read - ${SIM} | head -c 4 > /dev/null; echo "\${PIPESTATUS[0]}"`,
    );
    expect(stdout).toBe("0\n");
  });
});

describe("one of two targets that fails", () => {
  it.each([
    [["write", IMAGE], 22],
    [["sync", IMAGE], 22],
    [["verify", IMAGE], 51],
    [["erase", "--all"], 22],
    [["checksum"], 22],
    [["run"], 54],
  ] as const)(
    "%j: the status is that of the failure, and the other one was done",
    async ([...words], status) => {
      const good = `sim:stm32g071?file=${scratch(`${words[0]}.chip`)}`;
      const setUp = await bootlace(["write", IMAGE, "--port", good]);
      expect(setUp.status).toBe(0);
      const bad = words[0] === "verify" || words[0] === "run" ? "sim:stm32g031" : "sim:stm32g031?rdp=1";
      const result = await bootlace([...words, "--port", good, "--port", bad]);
      expect(result.status).toBe(status);
      expect(result.stderr).toContain("1 of 2 targets");
    },
  );
});
