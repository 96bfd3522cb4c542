/** What a person sees: bars, colours, width, Ctrl-C. */
import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bootlace, bootlaceOnTerminal, FIRMWARE, lastLine, scratchFolder } from "./cli-process.js";

const scratch = scratchFolder();

/** Without colours and cursor movements, split where the cursor goes back or down. */
const shown = (text: string): string[] =>
  text
    .replace(/\u001B\[[0-9;]*[A-Za-z]/g, "")
    .split(/[\r\n]+/)
    .filter((line) => line !== "");

describe("a terminal", () => {
  it.each([40, 60, 80, 120])("of %i columns: one line a phase stays, and nothing wraps", async (columns) => {
    const { status, stdout } = await bootlaceOnTerminal(
      ["write", FIRMWARE, "--port", "sim:stm32g071"],
      columns,
    );
    const text = shown(stdout);
    const phases = text.filter((line) => /^(Write|Verify) /.test(line) && line.includes("100 %"));
    expect(phases).toHaveLength(2);
    if (columns >= 80) expect(phases[0]).toContain("━━━━━━━━━━━━━━━━━━━━━━━━");
    const wrapped = text.filter((line) => line.length >= columns && !line.startsWith("OK"));
    expect(wrapped).toEqual([]);
    expect(text.at(-1)).toMatch(/^OK {2}30\.8 KiB written and verified/);
    expect(status).toBe(0);
  });

  it("has colours, unless NO_COLOR is set", async () => {
    const args = ["write", FIRMWARE, "--port", "sim:stm32g071"];
    expect((await bootlaceOnTerminal(args, 80)).stdout).toContain("\u001B[32m");
    expect((await bootlaceOnTerminal(args, 80, { NO_COLOR: "1" })).stdout).not.toMatch(/\u001B\[[0-9;]*m/);
  });

  it("that does not know its width, as a serial console, counts as 80 wide", async () => {
    const wide = await bootlaceOnTerminal(["info", "--port", "/dev/i2c-250", "--address", "0x56"], 80);
    const none = await bootlaceOnTerminal(["info", "--port", "/dev/i2c-250", "--address", "0x56"], 0);
    expect(shown(none.stdout)).toEqual(shown(wide.stdout));
    const write = await bootlaceOnTerminal(["write", FIRMWARE, "--port", "sim:stm32g071"], 0, {
      TERM: "vt100",
    });
    expect(
      shown(write.stdout)
        .filter((line) => line.startsWith("Verify "))
        .at(-1),
    ).toHaveLength(77);
  });

  it("that can do nothing gets the lines of a log", async () => {
    const { stdout } = await bootlaceOnTerminal(["write", FIRMWARE, "--port", "sim:stm32g071"], 80, {
      TERM: "dumb",
    });
    expect(stdout).not.toContain("\u001B");
    expect(shown(stdout).find((line) => line.startsWith("Write "))).toMatch(/^Write {5}100 %, 31 KiB, /);
  });

  it.each([40, 80, 120])("of %i columns gets no line of info that is longer", async (columns) => {
    const info = await bootlaceOnTerminal(["info", "--port", "sim:stm32f407"], columns);
    expect(shown(info.stdout).filter((line) => line.length >= Math.min(80, columns))).toEqual([]);
    expect(shown(info.stdout).join(" ").replace(/ +/g, " ")).toContain(
      "7 sectors of 128 KiB, erased value 0xFF",
    );
  });

  it("errors are wrapped with their continuation indented", async () => {
    const { status, stdout } = await bootlaceOnTerminal(
      ["info", "--port", "/dev/i2c-250", "--address", "0x56"],
      60,
    );
    expect(shown(stdout)).toEqual([
      "error: /dev/i2c-250: there is no such device. [NO_DEVICE]",
      "  because: ENOENT from open (no such file or directory)",
      "  try:     List what is there with `bootlace ports`; for",
      "           I2C load the module with `modprobe i2c-dev`.",
      "FAILED  info: NO_DEVICE, exit status 10",
    ]);
    expect(status).toBe(10);
  });
});

describe("a pipe", () => {
  it("gets plain lines: no colours, no cursor movements, no carriage returns", async () => {
    const { stderr } = await bootlace(["write", FIRMWARE, "--port", "sim:stm32g071"]);
    expect(stderr).not.toMatch(/[\u001B\r]/);
    expect(stderr).toMatch(/^Write {5}100 %, 31 KiB, .*/m);
  });

  it("gets colours with FORCE_COLOR, but still no bars", async () => {
    const { stderr } = await bootlace(["write", FIRMWARE, "--port", "sim:stm32g071"], { FORCE_COLOR: "1" });
    expect(stderr).toContain("\u001B[32m");
    expect(stderr).not.toContain("\r");
  });
});

describe("Ctrl-C and SIGTERM in the middle of a write", () => {
  /** Starts a slow write, sends the signals when it has begun to write, and waits for the end. */
  async function interrupted(
    file: string,
    signals: readonly NodeJS.Signals[],
  ): Promise<{ status: number | null; stderr: string }> {
    // 20 kHz: the whole write takes 15 seconds.
    const port = `sim:stm32g071?realtime=20000&file=${scratch(file)}`;
    const child = spawn(process.execPath, ["bin/bootlace.js", "write", FIRMWARE, "--full", "--port", port], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    let stderr = "";
    let sent = false;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (sent || !stderr.includes("Write ")) return;
      sent = true;
      for (const signal of signals) child.kill(signal);
    });
    const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { status, stderr };
  }

  it.each([
    ["SIGINT", 130, "INTERRUPTED", "stopped by Ctrl-C"],
    ["SIGTERM", 143, "TERMINATED", "stopped by SIGTERM"],
  ] as const)(
    "%s: the chip's state is said, and the same command again finishes the job",
    async (signal, status, code, message) => {
      const stopped = await interrupted(signal, [signal]);
      expect(stopped.status).toBe(status);
      expect(stopped.stderr).toContain(`error: ${message}. [${code}]\n  chip:    `);
      expect(stopped.stderr).toContain("the chip is still in its bootloader\n");
      expect(lastLine(stopped.stderr)).toBe(`FAILED  at write: ${code}, exit status ${status}`);
      const again = await bootlace(["write", FIRMWARE, "--port", `sim:stm32g071?file=${scratch(signal)}`]);
      expect(lastLine(again.stderr)).toMatch(/^OK {2}.*written and verified/);
      expect(again.status).toBe(0);
    },
  );
});
