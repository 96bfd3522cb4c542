import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../../../../src/cli/stm32flash/command-line.js";
import { getopt } from "../../../../src/cli/stm32flash/getopt.js";
import { parseNumber } from "../../../../src/cli/stm32flash/numbers.js";
import { BootlaceError } from "../../../../src/errors.js";

const parse = (text: string) => parseCommandLine(text.split(" "));

function message(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof BootlaceError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "nothing was thrown";
}

describe("getopt", () => {
  it("takes bundles, attached and separate arguments, and operands anywhere", () => {
    expect(getopt(["-vw", "a.bin", "/dev/ttyS1", "-m8n1", "-f"], "vw:m:f")).toEqual({
      options: [
        { letter: "v", argument: "" },
        { letter: "w", argument: "a.bin" },
        { letter: "m", argument: "8n1" },
        { letter: "f", argument: "" },
      ],
      operands: ["/dev/ttyS1"],
    });
  });

  it("takes an argument that begins with a dash, and a dash alone as an operand", () => {
    expect(getopt(["-i", "-3,2", "-"], "i:")).toEqual({
      options: [{ letter: "i", argument: "-3,2" }],
      operands: ["-"],
    });
  });

  it("ends options at --", () => {
    expect(getopt(["-v", "--", "-w"], "vw:").operands).toEqual(["-w"]);
  });

  it("refuses what it does not know", () => {
    expect(message(() => getopt(["-vx"], "v"))).toBe("USAGE: there is no option -x");
    expect(message(() => getopt(["--json"], "v"))).toBe("USAGE: there is no option --json");
    expect(message(() => getopt(["-:"], "v:"))).toBe("USAGE: there is no option -:");
    expect(message(() => getopt(["-v", "-w"], "vw:"))).toBe("USAGE: option -w needs an argument");
  });

  it("gives the same options wherever the operands stand", () => {
    const flags = fc.array(fc.constantFrom("-a", "-b", "-ab", "-cx", "-c=y"), { maxLength: 6 });
    const places = fc.array(fc.nat(5), { maxLength: 3 });
    fc.assert(
      fc.property(flags, places, (words, at) => {
        const mixed: string[] = [...words];
        for (const place of at) mixed.splice(place, 0, "operand");
        expect(getopt(mixed, "abc:").options).toEqual(getopt(words, "abc:").options);
        expect(getopt(mixed, "abc:").operands).toHaveLength(at.length);
      }),
    );
  });
});

describe("numbers", () => {
  it("are decimal, hexadecimal or octal as in C", () => {
    expect(["134217728", "0x08000000", "01000000000", "0"].map((text) => parseNumber(text, "-g"))).toEqual([
      0x0800_0000, 0x0800_0000, 0x0800_0000, 0,
    ]);
  });

  it.each(["", "x", "12x", "0x", "08", "-1", " 1", "1e3", "1.5"])("refuses %j", (text) => {
    expect(message(() => parseNumber(text, "-e"))).toBe(`USAGE: -e: "${text}" is not a number`);
  });

  it("says the range that it is outside of", () => {
    expect(message(() => parseNumber("0x100000000", "-g"))).toBe(
      "USAGE: -g: 0x100000000 is not between 0 and 4294967295",
    );
  });

  it("reads what it prints", () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffff_ffff }), (value) => {
        for (const text of [`${value}`, `0x${value.toString(16)}`, `0${value.toString(8)}`])
          expect(parseNumber(text, "-n")).toBe(value);
      }),
    );
  });
});

