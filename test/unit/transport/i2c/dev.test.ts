import { constants } from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import { BootlaceError } from "../../../../src/errors.js";
import type { I2cHandle, NativeBinding, RunResult } from "../../../../src/native/binding.js";
import { systemError } from "../../../../src/native/system-error.js";
import { openI2cDev } from "../../../../src/transport/i2c/dev.js";
import type { I2cDevOptions, I2cDevTransport } from "../../../../src/transport/i2c/dev.js";
import { I2C_TRAITS } from "../../../../src/transport/traits.js";
import { delay, read, StepError, write } from "../../../../src/transport/transport.js";
import type { Step } from "../../../../src/transport/transport.js";

const DONE: RunResult = {
  status: 0,
  step: -1,
  reply: -1,
  errno: 0,
  reads: new Uint8Array(0),
  frames: 0,
  bytes: 0,
  tries: 0,
};

/** A binding that notes its calls and answers as told. */
const fakeBinding = (answers: Partial<NativeBinding> = {}): { native: NativeBinding; calls: string[] } => {
  const calls: string[] = [];
  const noted: Partial<NativeBinding> = {
    i2cOpen: async () => ({}) as I2cHandle,
    i2cFunctionality: async () => 1,
    i2cSetTimeout: async () => undefined,
    i2cSetRetries: async () => undefined,
    i2cRun: async () => DONE,
    i2cAbort: () => undefined,
    close: () => undefined,
    ...answers,
  };
  const spied = Object.entries(noted).map(([name, f]) => [
    name,
    (...args: unknown[]): unknown => {
      calls.push([name, ...args.slice(1).filter((arg) => typeof arg === "number")].join(" "));
      return (f as (...args: unknown[]) => unknown)(...args);
    },
  ]);
  return { native: Object.fromEntries(spied) as NativeBinding, calls };
};

let bus = 0;
/** A path of its own for each test: what is known of an adapter's time-out is kept by path. */
const open = (
  answers: Partial<NativeBinding> = {},
  options: Partial<I2cDevOptions> = {},
): Promise<I2cDevTransport> =>
  openI2cDev({ path: `/dev/i2c-${++bus}`, address: 0x56, ...options }, fakeBinding(answers).native);
const openWithCalls = async (
  answers: Partial<NativeBinding> = {},
): Promise<{ transport: I2cDevTransport; calls: string[] }> => {
  const { native, calls } = fakeBinding(answers);
  return { transport: await openI2cDev({ path: `/dev/i2c-${++bus}`, address: 0x56 }, native), calls };
};
const running = (result: Partial<RunResult>): Partial<NativeBinding> => ({
  i2cRun: async () => ({ ...DONE, ...result }),
});
const errorOf = async (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error("no error"),
    (error: unknown) => error as Error,
  );

afterEach(() => void vi.restoreAllMocks());

