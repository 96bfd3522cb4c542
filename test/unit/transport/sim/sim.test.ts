/** The simulated chip as a transport: steps, failures, simulated time, and what can stand behind `sim:`. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { BootlaceError, isSystemError } from "../../../../src/errors.js";
import { SPEC_KEYS } from "../../../../src/simulator/spec.js";
import { UART_TRAITS } from "../../../../src/transport/traits.js";
import { openSim } from "../../../../src/transport/sim/sim.js";
import type { SimTransport } from "../../../../src/transport/sim/sim.js";
import { delay, read, StepError, write } from "../../../../src/transport/transport.js";
import type { Step } from "../../../../src/transport/transport.js";

const ACK: Step = { kind: "poll", accept: 0x79, timeoutMs: 1000 };
const BUSY_ACK: Step = { kind: "poll", accept: 0x79, busy: 0x76, timeoutMs: 1000 };
const bytes = (text: string): Step => write(Uint8Array.from(text.split(" "), (byte) => parseInt(byte, 16)));
const hex = (data: Uint8Array | undefined): string =>
  Array.from(data ?? [], (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");

const open: SimTransport[] = [];
const sim = async (...args: Parameters<typeof openSim>): Promise<SimTransport> => {
  const transport = await openSim(...args);
  open.push(transport);
  return transport;
};
afterEach(async () => {
  for (const transport of open.splice(0)) await transport.close();
});

const failureOf = async (run: Promise<unknown>): Promise<StepError> => {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StepError);
  return error as StepError;
};
const errnoOf = (error: StepError): string | undefined =>
  isSystemError(error.cause) ? error.cause.code : undefined;

describe("I2C", () => {
  it("runs a list of steps and returns what the read steps got", async () => {
    const transport = await sim("sim:stm32g071");
    const {
      reads: [version, end, id],
    } = await transport.exchange([bytes("01 FE"), ACK, read(1), read(1), bytes("02 FD"), ACK, read(3), ACK]);
    expect([hex(version), hex(end), hex(id)]).toEqual(["12", "79", "01 04 60"]);
    expect(transport.chip.violations).toEqual([]);
  });

  it("names the step of an unexpected byte and does not run the rest", async () => {
    const transport = await sim("sim:stm32g071?rdp=1");
    const error = await failureOf(
      transport.exchange([bytes("01 FE"), ACK, read(1), ACK, bytes("11 EE"), ACK, bytes("00 00")]),
    );
    expect(error).toMatchObject({ index: 5, failure: "unexpected", reply: 0x1f });
    expect(transport.chip.counters.i2cWrites).toBe(2);
  });

  it("gives ENXIO when nobody acknowledges the address", async () => {
    const transport = await sim("sim:stm32g071");
    transport.chip.setPower(false);
    const error = await failureOf(transport.exchange([bytes("01 FE")]));
    expect(error).toMatchObject({ index: 0, failure: "system" });
    expect(errnoOf(error)).toBe("ENXIO");
  });

  it("polls through BUSY at the interval that the step says", async () => {
    const transport = await sim("sim:stm32g071?erase=20");
    await transport.exchange([
      bytes("45 BA"),
      ACK,
      bytes("00 00 00"),
      ACK,
      bytes("00 01 01"),
      { ...BUSY_ACK, intervalMs: 5 },
    ]);
    expect(transport.chip.counters.i2cReads).toBe(2 + 5);
  });

  it("waits before the first try when told to", async () => {
    const transport = await sim("sim:stm32g071?erase=20");
    await transport.exchange([
      bytes("45 BA"),
      ACK,
      bytes("00 00 00"),
      ACK,
      bytes("00 01 01"),
      { ...BUSY_ACK, firstWaitMs: 20 },
    ]);
    expect(transport.chip.counters.i2cReads).toBe(3);
  });

  it("gives up on BUSY at the deadline, with the byte that came", async () => {
    const transport = await sim("sim:stm32g071?erase=5000");
    const error = await failureOf(
      transport.exchange([bytes("45 BA"), ACK, bytes("00 00 00"), ACK, bytes("00 01 01"), BUSY_ACK]),
    );
    expect(error).toMatchObject({ index: 5, failure: "timeout", reply: 0x76 });
  });

  it("survives a stretch within the step's time-out", async () => {
    const transport = await sim("sim:stm32f405?erase=3000");
    const before = transport.clock.now();
    await transport.exchange([
      bytes("44 BB"),
      ACK,
      bytes("00 00 00"),
      ACK,
      bytes("00 01 01"),
      { ...ACK, timeoutMs: 4000 },
    ]);
    expect(transport.clock.now() - before).toBeGreaterThan(3000);
  });

  it("gives ETIMEDOUT for a longer one; the chip finishes and still owes the status", async () => {
    const transport = await sim("sim:stm32f405?erase=3000");
    transport.chip.poke(0x0800_4000, Uint8Array.of(1));
    const error = await failureOf(
      transport.exchange([bytes("44 BB"), ACK, bytes("00 00 00"), ACK, bytes("00 01 01"), ACK]),
    );
    expect(error).toMatchObject({ index: 5, failure: "system" });
    expect(errnoOf(error)).toBe("ETIMEDOUT");
    expect(transport.chip.peek(0x0800_4000, 1)[0]).toBe(1);
    await transport.exchange([delay(2000), ACK]);
    expect(transport.chip.peek(0x0800_4000, 1)[0]).toBe(0xff);
    expect(transport.chip.violations).toEqual([]);
  });

  it("an adapter with a limit of its own gives up whatever the step says", async () => {
    const transport = await sim("sim:stm32f405?erase=100&stretch=25");
    const error = await failureOf(
      transport.exchange([
        bytes("44 BB"),
        ACK,
        bytes("00 00 00"),
        ACK,
        bytes("00 01 01"),
        { ...ACK, timeoutMs: 60_000 },
      ]),
    );
    expect(errnoOf(error)).toBe("ETIMEDOUT");
  });

  it("a broken order holds the bus: ETIMEDOUT, or EIO for who waits long enough", async () => {
    const broken = await sim("sim:stm32g071");
    const error = await failureOf(
      broken.exchange([bytes("01 FE"), bytes("02 FD"), { ...ACK, timeoutMs: 2000 }]),
    );
    expect(error.index).toBe(1);
    expect(errnoOf(error)).toBe("EIO");
    const early = await sim("sim:stm32g071?stretch=25");
    expect(errnoOf(await failureOf(early.exchange([bytes("01 FE"), bytes("02 FD")])))).toBe("ETIMEDOUT");
    expect(early.chip.violations).toHaveLength(1);
  });

  it("models the time on the wire: 9 bits a byte, START and STOP", async () => {
    const transport = await sim("sim:stm32g071?clock=100000");
    await transport.exchange([bytes("01 FE"), read(1)]);
    expect(transport.clock.now()).toBeCloseTo((2 + 27 + 2 + 18) / 100);
  });
});

describe("UART", () => {
  it("runs the same kind of lists", async () => {
    const transport = await sim("sim:stm32g071?bus=uart");
    const {
      reads: [version],
    } = await transport.exchange([bytes("7F"), ACK, bytes("01 FE"), ACK, read(3), ACK]);
    expect(hex(version)).toBe("31 00 00");
    expect(transport.traits).toBe(UART_TRAITS);
  });

  it("a silent chip is a time-out after the time that the step says", async () => {
    const transport = await sim("sim:stm32g071?bus=uart");
    const error = await failureOf(transport.exchange([bytes("01 FE"), { ...ACK, timeoutMs: 300 }]));
    expect(error).toMatchObject({ index: 1, failure: "timeout", reply: undefined });
    expect(transport.clock.now()).toBeGreaterThan(300);
    expect(transport.clock.now()).toBeLessThan(301);
  });

  it("what was not waited for comes later", async () => {
    const transport = await sim("sim:stm32g071?bus=uart&erase=500");
    await transport.exchange([bytes("7F"), ACK]);
    const error = await failureOf(
      transport.exchange([bytes("44 BB"), ACK, bytes("00 00 00 01 01"), { ...ACK, timeoutMs: 100 }]),
    );
    expect(error.failure).toBe("timeout");
    await transport.exchange([{ ...ACK, timeoutMs: 1000 }]);
  });

  it("throws unread input away", async () => {
    const transport = await sim("sim:stm32l412?bus=uart&version=V13.1");
    await transport.exchange([bytes("7F"), ACK]);
    await transport.discardInput();
    const {
      reads: [version],
    } = await transport.exchange([bytes("01 FE"), ACK, read(3), ACK]);
    expect(hex(version)).toBe("31 00 00");
  });

  it("a character takes 11 bits at the rate of the port", async () => {
    const transport = await sim("sim:stm32g071?bus=uart&clock=9600");
    await transport.exchange([bytes("7F"), ACK]);
    expect(transport.clock.now()).toBeCloseTo((2 * 11_000) / 9600);
  });
});

describe("exchanges", () => {
  it("wait for each other and keep their steps together", async () => {
    const transport = await sim("sim:stm32g071");
    const version: Step[] = [bytes("01 FE"), ACK, read(1), ACK];
    const replies = await Promise.all(Array.from({ length: 20 }, () => transport.exchange(version)));
    expect(replies.map(({ reads }) => hex(reads[0]))).toEqual(new Array(20).fill("12"));
    expect(transport.chip.violations).toEqual([]);
  });

  it("stop between two steps when aborted, with the signal's reason", async () => {
    const transport = await sim("sim:stm32g071");
    const reason = new Error("enough");
    await expect(transport.exchange([bytes("01 FE")], { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    const stop = new AbortController();
    const long = Array.from({ length: 200_000 }, () => [bytes("01 FE"), ACK, read(1), ACK]).flat();
    const run = transport.exchange(long, { signal: stop.signal });
    setImmediate(() => stop.abort(reason));
    await expect(run).rejects.toBe(reason);
    expect(transport.chip.counters.i2cWrites).toBeLessThan(200_000);
  });

  it("closing twice is no error, and afterwards nothing runs", async () => {
    const transport = await sim("sim:stm32g071");
    const last = transport.exchange([bytes("01 FE"), ACK]);
    await transport.close();
    await transport.close();
    await last;
    expect(errnoOf(await failureOf(transport.exchange([ACK])))).toBe("EBADF");
  });

  it("in real time, the clock does not run ahead of the real one", async () => {
    const transport = await sim("sim:stm32g071?realtime=100000");
    const start = performance.now();
    await transport.exchange([delay(30), bytes("01 FE"), ACK, read(1), ACK]);
    expect(transport.clock.now()).toBeGreaterThan(30);
    expect(performance.now() - start).toBeGreaterThan(28);
  });
});

describe("what stands behind sim:", () => {
  const refused = async (target: string): Promise<BootlaceError> => {
    const error = await openSim(target).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error, target).toBeInstanceOf(BootlaceError);
    return error as BootlaceError;
  };

  it.each([
    [
      "sim:stm32g071?colour=red",
      "USAGE",
      `sim:stm32g071 has no option "colour"; there are ${Object.keys(SPEC_KEYS).join(", ")}`,
    ],
    ["sim:stm32g071?bus=can", "USAGE", 'sim:stm32g071 option bus: "can" is none of i2c, uart, spi'],
    ["sim:stm32l476?bus=spi&version=V10.1", "USAGE", "sim:stm32l476 has no bootloader on SPI"],
    ["sim:stm32g071?flash=big", "USAGE", 'sim:stm32g071 option flash: "big" is not a number'],
    [
      "sim:stm32g071?flash=48",
      "USAGE",
      "STM32G07xxx/08xxx does not come with 48 KiB of flash, but with 32, 64, 128",
    ],
    ["sim:stm32g071?rdp=3", "USAGE", 'sim:stm32g071 option rdp: "3" is none of 0, 1, 2'],
    [
      "sim:stm32g071?protocol=1.3",
      "USAGE",
      'sim:stm32g071 option protocol: "1.3" is none of 1.0, 1.1, 1.2, 2.0',
    ],
    ["sim:stm32g071?quirks=wobbly", "USAGE", 'sim:stm32g071 knows no quirk "wobbly"; there are wrongFrame, '],
    [
      "sim:stm32g071?quirks=wrongFrame",
      "USAGE",
      "sim:stm32g071 quirk wrongFrame is one of wrongFrame:hold, wrongFrame:refuse",
    ],
    ["sim:stm32g071?quirks=goBroken:1", "USAGE", "sim:stm32g071 quirk goBroken is a switch without a value"],
    [
      "sim:stm32g071?quirks=maxErasePages",
      "USAGE",
      "sim:stm32g071 quirk maxErasePages needs a number, maxErasePages:1",
    ],
    ["sim:stm32g071?realtime=0", "USAGE", "sim:stm32g071 option realtime must be above 0"],
    ["sim:stm32f103c8?bus=i2c", "USAGE", "sim:stm32f103c8 has no bootloader on I2C"],
    ["sim:stm32x999", "UNKNOWN_CHIP", 'No chip is called "stm32x999"'],
  ])("%s is refused", async (target, code, message) => {
    const error = await refused(target);
    expect(error.code).toBe(code);
    expect(error.message.slice(0, message.length)).toBe(message);
    expect(error.hint.length).toBeGreaterThan(10);
  });

  it("sets what it says", async () => {
    const transport = await sim(
      "sim:stm32g071?flash=64&protocol=1.0&address=0x60&wrp=1&boot0=1&program=7&quirks=statusAfterAbort:lost,goBroken",
    );
    const {
      reads: [version],
    } = await transport.exchange([bytes("01 FE"), ACK, read(1), ACK]);
    expect(hex(version)).toBe("10");
    const {
      reads: [size],
    } = await transport.exchange([
      bytes("11 EE"),
      ACK,
      bytes("1F FF 75 E0 75"),
      ACK,
      bytes("01 FE"),
      ACK,
      read(2),
    ]);
    expect(hex(size)).toBe("40 00");
    await transport.exchange([bytes("21 DE"), ACK, bytes("08 00 00 00 08"), ACK]);
    expect(transport.chip.state).toBe("bootloader");
  });

  it("can give I2C to a chip without it, when address and version are said", async () => {
    const transport = await sim("sim:stm32f103c8?bus=i2c&address=0x33&protocol=1.1");
    const {
      reads: [version],
    } = await transport.exchange([bytes("01 FE"), ACK, read(1), ACK]);
    expect(hex(version)).toBe("11");
  });

  it("boot0=0 on a chip without an empty check is a chip that runs its application", async () => {
    const transport = await sim("sim:stm32f405?boot0=0");
    expect(transport.chip.state).toBe("application");
  });

  it("a file keeps the memory", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bootlace-sim-"));
    try {
      const file = join(folder, "chip.bin");
      const first = await sim(`sim:stm32g071?flash=64&file=${file}`);
      await first.exchange([
        bytes("31 CE"),
        ACK,
        bytes("08 00 00 00 08"),
        ACK,
        bytes("07 11 22 33 44 55 66 77 88 8F"),
        ACK,
      ]);
      await first.close();
      expect(hex(readFileSync(file).subarray(0, 9))).toBe("11 22 33 44 55 66 77 88 FF");
      const second = await sim(`sim:stm32g071?flash=64&file=${file}`);
      expect(hex(second.chip.peek(0x0800_0000, 2))).toBe("11 22");
      expect(existsSync(`${file}.side.json`)).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("the documentation has every option and every quirk", async () => {
    const text = readFileSync(new URL("../../../../docs/simulator.md", import.meta.url), "utf8");
    const { QUIRK_NAMES } = await import("../../../../src/simulator/quirks.js");
    for (const name of [...Object.keys(SPEC_KEYS), ...QUIRK_NAMES]) expect(text).toContain(`\`${name}\``);
  });
});
