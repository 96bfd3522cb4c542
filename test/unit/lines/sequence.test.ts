import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { BootlaceError } from "../../../src/errors.js";
import { formatLineReference, parseLineReference } from "../../../src/lines/line-reference.js";
import { PRESETS } from "../../../src/lines/presets.js";
import { parseResetSequence } from "../../../src/lines/sequence.js";
import type { Move } from "../../../src/lines/sequence.js";

const failure = (run: () => unknown): BootlaceError => {
  try {
    run();
  } catch (error) {
    if (error instanceof BootlaceError) return error;
    throw error;
  }
  throw new Error("did not throw");
};

const shown = (moves: readonly Move[]): string[] =>
  moves.map((move) =>
    move.kind === "wait"
      ? `wait ${move.ms}`
      : [...move.values].map(([name, level]) => `${name}=${level}`).join(" "),
  );

const LINES = { boot0: "gpiochip0:17", nrst: "!GPIO27" };

/** Those that the preset moves. */
const linesFor = (name: string): Record<string, string> =>
  name === "gpio-nrst" ? { nrst: LINES.nrst } : name.startsWith("gpio") ? LINES : {};

describe("line references", () => {
  test.each([
    ["gpiochip0:17", { kind: "gpio", chip: "gpiochip0", line: 17, inverted: false, openDrain: false }],
    ["!gpiochip0:17", { kind: "gpio", chip: "gpiochip0", line: 17, inverted: true, openDrain: false }],
    [
      "/dev/gpiochip4:2:open-drain",
      { kind: "gpio", chip: "/dev/gpiochip4", line: 2, inverted: false, openDrain: true },
    ],
    ["pinctrl-rp1:27", { kind: "gpio", chip: "pinctrl-rp1", line: 27, inverted: false, openDrain: false }],
    [
      "3f200000.gpio:27",
      { kind: "gpio", chip: "3f200000.gpio", line: 27, inverted: false, openDrain: false },
    ],
    ["GPIO17", { kind: "gpio", line: "GPIO17", inverted: false, openDrain: false }],
    ["!NRST:open-drain", { kind: "gpio", line: "NRST", inverted: true, openDrain: true }],
    [
      "P9_12 [gpio1_28]".replace(" ", "_"),
      { kind: "gpio", line: "P9_12_[gpio1_28]", inverted: false, openDrain: false },
    ],
    ["rts", { kind: "serial", line: "rts", inverted: false }],
    ["!DTR", { kind: "serial", line: "dtr", inverted: true }],
    ["brk", { kind: "serial", line: "brk", inverted: false }],
    ["cmd:./relay.sh --port 3", { kind: "command", command: "./relay.sh --port 3" }],
  ])("%s", (text, reference) => {
    expect(parseLineReference(text)).toEqual(reference);
    expect(formatLineReference(parseLineReference(text)).toLowerCase()).toBe(text.toLowerCase());
  });

  test.each([
    [
      "",
      '"" is not a line: write gpiochip0:17, a line\'s name, rts, dtr, brk or cmd:COMMAND, with ! in front to invert',
    ],
    [
      "a b",
      '"a b" is not a line: write gpiochip0:17, a line\'s name, rts, dtr, brk or cmd:COMMAND, with ! in front to invert',
    ],
    ["gpiochip0:", '"gpiochip0:": "" is not a line number; write gpiochip0:17'],
    ["gpiochip0:GPIO4", '"gpiochip0:GPIO4": "GPIO4" is not a line number; write gpiochip0:17'],
    ["gpiochip0:-1", '"gpiochip0:-1": "-1" is not a line number; write gpiochip0:17'],
    ["gpiochip0:5:pull-up", '"gpiochip0:5:pull-up": "pull-up" is not a line number; write gpiochip0:17'],
    ["cmd:", '"cmd:" names no command'],
  ])("refuses %j", (text, message) => expect(failure(() => parseLineReference(text)).message).toBe(message));
});