describe("the I2C transport", () => {
  it("states what I2C is: messages, one version byte, counts as frames, checksums over bytes", async () => {
    const { traits, description, address } = await open({}, { path: "/dev/i2c-1" });
    expect(description).toBe("/dev/i2c-1 address 0x56");
    expect(address).toBe(0x56);
    expect(traits).toEqual(I2C_TRAITS);
  });

  it("opens, asks what the adapter can do, and touches nothing else", async () => {
    const { calls } = await openWithCalls();
    expect(calls).toEqual(["i2cOpen", "i2cFunctionality"]);
  });

  it("sets the retries only when told", async () => {
    const { native, calls } = fakeBinding();
    await openI2cDev({ path: "/dev/i2c-0", address: 1, retries: 0 }, native);
    expect(calls).toEqual(["i2cOpen", "i2cFunctionality", "i2cSetRetries 0"]);
  });

  it("returns the bytes of each read step", async () => {
    const transport = await open(running({ reads: Uint8Array.of(1, 2, 3) }));
    const { reads } = await transport.exchange([read(1), write(Uint8Array.of(0)), read(2)]);
    expect(reads.map((bytes) => [...bytes])).toEqual([[1], [2, 3]]);
  });

  it("tells how often the chip was busy: what polls read beside the byte that ended each", async () => {
    const transport = await open(running({ tries: 7 }));
    const poll: Step = { kind: "poll", accept: 0x79, busy: 0x76, timeoutMs: 5 };
    expect(await transport.exchange([poll, write(Uint8Array.of(0)), poll])).toEqual({ reads: [], busy: 5 });
  });

  it("has no rate of its own to lower", async () => {
    expect(await (await open()).slowDown()).toBe(false);
  });

  it("does nothing for no steps", async () => {
    const { transport, calls } = await openWithCalls();
    expect(await transport.exchange([])).toEqual({ reads: [], busy: 0 });
    expect(calls).not.toContain("i2cRun 86 0");
  });

  it.each([
    [
      { status: 2, step: 4, reply: 0x1f },
      { index: 4, failure: "unexpected", reply: 0x1f },
    ],
    [
      { status: 3, step: 1, reply: 0x76 },
      { index: 1, failure: "timeout", reply: 0x76 },
    ],
    [
      { status: 1, step: 0, reply: -1, errno: 6 },
      { index: 0, failure: "system", reply: undefined },
    ],
    [
      { status: 1, step: 2, reply: 0x76, errno: 110 },
      { index: 2, failure: "system", reply: 0x76 },
    ],
  ])("words the runner's %o", async (result, expected) => {
    const error = await errorOf((await open(running(result))).exchange([delay(1)]));
    expect(error).toBeInstanceOf(StepError);
    expect(error).toMatchObject(expected);
  });

  it("keeps the system's own error as the cause", async () => {
    const { cause } = await errorOf(
      (await open(running({ status: 1, step: 0, errno: 121 }))).exchange([delay(1)]),
    );
    expect(cause).toMatchObject({ code: "EREMOTEIO", errno: 121, syscall: "ioctl(I2C_RDWR)" });
  });

  it("combines only when told, and only where the adapter has protocol mangling", async () => {
    const flagsOf = async (functionality: number, combine: boolean): Promise<string | undefined> => {
      const { native, calls } = fakeBinding({ i2cFunctionality: async () => functionality });
      const transport = await openI2cDev({ path: `/dev/i2c-${++bus}`, address: 1, combine }, native);
      await transport.exchange([delay(1)]);
      return calls.at(-1);
    };
    expect(await flagsOf(1, true)).toBe("i2cRun 1 0");
    expect(await flagsOf(5, false)).toBe("i2cRun 1 0");
    expect(await flagsOf(5, true)).toBe("i2cRun 1 1");
  });

  it("counts lists, frames, bytes and tries", async () => {
    const transport = await open(running({ frames: 3, bytes: 260, tries: 2 }));
    await transport.exchange([delay(1)]);
    await transport.exchange([delay(1)]);
    expect(transport.bus.counters).toEqual({ lists: 2, frames: 6, bytes: 520, tries: 4 });
  });

  it("has no input to discard", async () => {
    await expect((await open()).discardInput()).resolves.toBeUndefined();
  });
});

describe("frames that an adapter refuses", () => {
  const refuse = async (errno: number, ...sizes: readonly number[]): Promise<I2cDevTransport> => {
    const transport = await open(running({ status: 1, step: 0, errno }));
    for (const size of sizes)
      await expect(transport.exchange([write(new Uint8Array(size))])).rejects.toThrow();
    return transport;
  };
  const { EOPNOTSUPP, EINVAL, EMSGSIZE, EIO } = constants.errno;

  it.each([EOPNOTSUPP, EINVAL, EMSGSIZE])(
    "with errno %i are too long: shorter ones are tried",
    async (errno) => {
      const transport = await open(running({ status: 1, step: 0, errno }));
      await expect(transport.exchange([write(new Uint8Array(258))])).rejects.toMatchObject({
        failure: "too long",
      });
      expect(transport.shrinkFrames()).toBe(true);
      expect([transport.traits.maxWrite, transport.traits.maxRead]).toEqual([255, 256]);
    },
  );

  it("go down by the lengths that adapters stop at, to 32 bytes", async () => {
    const transport = await open(running({ status: 1, step: 0, errno: EOPNOTSUPP }));
    const sizes = [];
    do {
      sizes.push(transport.traits.maxWrite);
      await expect(transport.exchange([write(new Uint8Array(sizes.at(-1)!))])).rejects.toThrow();
    } while (transport.shrinkFrames());
    expect(sizes).toEqual([258, 255, 240, 128, 60, 52, 32]);
  });

  it("shrink in the direction that was refused only", async () => {
    const transport = await open(running({ status: 1, step: 0, errno: EINVAL }));
    await expect(transport.exchange([read(180)])).rejects.toMatchObject({ failure: "too long" });
    transport.shrinkFrames();
    expect([transport.traits.maxWrite, transport.traits.maxRead]).toEqual([258, 128]);
  });

  it("do not shrink when nothing was refused, nor twice for one refusal", async () => {
    const transport = await refuse(EOPNOTSUPP, 258);
    expect([transport.shrinkFrames(), transport.shrinkFrames()]).toEqual([true, false]);
    expect((await refuse(EIO, 258)).shrinkFrames()).toBe(false);
  });

  it("are no reason to shrink where the message was short: EINVAL means something else then", async () => {
    const transport = await open(running({ status: 1, step: 0, errno: EINVAL }));
    await expect(transport.exchange([write(new Uint8Array(32))])).rejects.toMatchObject({
      failure: "system",
    });
    expect(transport.shrinkFrames()).toBe(false);
  });

  it("start at the length asked for", async () => {
    const { traits } = await open({}, { maxFrame: 100 });
    expect([traits.maxWrite, traits.maxRead]).toEqual([100, 100]);
  });
});

