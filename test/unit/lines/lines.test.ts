import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BootlaceError } from "../../../src/errors.js";
import { CommandLines, runCommand } from "../../../src/lines/command-lines.js";
import { enterBootloader, leaveBootloader } from "../../../src/lines/enter-bootloader.js";
import { findGpioLine } from "../../../src/lines/gpio-search.js";
import { GpioLines } from "../../../src/lines/gpio-lines.js";
import type { GpioBinding } from "../../../src/lines/gpio-binding.js";
import { CombinedLines, runMoves } from "../../../src/lines/line-driver.js";
import { parseLineReference } from "../../../src/lines/line-reference.js";
import { openLines } from "../../../src/lines/open-lines.js";
import { parseResetSequence } from "../../../src/lines/sequence.js";
import type { ResetSequence } from "../../../src/lines/sequence.js";
import { SerialLines } from "../../../src/lines/serial-lines.js";
import { systemError } from "../../../src/native/system-error.js";
import type { ModemLines } from "../../../src/transport/serial/serial.js";
import { RecordingLines } from "../../support/recording-lines.js";

const failure = async (promise: Promise<unknown>): Promise<BootlaceError> => {
  const error: unknown = await promise.then(
    () => new Error("did not fail"),
    (reason: unknown) => reason,
  );
  if (error instanceof BootlaceError) return error;
  throw error;
};

const ofKind = (sequence: ResetSequence, kind: string) =>
  new Map([...sequence.lines].filter(([, line]) => line.kind === kind)) as Map<string, never>;

describe("enterBootloader", () => {
  const sequence = parseResetSequence(
    "boot0=1 nrst=0 wait=10 nrst=1 wait=50 / boot0=0 nrst=0 wait=10 nrst=1",
    {
      boot0: "GPIO1",
      nrst: "GPIO2",
    },
  );
  const ENTRY = ["boot0=1", "nrst=0", "wait 10", "nrst=1", "wait 50"];

  test("moves the lines in order and is done when the probe says so", async () => {
    const lines = new RecordingLines();
    const attempt = await enterBootloader(sequence, lines, { probe: async () => true, wait: lines.wait });
    expect(attempt).toBe(1);
    expect(lines.log).toEqual(ENTRY);
  });

  test("enters again while the chip stays silent", async () => {
    const lines = new RecordingLines();
    const answers = [false, false, true];
    const attempt = await enterBootloader(sequence, lines, {
      probe: async () => answers.shift() ?? false,
      wait: lines.wait,
    });
    expect(attempt).toBe(3);
    expect(lines.log).toEqual([...ENTRY, ...ENTRY, ...ENTRY]);
  });

  test("gives up after three attempts", async () => {
    const lines = new RecordingLines();
    const error = await failure(
      enterBootloader(sequence, lines, { probe: async () => false, wait: lines.wait }),
    );
    expect(error.message).toBe("the chip stays silent; the entry part of the reset sequence was run 3 times");
    expect(lines.log).toEqual([...ENTRY, ...ENTRY, ...ENTRY]);
    expect(error.code).toBe("NO_REPLY");
  });

  test("does not swallow an error of the probe that is not silence", async () => {
    const lines = new RecordingLines();
    const probe = () => Promise.reject(new BootlaceError("ADAPTER_GONE", "gone"));
    expect((await failure(enterBootloader(sequence, lines, { probe, wait: lines.wait }))).message).toBe(
      "gone",
    );
    expect(lines.log).toEqual(ENTRY);
  });

  test("stops between attempts when asked to, with the chip out of reset", async () => {
    const lines = new RecordingLines();
    const stop = new AbortController();
    const probe = async () => {
      stop.abort(new Error("enough"));
      return false;
    };
    const run = enterBootloader(sequence, lines, { probe, signal: stop.signal, wait: lines.wait });
    await expect(run).rejects.toThrow("enough");
    expect(lines.log).toEqual(ENTRY);
  });

  test("leaving runs the exit part and gives the lines back", async () => {
    const lines = new RecordingLines();
    await leaveBootloader(sequence, lines, lines.wait);
    expect(lines.log).toEqual(["boot0=0", "nrst=0", "wait 10", "nrst=1", "release"]);
  });

  test("leaving gives the lines back also when a move fails", async () => {
    const lines = new RecordingLines();
    lines.failAt = "nrst=0";
    await expect(leaveBootloader(sequence, lines, lines.wait)).rejects.toThrow("nrst=0 failed");
    expect(lines.log).toEqual(["boot0=0", "release"]);
  });

  test("waits for real when no clock is given", async () => {
    const lines = new RecordingLines();
    await runMoves([{ kind: "wait", ms: 1 }], lines);
    expect(lines.log).toEqual([]);
  });
});

