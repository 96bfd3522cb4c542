import { describe, expect, it } from "vitest";
import { Bootloader } from "../../../src/protocol/bootloader.js";
import { connectBootloader } from "../../../src/protocol/connect.js";
import { CommandFailure } from "../../../src/protocol/link.js";
import { resynchronise } from "../../../src/protocol/resync.js";
import { StepError, type Step, type Transport } from "../../../src/transport/transport.js";
import { I2C_TRAITS, UART_TRAITS } from "../../../src/transport/traits.js";

const BASE = 0x0800_0000;
const COMMANDS = [0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x92, 0xa1];

const systemError = (code: string): Error =>
  Object.assign(new Error(code), { code, errno: 1, syscall: "ioctl(I2C_RDWR)" });

/** Fails at a step of every exchange. */
function failingAt(
  index: number,
  failure: "unexpected" | "timeout" | "system",
  detail?: number | string,
): Transport {
  const reply = typeof detail === "number" ? detail : undefined;
  const cause = typeof detail === "string" ? systemError(detail) : undefined;
  return {
    traits: I2C_TRAITS,
    description: "/dev/i2c-1 address 0x51",
    baud: undefined,
    exchange: (steps: readonly Step[]) =>
      steps.length > index && steps[0]!.kind !== "delay"
        ? Promise.reject(new StepError(index, failure, reply, { cause }))
        : Promise.resolve({ reads: [], busy: 0 }),
    shrinkFrames: () => false,
    slowDown: () => Promise.resolve(false),
    discardInput: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
const loaderOn = (transport: Transport): Bootloader =>
  new Bootloader(transport, { version: 0x12, commands: COMMANDS, productId: 0x460 });

describe("a failed command says what happened and where", () => {
  it.each([
    [1, "unexpected", 0x1f, "PROTECTED", "Read Memory at 0x08000000: refused in the command stage"],
    [3, "unexpected", 0x1f, "REFUSED", "Read Memory at 0x08000000: refused in the address stage"],
    [
      5,
      "unexpected",
      0xf9,
      "DESYNCHRONISED",
      "Read Memory at 0x08000000: answered 0xF9 instead of ACK in the count stage",
    ],
    [3, "timeout", undefined, "NO_REPLY", "Read Memory at 0x08000000: no answer in the address stage"],
    [
      3,
      "timeout",
      0x76,
      "TIMED_OUT",
      "Read Memory at 0x08000000: still busy (0x76) at the time-out in the address stage",
    ],
    [
      0,
      "system",
      "ENXIO",
      "NO_REPLY",
      "Read Memory at 0x08000000: the address was not acknowledged in the command stage",
    ],
    [
      2,
      "system",
      "EAGAIN",
      "BUS_BUSY",
      "Read Memory at 0x08000000: arbitration was lost to another controller in the address stage",
    ],
    [
      2,
      "system",
      "ETIMEDOUT",
      "TIMED_OUT",
      "Read Memory at 0x08000000: the adapter gave up waiting for the clock line in the address stage",
    ],
    [
      2,
      "system",
      "EOPNOTSUPP",
      "ADAPTER_LIMIT",
      "Read Memory at 0x08000000: the adapter cannot send a message of this length in the address stage",
    ],
    [
      6,
      "system",
      "ENODEV",
      "ADAPTER_GONE",
      "Read Memory at 0x08000000: the adapter is gone in the reply stage",
    ],
    [
      6,
      "system",
      "EBADMSG",
      "BUS_FAILED",
      "Read Memory at 0x08000000: the bus failed with EBADMSG in the reply stage",
    ],
  ] as const)("step %i, %s %s", async (...[index, failure, detail, code, message]) => {
    const reading = loaderOn(failingAt(index, failure, detail)).readMemory(BASE, 16);
    await expect(reading).rejects.toMatchObject({ code, message });
  });

  it("keeps errno and system call as the cause", async () => {
    const reading = loaderOn(failingAt(0, "system", "EREMOTEIO")).readMemory(BASE, 16);
    await expect(reading).rejects.toMatchObject({ cause: { code: "EREMOTEIO", syscall: "ioctl(I2C_RDWR)" } });
  });

  it("does not call a refused Readout Unprotect protection: that command is always allowed", async () => {
    await expect(loaderOn(failingAt(1, "unexpected", 0x1f)).readoutUnprotect()).rejects.toMatchObject({
      code: "REFUSED",
    });
  });

  it("tells in a list of commands which one failed and how many were done", async () => {
    const blocks = [0, 1, 2].map((n) => ({ address: BASE + n * 16, bytes: new Uint8Array(16) }));
    const error: unknown = await loaderOn(failingAt(6 + 5, "unexpected", 0x1f))
      .writeMany(blocks)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CommandFailure);
    expect(error).toMatchObject({
      done: 1,
      message: "Write Memory at 0x08000010: refused in the data stage",
    });
  });

  it("names a command that the chip does not list instead of sending it", async () => {
    const loader = new Bootloader(failingAt(0, "timeout"), {
      version: 0x10,
      commands: [0x00],
      productId: 0x460,
    });
    await expect(loader.checksum(BASE, 4)).rejects.toMatchObject({
      code: "NOT_OFFERED",
      message: "Get Checksum: the bootloader does not list this command",
    });
  });

  it("never sends 0x73 where it would erase the chip", async () => {
    const transport = failingAt(0, "timeout");
    const loader = new Bootloader(
      transport,
      { version: 0x10, commands: [0x73], productId: 0x495 },
      { writeUnprotectErasesChip: true },
    );
    await expect(loader.writeUnprotect()).rejects.toThrow(
      "Write Unprotect 0x73 would erase this chip, and it does not list 0x74",
    );
  });
});

describe("nobody there", () => {
  it("is said with the port and the address after a few tries", async () => {
    const connecting = connectBootloader(failingAt(0, "system", "ENXIO"));
    await expect(connecting).rejects.toMatchObject({
      code: "NO_REPLY",
      message: "no bootloader answers on /dev/i2c-1 address 0x51",
    });
  });

  it("on a UART is said after every rate was tried", async () => {
    const rates = [57_600, 9_600];
    const transport: Transport = {
      ...failingAt(0, "timeout"),
      traits: UART_TRAITS,
      exchange: (steps) => Promise.reject(new StepError(steps.length - 1, "timeout", undefined)),
      slowDown: () => Promise.resolve(rates.shift() !== undefined),
    };
    await expect(connectBootloader(transport)).rejects.toMatchObject({ code: "NO_REPLY" });
    expect(rates).toEqual([]);
  });

  it("an adapter that is gone is not waited for", async () => {
    let exchanges = 0;
    const gone = failingAt(0, "system", "ENODEV");
    const counting: Transport = { ...gone, exchange: (steps) => (exchanges++, gone.exchange(steps)) };
    await expect(resynchronise(counting)).rejects.toMatchObject({ code: "ADAPTER_GONE" });
    expect(exchanges).toBe(1);
  });
});