describe("the adapter's time-out", () => {
  const needs = (timeoutMs: number): Step => ({ kind: "poll", accept: 0x79, timeoutMs });
  const timeouts = (calls: string[]): string[] => calls.filter((call) => call.startsWith("i2cSetTimeout"));

  it("is left alone up to a second, raised in tens of ms rounded up, and never lowered", async () => {
    const { transport, calls } = await openWithCalls();
    for (const ms of [1000, 1001, 1500, 1200, 1500]) await transport.exchange([needs(ms)]);
    expect(timeouts(calls)).toEqual(["i2cSetTimeout 101", "i2cSetTimeout 150"]);
  });

  it("is known to all transports of the same path", async () => {
    const { native, calls } = fakeBinding();
    const a = await openI2cDev({ path: "/dev/i2c-same", address: 1 }, native);
    const b = await openI2cDev({ path: "/dev/./i2c-same", address: 2 }, native);
    await a.exchange([needs(5000)]);
    await b.exchange([needs(4000)]);
    expect(timeouts(calls)).toEqual(["i2cSetTimeout 500"]);
  });

  it.each(["ENOTTY", "EINVAL"])(
    "may be refused with %s: the list runs under the limit that there is",
    async (code) => {
      const errno = { ENOTTY: 25, EINVAL: 22 }[code]!;
      const refuse = (): Promise<never> => Promise.reject(systemError(errno, "ioctl(I2C_TIMEOUT)"));
      const { transport, calls } = await openWithCalls({ i2cSetTimeout: refuse });
      await transport.exchange([needs(5000)]);
      await transport.exchange([needs(5000)]);
      expect(timeouts(calls)).toHaveLength(1);
      expect(calls.filter((call) => call.startsWith("i2cRun"))).toHaveLength(2);
    },
  );
});

describe("an abort", () => {
  it("before the start runs nothing", async () => {
    const { transport, calls } = await openWithCalls();
    const signal = AbortSignal.abort(new Error("stop"));
    await expect(transport.exchange([delay(1)], { signal })).rejects.toThrow("stop");
    expect(calls).toEqual(["i2cOpen", "i2cFunctionality"]);
  });

  it("during a list is passed down, and the reason comes back", async () => {
    const abort = new AbortController();
    let end: (result: RunResult) => void = () => undefined;
    const transport = await open({
      i2cRun: () => new Promise((resolve) => (end = resolve)),
      i2cAbort: () => end({ ...DONE, status: 4, step: 1 }),
    });
    const exchange = transport.exchange([delay(1), delay(1)], { signal: abort.signal });
    setImmediate(() => abort.abort(new Error("stop")));
    await expect(exchange).rejects.toThrow("stop");
  });

  it("that comes when all steps are done does not undo them", async () => {
    const abort = new AbortController();
    const transport = await open({
      i2cRun: async () => {
        abort.abort(new Error("late"));
        return { ...DONE, reads: Uint8Array.of(7) };
      },
    });
    const { reads } = await transport.exchange([read(1)], { signal: abort.signal });
    expect(reads).toEqual([Uint8Array.of(7)]);
  });
});