/** One chip "gpiochip0" with four lines; writes down every call. */
function fakeGpio(fault?: { call: string; errno: number }) {
  const calls: string[] = [];
  const names = ["BOOT0", "NRST", "NRST2", "LED"];
  const call = <T>(name: string, text: string, result: T): T => {
    calls.push(`${name} ${text}`.trim());
    if (fault?.call === name) throw systemError(fault.errno, "ioctl(GPIO_V2_GET_LINE)");
    return result;
  };
  const native = {
    gpioOpen: (path: string) => call("open", path, { path }),
    gpioChipInfo: () => ({ name: "gpiochip0", label: "pinctrl-fake", lines: names.length }),
    gpioLineInfo: (_: unknown, offset: number) => ({
      offset,
      name: names[offset],
      consumer: offset === 3 ? "led0" : "",
      flags: 0,
    }),
    gpioRequest: (_: unknown, offsets: Uint32Array, flags: number, values: Uint8Array) =>
      call("request", `${offsets.join()} flags ${flags} values ${values.join()}`.trim(), {}),
    gpioConfigure: (_: unknown, flags: number, values: Uint8Array) =>
      call("configure", `flags ${flags} values ${values.join()}`.trim(), undefined),
    gpioSet: (_: unknown, values: Uint8Array) => call("set", values.join(), undefined),
    close: () => call("close", "", undefined),
  } as unknown as GpioBinding;
  return { calls, native };
}

const devFolder = mkdtempSync(join(tmpdir(), "dev-"));
writeFileSync(join(devFolder, "gpiochip0"), "");

const gpio = (text: string, fault?: { call: string; errno: number }) => {
  const sequence = parseResetSequence(text);
  const { calls, native } = fakeGpio(fault);
  return { sequence, calls, driver: new GpioLines(ofKind(sequence, "gpio"), native, devFolder) };
};

test("a link to a GPIO chip is no second chip", () => {
  const folder = mkdtempSync(join(tmpdir(), "bootlace-gpio-"));
  writeFileSync(join(folder, "gpiochip0"), "");
  symlinkSync("gpiochip0", join(folder, "gpiochip4"));
  const { native } = fakeGpio();
  const reference = (text: string) => parseLineReference(text) as never;
  const place = { path: join(folder, "gpiochip0"), offset: 1 };
  expect(findGpioLine(reference("NRST"), native, folder)).toEqual(place);
  expect(findGpioLine(reference("pinctrl-fake:1"), native, folder)).toEqual(place);
});

