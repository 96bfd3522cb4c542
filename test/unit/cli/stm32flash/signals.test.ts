import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { gpioByNumber } from "../../../../src/cli/stm32flash/gpio-number.js";
import { parseSignals } from "../../../../src/cli/stm32flash/signals.js";
import { BootlaceError } from "../../../../src/errors.js";
import type { Move } from "../../../../src/lines/sequence.js";
import { cli } from "../fake-io.js";

const text = (moves: readonly Move[]): string =>
  moves
    .map((move) =>
      move.kind === "wait"
        ? `wait ${move.ms}`
        : [...move.values].map(([name, level]) => `${name}=${level}`).join(),
    )
    .join(" ");

const signals = (string: string): [entry: string, exit: string] => {
  const { entry, exit } = parseSignals(string);
  return [text(entry), text(exit)];
};

function failure(work: () => unknown): { message: string; hint: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof BootlaceError) return { message: error.message, hint: error.commandHint };
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("the string of -i", () => {
  it.each<[string, string, string]>([
    // Examples of stm32flash's manual page.
    ["4,-5,-3,3:-4,-3,3", "4=1 wait 100 5=0 wait 100 3=0 wait 100 3=1", "4=0 wait 100 3=0 wait 100 3=1"],
    ["-3&-2,2:3&-2,,,2", "3=0 2=0 wait 100 2=1", "3=1 2=0 wait 100 wait 100 wait 100 2=1"],
    [
      ",,,,,:rts&-dtr,,,2",
      "wait 100 wait 100 wait 100 wait 100 wait 100",
      "rts=1 dtr=0 wait 100 wait 100 wait 100 2=1",
    ],
    ["rts,,,,-dtr", "rts=1 wait 100 wait 100 wait 100 wait 100 dtr=0", ""],
    // Empty parts, BREAK, and signals without a delimiter.
    [":rts", "", "rts=1"],
    ["rts:", "rts=1", ""],
    ["", "", ""],
    ["brk,-brk", "brk=1 wait 250 brk=0 wait 100", ""],
    ["rtsdtr", "rts=1 dtr=1", ""],
    ["017", "17=1", ""],
  ])("%j moves lines as the manual says", (string, entry, exit) => {
    expect(signals(string)).toEqual([entry, exit]);
  });

  it.each([
    ["rts,foo", '-i: "foo" does not begin with a GPIO number, rts, dtr, brk, "," or "&"'],
    ["-", '-i: "-" does not begin with a GPIO number, rts, dtr, brk, "," or "&"'],
    ["--3", '-i: "--3" does not begin with a GPIO number, rts, dtr, brk, "," or "&"'],
    ["RTS", '-i: "RTS" does not begin with a GPIO number, rts, dtr, brk, "," or "&"'],
    ["1:2:3", '-i: "1:2:3" has more than one ":"'],
  ])("%j is refused", (string, message) => {
    expect(failure(() => parseSignals(string)).message).toBe(message);
  });
});

describe("GPIO numbers", () => {
  const roots: string[] = [];
  afterEach(() => {
    for (const root of roots.splice(0)) rmSync(root, { recursive: true });
  });

  function system(): string {
    const root = mkdtempSync(join(tmpdir(), "bootlace-gpio-"));
    roots.push(root);
    return root;
  }

  /** As a kernel with CONFIG_GPIO_SYSFS has it: the class folder is named by the base, the real chip lies beside it in its device. */
  function addChip(
    root: string,
    chip: { base: number; lines: number; label: string; devices: readonly string[] },
  ): void {
    const device = join(root, "sys/devices", chip.label);
    for (const name of chip.devices) mkdirSync(join(device, name), { recursive: true });
    const folder = join(root, "sys/class/gpio", `gpiochip${chip.base}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "base"), `${chip.base}\n`);
    writeFileSync(join(folder, "ngpio"), `${chip.lines}\n`);
    writeFileSync(join(folder, "label"), `${chip.label}\n`);
    symlinkSync(device, join(folder, "device"));
  }

  it("are found by the bases in sysfs", () => {
    const root = system();
    addChip(root, { base: 512, lines: 58, label: "pinctrl-bcm2711", devices: ["gpiochip0"] });
    addChip(root, { base: 570, lines: 8, label: "raspberrypi-exp-gpio", devices: ["gpiochip1"] });
    expect(gpioByNumber(529, root)).toEqual({ kind: "gpio", chip: "gpiochip0", line: 17, inverted: false, openDrain: false }); // prettier-ignore
    expect(gpioByNumber(570, root)).toMatchObject({ chip: "gpiochip1", line: 0 });
  });

  it("name the chip by its label where its device has several", () => {
    const root = system();
    addChip(root, { base: 0, lines: 32, label: "30200000.gpio", devices: ["gpiochip0", "gpiochip1"] });
    expect(gpioByNumber(5, root)).toMatchObject({ chip: "30200000.gpio", line: 5 });
  });

  it("are found in debugfs where sysfs has none", () => {
    const root = system();
    mkdirSync(join(root, "sys/kernel/debug"), { recursive: true });
    writeFileSync(
      join(root, "sys/kernel/debug/gpio"),
      "gpiochip0: GPIOs 512-569, parent: platform/fe200000.gpio, pinctrl-bcm2711:\n gpio-529 (GPIO17)\n\ngpiochip1: GPIOs 570-577, parent: platform/soc:gpio, raspberrypi-exp-gpio, can sleep:\n",
    );
    expect(gpioByNumber(529, root)).toMatchObject({ chip: "gpiochip0", line: 17 });
    expect(gpioByNumber(571, root)).toMatchObject({ chip: "gpiochip1", line: 1 });
  });

  it("say what an old number is today", () => {
    const root = system();
    addChip(root, { base: 512, lines: 58, label: "pinctrl-bcm2711", devices: ["gpiochip0"] });
    expect(failure(() => gpioByNumber(17, root))).toEqual({
      message: "there is no GPIO 17: this kernel has 512 to 569 (pinctrl-bcm2711)",
      hint: "Since Linux 6.6 the numbers of many boards begin at 512: line 17 of pinctrl-bcm2711 is 529 here.",
    });
    expect(failure(() => gpioByNumber(600, root)).hint).toBe(
      "`gpioinfo` of the package gpiod lists all lines.",
    );
  });

  it("say what to use where the kernel does not know them", () => {
    const { message, hint } = failure(() => gpioByNumber(17, system()));
    expect(message).toBe("this kernel does not tell which line GPIO 17 of -i is");
    expect(hint).toContain("lines by chip and offset, or by name, with --reset-sequence and --line;");
    expect(hint).not.toContain("17"); // the global number is no offset
  });

  it("name options that there are", async () => {
    const { hint } = failure(() => gpioByNumber(17, system()));
    const { stdout } = await cli(["write", "--help"]);
    const named = hint.match(/--[a-z-]+/g) ?? [];
    expect(named).not.toEqual([]);
    for (const option of named) expect(stdout).toContain(option);
  });
});