describe("closing", () => {
  it("waits for the list in progress, happens once, and ends the transport", async () => {
    let end: (result: RunResult) => void = () => undefined;
    const { transport, calls } = await openWithCalls({
      i2cRun: () => new Promise((resolve) => (end = resolve)),
    });
    const exchange = transport.exchange([delay(1)]);
    const closing = Promise.all([transport.close(), transport.close()]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).not.toContain("close");
    end(DONE);
    await Promise.all([exchange, closing]);
    expect(calls.filter((call) => call === "close")).toHaveLength(1);
    await expect(transport.exchange([delay(1)])).rejects.toThrow("is closed");
  });

  it("does not wait for ever after a failed list", async () => {
    const transport = await open({ i2cRun: () => Promise.reject(new Error("failed")) });
    await expect(transport.exchange([delay(1)])).rejects.toThrow("failed");
    await expect(transport.close()).resolves.toBeUndefined();
  });
});

describe("opening", () => {
  const refuse = (errno: number) => (): Promise<never> => Promise.reject(systemError(errno, "open"));

  it.each([
    [2, "NO_DEVICE", "/dev/i2c-x: there is no such device"],
    [19, "NO_DEVICE", "/dev/i2c-x: there is no I2C adapter behind it"],
    [13, "NO_PERMISSION", "/dev/i2c-x: permission denied"],
    [24, "BUS_FAILED", "/dev/i2c-x: it cannot be opened"],
  ])("tells errno %i as %s", async (errno, code, message) => {
    const error = await errorOf(open({ i2cOpen: refuse(errno) }, { path: "/dev/i2c-x" }));
    expect(error).toBeInstanceOf(BootlaceError);
    expect(error).toMatchObject({ code, message, cause: { errno } });
  });

  it("closes what it opened when the path is no I2C bus", async () => {
    const { native, calls } = fakeBinding({ i2cFunctionality: refuse(25) });
    await expect(openI2cDev({ path: "/dev/null", address: 1 }, native)).rejects.toThrow(
      "/dev/null: it is not an I2C bus",
    );
    expect(calls).toEqual(["i2cOpen", "i2cFunctionality", "close"]);
  });

  it("refuses an SMBus-only adapter and sends nothing", async () => {
    const { native, calls } = fakeBinding({ i2cFunctionality: async () => 0x0eff_0008 });
    const error = await errorOf(openI2cDev({ path: "/dev/i2c-x", address: 1 }, native));
    expect(error).toMatchObject({ code: "SMBUS_ONLY" });
    expect(error.message).toBe(
      "/dev/i2c-x does SMBus transfers only: it lacks I2C_FUNC_I2C, plain I2C messages of any length (functionality 0x0EFF0008)",
    );
    expect(calls).toEqual(["i2cOpen", "i2cFunctionality", "close"]);
  });

  it.each([
    [{ address: 0x80 }, "I2C address 128 is not a 7-bit address (0x00 to 0x7F)"],
    [{ address: 1.5 }, "I2C address 1.5 is not a 7-bit address (0x00 to 0x7F)"],
    [{ maxFrame: 20 }, "a longest frame of 20 bytes is too short, the least is 32"],
    [{ path: "" }, '"" is not the path of an I2C bus'],
    [{ path: "/dev/i2c\0" }, '"/dev/i2c\\u0000" is not the path of an I2C bus'],
  ])("refuses the options %o", async (options, message) => {
    const error = await errorOf(open({}, options));
    expect(error).toMatchObject({ code: "USAGE", message });
  });

  it("takes address 0x78, which one chip has", async () => {
    const { native, calls } = fakeBinding();
    const transport = await openI2cDev({ path: `/dev/i2c-${++bus}`, address: 0x78 }, native);
    await transport.exchange([delay(1)]);
    expect(calls.at(-1)).toBe("i2cRun 120 0");
  });

  it("says on other systems that i2c-dev is not there", async () => {
    vi.spyOn(process, "platform", "get").mockReturnValue("darwin");
    const error = await errorOf(openI2cDev({ path: "/dev/i2c-1", address: 1 }));
    expect(error).toMatchObject({
      code: "UNSUPPORTED_PLATFORM",
      message: "i2c-dev is not available on darwin",
    });
  });
});