describe("GPIO lines", () => {
  const CHIP = `${devFolder}/gpiochip0`;

  test("are requested with the first value, then set, then given back", async () => {
    const { sequence, calls, driver } = gpio("nrst@gpiochip0:1; nrst=0 nrst=1");
    await runMoves(sequence.entry, driver);
    await driver.release();
    expect(calls).toEqual([
      `open ${CHIP}`, // for the number of lines
      "close",
      `open ${CHIP}`,
      "request 1 flags 8 values 0",
      "set 1",
      "close",
      "close",
    ]);
  });

  test("float as inputs, and are outputs again afterwards", async () => {
    const { sequence, calls, driver } = gpio("nrst@!gpiochip0:1:open-drain; nrst=0 nrst=z nrst=z nrst=1");
    await runMoves(sequence.entry, driver);
    expect(calls.slice(3)).toEqual([
      "request 1 flags 74 values 0", // active low, output, open drain
      "configure flags 6 values", // active low, input
      "configure flags 74 values 1",
    ]);
  });

  test("are found by name and by the chip's label", async () => {
    const { sequence, calls, driver } = gpio("a@NRST2 b@pinctrl-fake:0; a=1 b=1");
    await runMoves(sequence.entry, driver);
    expect(calls.filter((call) => call.startsWith("request"))).toEqual([
      "request 2 flags 8 values 1",
      "request 0 flags 8 values 1",
    ]);
  });

  test("nothing is touched before the first move", () =>
    expect(gpio("nrst@GPIO1; nrst=1").calls).toEqual([]));

  test.each([
    ["a@NOPE; a=1", 'there is no GPIO line named "NOPE"', "NO_DEVICE"],
    ["a@no-label:1; a=1", 'there is no GPIO chip with the label "no-label"', "NO_DEVICE"],
    ["a@gpiochip0:4; a=1", `${CHIP} has lines 0 to 3, there is no line 4`, "NO_DEVICE"],
  ])("%s", async (text, message, code) => {
    const { sequence, driver } = gpio(text);
    const error = await failure(runMoves(sequence.entry, driver));
    expect(error.message).toBe(message);
    expect(error.code).toBe(code);
  });

  test("two lines of one name are refused with both places", async () => {
    writeFileSync(join(devFolder, "gpiochip1"), "");
    const { sequence, driver } = gpio("a@NRST; a=1");
    const error = await failure(runMoves(sequence.entry, driver));
    expect(error.message).toBe(
      `there is more than one GPIO line named "NRST": ${CHIP}:1, ${devFolder}/gpiochip1:1`,
    );
    expect(error.code).toBe("USAGE");
  });

  test.each([
    ["request:16", "a@gpiochip0:3; a=1", 'GPIO line gpiochip0:3 is in use by "led0"', "TARGET_LOCKED"],
    [
      "request:16",
      "a@gpiochip0:0; a=1",
      "GPIO line gpiochip0:0 is in use by another program or driver",
      "TARGET_LOCKED",
    ],
    ["open:13", "a@gpiochip0:0; a=1", "no permission to use GPIO line gpiochip0:0", "NO_PERMISSION"],
    ["open:2", "a@gpiochip7:0; a=1", "there is no GPIO chip for gpiochip7:0", "NO_DEVICE"],
    [
      "set:5",
      "a@gpiochip0:0; a=1 a=0",
      "a: GPIO line gpiochip0:0: EIO: i/o error, ioctl(GPIO_V2_GET_LINE)",
      "RESET_FAILED",
    ],
  ])("%s failing (call:errno)", async (fault, text, message, code) => {
    const [call = "", number] = fault.split(":");
    const errno = Number(number);
    const { sequence, driver } = gpio(text, { call, errno });
    const error = await failure(runMoves(sequence.entry, driver));
    expect(error.message).toBe(message);
    expect(error.code).toBe(code);
    expect(error.cause).toMatchObject({ errno });
  });
});