describe("the command line", () => {
  it("has the defaults of 0.7", () => {
    expect(parse("/dev/ttyS1")).toEqual({
      help: false,
      device: "/dev/ttyS1",
      action: "info",
      file: "",
      place: {},
      verify: false,
      raw: false,
      retries: 10,
      reset: false,
      resume: false,
      baud: 57_600,
      mode: "8e1",
      frames: {},
      letters: new Set(),
    });
  });

  it("takes every option", () => {
    const line = parse("-a 0x56 -b 115200 -m 8N1 -w x.hex -v -f -n 3 -g 0x0 -c -F 64:34 -s 2 -e 4 -i rts:-rts /dev/i2c-1"); // prettier-ignore
    expect(line).toMatchObject({
      address: 0x56,
      baud: 115_200,
      mode: "8n1",
      action: "write",
      file: "x.hex",
      verify: true,
      raw: true,
      retries: 3,
      go: 0,
      reset: false,
      resume: true,
      frames: { rx: 64, tx: 34 },
      place: { startPage: 2, pages: 4 },
    });
    expect([...line.signals!.names]).toEqual(["rts"]);
  });

  it.each([
    ["-o", "erase"],
    ["-C", "crc"],
    ["-u", "write unprotect"],
    ["-j", "read protect"],
    ["-k", "read unprotect"],
    ["-r -", "read"],
  ])("knows %s", (option, action) => {
    expect(parse(`${option} /dev/ttyS1`).action).toBe(action);
  });

  it.each([
    ["-S 0x08001000", { start: 0x0800_1000 }],
    ["-S 0x08001000:0x10", { start: 0x0800_1000, length: 16 }],
    ["-S :512", { length: 512 }],
    ["-S 0", { start: 0 }],
    ["-e 0 -S 0x08001000", { start: 0x0800_1000, pages: 0 }],
  ])("reads the place of %s", (option, place) => {
    expect(parse(`-w x ${option} /dev/ttyS1`).place).toEqual(place);
  });

  it.each([
    ["-F 20", { rx: 20 }],
    ["-F :18", { tx: 18 }],
    ["-F 257:259", {}],
    ["-F 256:258", { rx: 256, tx: 258 }],
  ])("reads the frames of %s", (option, frames) => {
    expect(parse(`${option} /dev/ttyS1`).frames).toEqual(frames);
  });

  it("wants nothing else with -h", () => {
    expect(parse("-h").help).toBe(true);
    expect(parse("-o -o -h a b").help).toBe(true);
  });

  it.each([
    ["-v", "no device is named"],
    ["a b", 'one device is enough: "b" comes after "a"'],
    ["-o -C a", '"erase" and "crc" cannot be done by one command'],
    ["-u -u a", '"write unprotect" is asked for twice'],
    ["-v -o a", "-v goes with -w only"],
    ["-s 1 -S 0 a", "-s and -e count pages, -S names an address: one command takes one of the two ways"],
    ["-S 0x08000002 a", "-S: the address 0x08000002 is not a multiple of 4"],
    ["-S 0: a", '-S length: "" is not a number'],
    ["-S 0:0 a", "-S length: 0 is not between 1 and 4294967295"],
    ["-S : a", '-S length: "" is not a number'],
    ["-e 65536 a", "-e: 65536 is not between 0 and 65535"],
    ["-a 0xac a", "-a: 0xac is not between 0 and 127"],
    ["-F 19 a", "-F RX length: 19 is not between 20 and 4294967295"],
    ["-m 7e1 a", '-m: "7e1" is not a mode that bootloaders have: 8e1, 8n1, 8o1, 8e2, 8n2, 8o2'],
  ])("refuses %s", (text, expected) => {
    expect(message(() => parse(text))).toBe(`USAGE: ${expected}`);
  });

  it("names the rates that there are", () => {
    expect(message(() => parse("-b 57601 a"))).toMatch(
      /^USAGE: -b: 57601 is none of the rates 1200 1800 .* 57600 115200 /,
    );
  });
});

describe("an option that would have no effect", () => {
  it.each([
    ["-v", "-w x", ["", "-r x", "-o", "-C", "-u", "-j", "-k"], "-v goes with -w only"],
    ["-f", "-w x", ["", "-r x", "-o", "-C", "-u", "-j", "-k"], "-f goes with -w only"],
    ["-n 3", "-r x", ["", "-u", "-j", "-k"], "-n goes with -r, -w, -o and -C only"],
    ["-s 1", "-o", ["", "-u", "-j", "-k"], "-s goes with -r, -w, -o and -C only"],
    ["-e 1", "-C", ["", "-u", "-j", "-k"], "-e goes with -r, -w, -o and -C only"],
    ["-S 0", "-r x", ["", "-u", "-j", "-k"], "-S goes with -r, -w, -o and -C only"],
    ["-R", "-o", ["-g 0"], "-g starts a program and -R resets the chip: one command does one of the two"],
  ])("is refused: %s goes with %s, not with %j", (option, good, bad, message) => {
    expect(() => parse(`${option} ${good} a`)).not.toThrow();
    for (const words of bad) expect(() => parse(`${option} ${words} a`.replace(/ +/g, " "))).toThrow(message);
  });
});
