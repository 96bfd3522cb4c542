/** A serial port whose calls fail: an adapter that is gone is told so, and nothing is a bug of ours. */
import { constants } from "node:os";
import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../../../src/errors.js";
import { connect } from "../../../../src/flash/connect.js";
import { systemError } from "../../../../src/native/system-error.js";
import type { PortBinding } from "../../../../src/transport/serial/port.js";
import { SerialTransport } from "../../../../src/transport/serial/serial.js";

const CALLS = ["read", "write", "drain", "flush", "set", "get", "update", "getBaudRate"] as const;
type Call = (typeof CALLS)[number];

/** A port behind which nobody answers; `failing` does so from its first call on. */
function portThatFails(failing: Call, code: string): PortBinding {
  let baud = 115_200;
  const errno = (constants.errno as Record<string, number>)[code]!;
  const fails = (call: Call): Promise<never> | undefined =>
    call === failing ? Promise.reject(systemError(errno, call)) : undefined;
  return {
    isOpen: true,
    read: () => fails("read") ?? new Promise(() => undefined),
    write: () => fails("write") ?? Promise.resolve(),
    drain: () => fails("drain") ?? Promise.resolve(),
    flush: () => fails("flush") ?? Promise.resolve(),
    set: () => fails("set") ?? Promise.resolve(),
    get: () => fails("get") ?? Promise.resolve({ cts: false, lowLatency: true }),
    update: ({ baudRate }) => {
      baud = baudRate;
      return fails("update") ?? Promise.resolve();
    },
    getBaudRate: () => fails("getBaudRate") ?? Promise.resolve({ baudRate: baud }),
    close: () => Promise.resolve(),
  };
}

const SETTINGS = { path: "/dev/ttyUSB7", baud: 115_200, mode: "8e1", hangUp: true } as const;

/** Opening's second half, a line that is moved, another rate, and a session. */
async function session(failing: Call, code: string): Promise<unknown> {
  const transport = new SerialTransport(portThatFails(failing, code), SETTINGS);
  try {
    await transport.prepare(true, undefined);
    await transport.setLines({ dtr: false });
    await transport.slowDown();
    await connect(transport);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await transport.close();
  }
}

const GONE = ["EIO", "ENXIO", "EBADF", "ENODEV"];

describe.each(CALLS)("%s of a serial port", (call) => {
  it.each(GONE)("that fails with %s: the adapter is gone", { timeout: 60_000 }, async (code) => {
    const error = await session(call, code);
    expect(error).toBeInstanceOf(BootlaceError);
    expect(error).toMatchObject({ code: "ADAPTER_GONE" });
    expect((error as BootlaceError).message).toContain("/dev/ttyUSB7");
  });
});

describe("another errno", () => {
  const errnos = ["EACCES", "EAGAIN", "EINVAL", "ENOMEM", "ENOTTY", "EPIPE", "ETIMEDOUT"];

  it.each(CALLS.filter((call) => call !== "read" && call !== "getBaudRate"))(
    "of %s ends in an error that is no bug of ours",
    { timeout: 120_000 },
    async (call) => {
      for (const code of errnos) {
        const error = await session(call, code);
        expect(error, code).toBeInstanceOf(BootlaceError);
        expect((error as BootlaceError).code, code).not.toBe("INTERNAL");
      }
    },
  );
});

describe("a system without the call", () => {
  it("of a settings query says nothing about the port: nobody answers on it, and that is told", async () => {
    expect(await session("getBaudRate", "ENOSYS")).toMatchObject({ code: "NO_REPLY" });
  });
});