describe("serial lines", () => {
  const record = () => {
    const calls: ModemLines[] = [];
    return {
      calls,
      port: { path: "/dev/ttyUSB0", setLines: async (lines: ModemLines) => void calls.push(lines) },
    };
  };

  test("joined moves are one call, inversion applied", async () => {
    const { calls, port } = record();
    const sequence = parseResetSequence("rts-dtr");
    await runMoves(sequence.entry, await openLines(sequence, { port }), async () => undefined);
    expect(calls).toEqual([{ rts: false, dtr: true }, { dtr: false }]); // BOOT0 high, NRST low; then NRST high
  });

  test("break is a line too", async () => {
    const { calls, port } = record();
    const sequence = parseResetSequence("brk=1 brk=0");
    await runMoves(sequence.entry, new SerialLines(ofKind(sequence, "serial"), port));
    expect(calls).toEqual([{ brk: true }, { brk: false }]);
  });

  test("a port without them is an error that names them", async () => {
    const port = {
      path: "/dev/pts/3",
      setLines: () => Promise.reject(systemError(25, "ioctl(TIOCMSET)")),
    };
    const sequence = parseResetSequence("rts=1,dtr=0");
    const error = await failure(runMoves(sequence.entry, await openLines(sequence, { port })));
    expect(error.message).toBe(
      "/dev/pts/3 cannot set rts and dtr: ENOTTY: inappropriate ioctl for device, ioctl(TIOCMSET)",
    );
    expect(error.code).toBe("RESET_FAILED");
  });

  test("need a serial target", async () => {
    const error = await failure(openLines(parseResetSequence("rts=1 dtr=1")));
    expect(error.message).toBe("rts, dtr: RTS, DTR and BREAK need a target on a serial port");
    expect(error.code).toBe("USAGE");
  });
});

describe("command lines", () => {
  test("are called with the level, and with enter and leave when a command stands alone", async () => {
    const calls: string[] = [];
    const run = async (command: string, argument: string, name: string) => {
      calls.push(`${name}: ${command} ${argument}`);
      return { status: 0, output: "" };
    };
    const named = parseResetSequence("boot0@cmd:./b -x; boot0=1 boot0=z boot0=0");
    await runMoves(named.entry, new CommandLines(ofKind(named, "command"), run));
    const alone = parseResetSequence("cmd:./board.sh");
    const driver = new CommandLines(ofKind(alone, "command"), run);
    await runMoves([...alone.entry, ...alone.exit], driver);
    expect(calls).toEqual([
      "boot0: ./b -x 1",
      "boot0: ./b -x z",
      "boot0: ./b -x 0",
      "board: ./board.sh enter",
      "board: ./board.sh leave",
    ]);
  });

  test("get the name of the line in the environment", async () =>
    expect(await runCommand('echo "$BOOTLACE_LINE"', "1", "nrst")).toEqual({ status: 0, output: "nrst 1" }));

  test.each([
    ["echo no relay >&2; false", /^nrst: `echo no relay >&2; false 0` ended with status 1: no relay$/],
    ["/no/such/program", /^nrst: `\/no\/such\/program 0` ended with status 127: .*not found$/],
    ["kill -TERM $$;", /^nrst: `kill -TERM \$\$; 0` was ended by SIGTERM$/],
  ])("%s fails with what it said", async (command, message) => {
    const driver = new CommandLines(new Map([["nrst", { kind: "command", command }]]));
    const error = await failure(driver.set(new Map([["nrst", 0]])));
    expect(error.message).toMatch(message);
    expect(error.code).toBe("RESET_FAILED");
  });

  test("that never end are killed", async () =>
    expect(await runCommand("sleep", "60", "nrst", 50)).toEqual({
      status: "did not end within 50 ms",
      output: "",
    }));
});

test("each driver gets its own names only", async () => {
  const a = new RecordingLines();
  const b = new RecordingLines();
  const both = new CombinedLines([
    { names: ["x"], driver: a },
    { names: ["y"], driver: b },
  ]);
  await both.set(
    new Map([
      ["y", 0],
      ["x", 1],
    ]),
  );
  await both.set(new Map([["x", 0]]));
  await both.release();
  expect([a.log, b.log]).toEqual([
    ["x=1", "x=0", "release"],
    ["y=0", "release"],
  ]);
});

test("a reference's kind decides the driver", async () => {
  expect(parseLineReference("cmd:true").kind).toBe("command");
  const sequence = parseResetSequence("x@cmd:true; x=1");
  await runMoves(sequence.entry, await openLines(sequence));
});