describe("parseResetSequence", () => {
  test("reads moves, waits and both parts", () => {
    const { entry, exit } = parseResetSequence(
      "boot0=1 nrst=0 wait=10 nrst=1 wait=0.5 / boot0=0,nrst=0 wait=10 nrst=z",
      LINES,
    );
    expect(shown(entry)).toEqual(["boot0=1", "nrst=0", "wait 10", "nrst=1", "wait 0.5"]);
    expect(shown(exit)).toEqual(["boot0=0 nrst=0", "wait 10", "nrst=z"]);
  });

  test("binds names in front of the semicolon, and options win over them", () => {
    const { lines } = parseResetSequence("boot0@gpiochip0:17 nrst@!rts; boot0=1 nrst=1", { nrst: "dtr" });
    expect([...lines]).toEqual([
      ["boot0", { kind: "gpio", chip: "gpiochip0", line: 17, inverted: false, openDrain: false }],
      ["nrst", { kind: "serial", line: "dtr", inverted: false }],
    ]);
  });

  test("binds a command with arguments and semicolons of its own", () => {
    const { lines } = parseResetSequence("boot0@cmd:cd /opt; ./boot0 -x nrst@gpiochip0:3; boot0=1 nrst=1");
    expect(lines.get("boot0")).toEqual({ kind: "command", command: "cd /opt; ./boot0 -x" });
    expect(lines.get("nrst")).toMatchObject({ kind: "gpio", line: 3 });
  });

  test("a preset's name may stand behind the semicolon, and its own bindings may be replaced", () => {
    const { lines, entry } = parseResetSequence("boot0@GPIO17 nrst@GPIO27; gpio-nrst");
    expect([...lines.keys()]).toEqual(["nrst"]);
    expect(shown(entry)).toEqual(["nrst=0", "wait 10", "nrst=1", "wait 50"]);
    const mixed = parseResetSequence("boot0@GPIO17; rts-dtr").lines;
    expect([mixed.get("boot0"), mixed.get("nrst")]).toMatchObject([
      { kind: "gpio" },
      { kind: "serial", line: "dtr" },
    ]);
  });

  test("takes serial lines and GPIO numbers without a name", () => {
    const { lines } = parseResetSequence("rts=1,dtr=0 gpiochip0:4=1");
    expect([...lines.keys()]).toEqual(["rts", "dtr", "gpiochip0:4"]);
  });

  test("a command alone is called with enter and leave", () => {
    const { lines, entry, exit } = parseResetSequence("cmd:./board.sh 4");
    expect([...lines]).toEqual([
      ["board", { kind: "command", command: "./board.sh 4", words: ["leave", "enter"] }],
    ]);
    expect([shown(entry), shown(exit)]).toEqual([["board=1"], ["board=0"]]);
  });

  test("may have an entry part only, or an exit part only", () => {
    const NRST = { nrst: LINES.nrst };
    expect(parseResetSequence("nrst=0 nrst=1", NRST).exit).toEqual([]);
    expect(parseResetSequence("nrst=0 nrst=1 /", NRST).exit).toEqual([]);
    expect(parseResetSequence("/ nrst=0 nrst=1", NRST).entry).toEqual([]);
  });

  test("lines that are bound in the text but not used are left alone", () =>
    expect([...parseResetSequence("boot0@GPIO17 nrst@GPIO27; nrst=1").lines.keys()]).toEqual(["nrst"]));

  test.each(["nrst=1", "cmd:./board.sh"])(
    "a line that is given and that %s does not move is refused",
    (text) =>
      expect(
        failure(() =>
          parseResetSequence(text, { led: "GPIO5", nrst: text === "nrst=1" ? "GPIO27" : undefined }),
        ).message,
      ).toBe("no move of the reset sequence sets led: --line led=GPIO5 has no meaning"),
  );

  test.each([
    ["", "the reset sequence is empty"],
    [
      "boot0=1 / boot0=0 / boot0=1",
      '"boot0=1 / boot0=0 / boot0=1" has more than one "/": one entry part and one exit part',
    ],
    ["boot0", '"boot0" is not a move: write name=1, name=0, name=z or wait=10'],
    ["boot0=high", '"boot0=high": a level is 0, 1 or z (let it float)'],
    ["boot0=", '"boot0=": a level is 0, 1 or z (let it float)'],
    ["boot0=1=0", '"boot0=1=0" is not a move: write name=1, name=0, name=z or wait=10'],
    ["boot0=1,", '"" is not a move: write name=1, name=0, name=z or wait=10'],
    ["boot0=1,boot0=0", '"boot0=1,boot0=0" sets boot0 twice at once'],
    ["wait=10ms", '"wait=10ms": a wait is 0 to 60000 milliseconds, without a unit'],
    ["wait=-1", '"wait=-1": a wait is 0 to 60000 milliseconds, without a unit'],
    ["wait=60001", '"wait=60001": a wait is 0 to 60000 milliseconds, without a unit'],
    ["boot0=1,wait=5", '"boot0=1,wait=5": a wait cannot be joined with other moves'],
    ["reset=0", '"reset" is bound to no line'],
    ["rts=z", '"rts=z": rts of a serial port cannot float'],
    ["boot0=1 nrst=0 wait=10", "the entry part ends with nrst=0: the chip would stay in reset"],
    [
      "boot0 gpiochip0:1; boot0=1",
      '"boot0 gpiochip0:1" is not of the form name@line, for instance nrst@gpiochip0:27',
    ],
    ["x@GPIO1 x@GPIO2; x=1", "x is bound twice"],
    ["x@gpiochip0:; x=1", '"gpiochip0:": "" is not a line number; write gpiochip0:17'],
  ])("refuses %j", (text, message) => {
    const error = failure(() => parseResetSequence(text, LINES));
    expect(error.message).toBe(message);
    expect(error.code).toBe("USAGE");
  });

  test("says how to bind a name", () =>
    expect(failure(() => parseResetSequence("gpio")).commandHint).toBe(
      'Say what it is wired to, in front of the sequence or of the preset\'s name: "boot0@gpiochip0:17; ...".',
    ));

  test.each(Object.keys(PRESETS))(
    "the preset %s parses, ends with BOOT0 low or floating and NRST released",
    (name) => {
      const { entry, exit } = parseResetSequence(name, linesFor(name));
      const final = new Map(
        [...entry, ...exit].flatMap((move) => (move.kind === "set" ? [...move.values] : [])),
      );
      expect(final.get("nrst")).toBeOneOf([1, "z"]);
      expect(final.get("boot0")).toBeOneOf([0, "z", undefined]);
    },
  );
});

describe("docs/wiring.md", () => {
  const text = readFileSync(new URL("../../../docs/wiring.md", import.meta.url), "utf8");

  test("has every preset, and no other", () => {
    const table = text.slice(text.indexOf("| preset |"));
    const names = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]);
    expect(names).toEqual(Object.keys(PRESETS));
  });

  test("has sequences that parse", () => {
    const quoted = [...text.matchAll(/--reset-sequence "([^"]+)"/g)].map((match) => match[1]!);
    const block =
      /or lines and the steps themselves:\n\n```\n([^`]+)```/.exec(text)?.[1]?.trim().split("\n") ?? [];
    expect(quoted.length).toBeGreaterThan(2);
    expect(block).toHaveLength(3);
    for (const sequence of [...quoted, ...block]) expect(parseResetSequence(sequence).entry).not.toEqual([]);
  });
});
