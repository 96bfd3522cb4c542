import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, mkdirSync, writeFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { BootlaceError } from "../../../../src/errors.js";
import { PtyLine } from "../../../../src/simulator/pty-line.js";
import { openSerial, SerialTransport } from "../../../../src/transport/serial/serial.js";
import type { SerialOptions } from "../../../../src/transport/serial/serial.js";
import { portHolder } from "../../../../src/transport/serial/holder.js";
import { toSystemError } from "../../../../src/transport/serial/port.js";
import type { PortBinding } from "../../../../src/transport/serial/port.js";
import { guardTty, refuseMiniUart } from "../../../../src/transport/serial/tty.js";
import { delay, read, write } from "../../../../src/transport/transport.js";
import type { PollStep } from "../../../../src/transport/transport.js";

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A pseudo-terminal whose other end is `answer`. */
function peer(answer: (bytes: Uint8Array) => Uint8Array | undefined = () => undefined) {
  const received: number[] = [];
  const line = new PtyLine((bytes) => {
    received.push(...bytes);
    const reply = answer(bytes);
    if (reply) line.send(reply);
  });
  closers.push(() => line.close());
  return { line, received };
}

async function open(path: string, options: Partial<SerialOptions> = {}): Promise<SerialTransport> {
  const port = await openSerial({ path, mode: "8n1", ...options });
  closers.push(() => port.close());
  return port;
}

const poll = (accept: number, timeoutMs = 1000, more: Partial<PollStep> = {}): PollStep => ({
  kind: "poll",
  accept,
  timeoutMs,
  ...more,
});
const bytes = (...values: number[]) => Uint8Array.from(values);
const failure = async (promise: Promise<unknown>): Promise<BootlaceError> => {
  const error: unknown = await promise.then(
    () => new Error("did not fail"),
    (reason: unknown) => reason,
  );
  if (error instanceof BootlaceError) return error;
  throw error;
};

describe("a serial port", () => {
  test("carries all byte values both ways, unchanged", async () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const { line, received } = peer();
    const port = await open(line.path);
    line.send(all);
    expect((await port.exchange([write(all), read(256)])).reads).toEqual([all]);
    while (received.length < 256) await port.exchange([delay(1)]);
    expect(Uint8Array.from(received)).toEqual(all);
  });

  test("keeps bytes that came unasked for the next read, as on a stream", async () => {
    const { line } = peer();
    const port = await open(line.path);
    line.send(bytes(0x79, 1, 2, 3));
    expect((await port.exchange([poll(0x79), read(2)])).reads).toEqual([bytes(1, 2)]);
    expect((await port.exchange([read(1)])).reads).toEqual([bytes(3)]);
  });

  test("names the step that timed out and the last byte that came", async () => {
    const { line } = peer();
    const port = await open(line.path);
    line.send(bytes(0x79, 5));
    const steps = [poll(0x79), read(2, 30), write(bytes(1))];
    await expect(port.exchange(steps)).rejects.toMatchObject({ index: 1, failure: "timeout", reply: 5 });
  });

  test("reads on through busy bytes, and stops at one that is neither busy nor accepted", async () => {
    const { line } = peer();
    const port = await open(line.path);
    line.send(bytes(0x76, 0x76, 0x79, 0x76, 0x1f));
    expect((await port.exchange([poll(0x79, 500, { busy: 0x76 })])).busy).toBe(2);
    await expect(port.exchange([poll(0x79, 500, { busy: 0x76 })])).rejects.toMatchObject({
      index: 0,
      failure: "unexpected",
      reply: 0x1f,
    });
  });

  test("discards what is there and what still trickles in", async () => {
    const { line } = peer();
    const port = await open(line.path);
    line.send(bytes(1, 2, 3));
    const late = setTimeout(() => line.send(bytes(4, 5)), 10);
    await port.discardInput();
    clearTimeout(late);
    await expect(port.exchange([read(1, 20)])).rejects.toMatchObject({
      failure: "timeout",
      reply: undefined,
    });
  });

  test("gives up on a line that never becomes quiet", async () => {
    const { line } = peer();
    const port = await open(line.path);
    const chatter = setInterval(() => line.send(bytes(0x55)), 5);
    closers.push(() => clearInterval(chatter));
    const error = await failure(port.discardInput());
    const start = `${line.path} does not become quiet: bytes keep coming that nobody asked for, 0x55`;
    expect(error.message.startsWith(start)).toBe(true);
    expect(error.commandHint).toContain("Something else talks on this line: an application");
    expect(error.code).toBe("BUS_FAILED");
  });

  test("describes itself", async () => {
    const { line } = peer();
    const port = await open(line.path, { baud: 57600 });
    expect(port.description).toBe(`${line.path} at 57600 baud 8N1`);
    expect(port.notes).toContain("low latency mode is off"); // a pseudo-terminal has none
  });

  test("refuses an exchange after it was closed", async () => {
    const { line } = peer();
    const port = await open(line.path);
    await port.close();
    const error = await failure(port.exchange([read(1)]));
    expect(error.message).toBe(`${line.path} is closed`);
  });

  test("fails with EIO when the other end vanishes in the middle of a wait", async () => {
    const { line } = peer();
    const port = await open(line.path);
    const waiting = port.exchange([poll(0x79, 20_000)]);
    setTimeout(() => line.close(), 20);
    await expect(waiting).rejects.toMatchObject({
      index: 0,
      failure: "system",
      cause: { code: "ADAPTER_GONE" },
    });
  });

  test("says that modem lines do not exist on a pseudo-terminal", async () => {
    const { line } = peer();
    const port = await open(line.path);
    await expect(port.setLines({ dtr: true })).rejects.toMatchObject({
      code: "BUS_FAILED",
      cause: { code: "ENOTTY", syscall: "ioctl(TIOCMSET)" },
    });
  });

  test("does not begin to open when the signal is aborted already", async () => {
    const signal = AbortSignal.abort(new Error("no"));
    await expect(openSerial({ path: "/dev/none", signal })).rejects.toThrow("no");
  });
});

describe("opening", () => {
  test("a port that does not exist", async () => {
    const error = await failure(openSerial({ path: "/dev/ttyNONE7" }));
    expect(error.message).toBe("there is no serial port /dev/ttyNONE7");
    expect(error.code).toBe("NO_DEVICE");
    expect(error.cause).toMatchObject({ code: "ENOENT", errno: 2, syscall: "open" });
  });

  test("something that is no serial port", async () => {
    const error = await failure(openSerial({ path: "/dev/null" }));
    expect(error.message).toBe("/dev/null is not a serial port");
    expect(error.cause).toMatchObject({ code: "ENOTTY", errno: 25 });
  });

  test("a port that this process has open already", async () => {
    const { line } = peer();
    await open(line.path);
    const error = await failure(openSerial({ path: line.path, mode: "8n1" }));
    expect(error.message).toBe(`${line.path} is locked by this process already`);
    expect(error.code).toBe("TARGET_LOCKED");
    expect(error.cause).toMatchObject({ code: "EAGAIN", errno: 11 });
  });

  test("a port that another process has locked", async () => {
    const { line } = peer();
    const holder = spawn("flock", ["--exclusive", line.path, "sh", "-c", "echo held; sleep 20"]);
    closers.push(() => void holder.kill());
    await once(holder.stdout, "data");
    const error = await failure(openSerial({ path: line.path, mode: "8n1" }));
    expect(error.message).toMatch(/ is locked by process \d+ \((flock|sh|sleep) .*\)$/);
    expect(error.code).toBe("TARGET_LOCKED");
  });

  test("a port that one process has locked and others have open: the one that locked it is named", async () => {
    const { line } = peer();
    const logger = spawn("sh", ["-c", `exec 9<>${line.path}; echo open; exec sleep 21`]);
    closers.push(() => void logger.kill());
    await once(logger.stdout, "data");
    const holder = spawn("flock", ["--exclusive", line.path, "sh", "-c", "echo held; sleep 20"]);
    closers.push(() => void holder.kill());
    await once(holder.stdout, "data");
    const error = await failure(openSerial({ path: line.path, mode: "8n1" }));
    expect(error.message).toMatch(/ is locked by process \d+ \((flock|sh|sleep 20)/);
    expect(error.message).not.toContain("sleep 21");
  });

  test("a pseudo-terminal in 8E1: it has no parity, and says so", async () => {
    const { line } = peer();
    const error = await failure(openSerial({ path: line.path, mode: "8e1" }));
    expect(error.message).toBe(`${line.path} did not take 8E1: its driver set 8N1`);
    expect(error.commandHint).toContain("A pseudo-terminal has none; use --mode 8n1 there.");
    expect(error.code).toBe("ADAPTER_LIMIT");
  });

  test.each([
    ["Error: Permission denied, cannot open /dev/x", "EACCES", 13],
    ["Error: Device or resource busy, cannot open /dev/x", "EBUSY", 16],
    ["Error: Resource busy, cannot open /dev/cu.x", "EBUSY", 16],
    ["Error: No such device or address, cannot open /dev/x", "ENXIO", 6],
    ["Error: No such device, cannot open /dev/x", "ENODEV", 19],
    ["Error: Not a tty setting custom baud rate of 9600", "ENOTTY", 25],
    ["Error Resource temporarily unavailable Cannot lock port", "EAGAIN", 11],
    ["Opening COM3: File not found", "ENOENT", 2],
    ["Opening COM3: Access denied", "EBUSY", 16],
    ["Reading from COM port (GetOverlappedResult): Operation aborted", "ENODEV", 19],
    ["Opening COM3: Unknown error code 31", "UNKNOWN", 0],
  ])("gives back the errno of %j", (text, code, errno) => {
    expect(toSystemError(new Error(text), "open")).toMatchObject({
      code,
      errno,
      syscall: "open",
      message: text,
    });
  });
});

/** A port that answers as the test says, for what a pseudo-terminal cannot do. */
class FakePort implements PortBinding {
  readonly fd = 99;
  isOpen = true;
  readonly calls: string[] = [];
  lowLatency = false;
  baudRate = 115_200;
  answer: () => Promise<Uint8Array> = () => new Promise(() => undefined);

  async read(buffer: Buffer): Promise<{ bytesRead: number }> {
    const reply = await this.answer();
    buffer.set(reply);
    return { bytesRead: reply.length };
  }
  async write(buffer: Buffer): Promise<void> {
    this.calls.push(`write ${buffer.toString("hex")}`);
  }
  async drain(): Promise<void> {
    this.calls.push("drain");
  }
  async flush(): Promise<void> {
    this.calls.push("flush");
  }
  async set(lines: { dtr: boolean; rts: boolean; brk: boolean; lowLatency?: boolean }): Promise<void> {
    this.calls.push(`set ${JSON.stringify(lines)}`);
    this.lowLatency = lines.lowLatency ?? false;
  }
  async get(): Promise<{ cts: boolean; lowLatency: boolean }> {
    return { cts: false, lowLatency: this.lowLatency };
  }
  async update({ baudRate }: { baudRate: number }): Promise<void> {
    this.calls.push(`update ${baudRate}`);
  }
  async getBaudRate(): Promise<{ baudRate: number }> {
    return { baudRate: this.baudRate };
  }
  async close(): Promise<void> {
    this.calls.push("close");
    this.isOpen = false;
  }
}

const onFake = (settings: { dtr?: boolean } = {}) => {
  const port = new FakePort();
  const transport = new SerialTransport(
    port,
    { path: "/dev/ttyS9", baud: 115_200, mode: "8e1", hangUp: true },
    settings,
  );
  return { port, transport };
};

describe("on a port of which every call is seen", () => {
  test("drains before a delay and after a list that ends with a write, not in between", async () => {
    const { port, transport } = onFake();
    port.answer = async () => bytes(0x79);
    await transport.exchange([write(bytes(1)), poll(0x79), write(bytes(2)), delay(1), write(bytes(3))]);
    expect(port.calls).toEqual(["write 01", "write 02", "drain", "write 03", "drain"]);
  });

  test("turns low latency on without moving DTR and RTS, and keeps it when they are set", async () => {
    const { port, transport } = onFake();
    await transport.prepare(true, undefined);
    await transport.setLines({ rts: false });
    expect(port.calls).toEqual([
      'set {"dtr":true,"rts":true,"brk":false,"lowLatency":true}',
      "drain",
      'set {"dtr":true,"rts":false,"brk":false,"lowLatency":true}',
    ]);
    expect(transport.notes).toContain("low latency mode is on");
  });

  test("touches no line when nothing is asked for", async () => {
    const { port, transport } = onFake();
    await transport.prepare(false, undefined);
    expect(port.calls).toEqual([]);
  });

  test("sets DTR as asked for at opening", async () => {
    const { port, transport } = onFake({ dtr: false });
    await transport.prepare(false, undefined);
    expect(port.calls).toEqual(['set {"dtr":false,"rts":true,"brk":false,"lowLatency":false}']);
  });

  test("goes down to lower rates one by one, and back to the first after the last", async () => {
    const { port, transport } = onFake();
    port.update = async ({ baudRate }) => void (port.baudRate = baudRate);
    const rates: number[] = [];
    while (await transport.slowDown()) rates.push(transport.baud);
    expect(rates).toEqual([57_600, 19_200, 9_600]);
    expect(transport.description).toContain("at 115200 baud");
    expect(transport.baud).toBe(115_200);
  });

  test("refuses a rate that the driver did not take", async () => {
    const { port, transport } = onFake();
    port.baudRate = 100_000;
    const error = await failure(transport.prepare(false, undefined));
    expect(error.message).toBe("/dev/ttyS9 cannot do 115200 baud: its driver set 100000");
    expect(error.code).toBe("ADAPTER_LIMIT");
  });

  test("a read that fails names the step and keeps the errno", async () => {
    const { port, transport } = onFake();
    port.answer = () =>
      Promise.reject(
        Object.assign(new Error("EIO: i/o error, read"), { errno: -5, code: "EIO", syscall: "read" }),
      );
    await expect(transport.exchange([write(bytes(1)), read(1)])).rejects.toMatchObject({
      index: 1,
      failure: "system",
      cause: { code: "ADAPTER_GONE", cause: { errno: 5, code: "EIO", syscall: "read" } },
    });
  });

  test("a write that the system never takes fails as a time-out and is thrown away", async () => {
    const { port, transport } = onFake();
    port.write = () => new Promise(() => undefined);
    await expect(transport.exchange([write(bytes(1))])).rejects.toMatchObject({
      index: 0,
      failure: "timeout",
    });
    expect(port.calls).toEqual(["flush"]);
  });
});

describe("guards of a tty", () => {
  const tty = (settings: { dataBits: number; parity: number; stopBits: number }, calls: string[] = []) => ({
    ttyExclusive: (fd: number, on: boolean) => void calls.push(`exclusive ${fd} ${on}`),
    ttyCheckParity: (fd: number) => void calls.push(`parity ${fd}`),
    ttySettings: () => settings,
  });

  test("exclusive use and parity check are asked for, settings read back", () => {
    const calls: string[] = [];
    expect(
      guardTty(tty({ dataBits: 8, parity: 1, stopBits: 1 }, calls), 5, { path: "/dev/ttyS1", mode: "8e1" }),
    ).toEqual([]);
    expect(calls).toEqual(["exclusive 5 true", "parity 5"]);
  });

  test("without parity there is none to check", () => {
    const calls: string[] = [];
    guardTty(tty({ dataBits: 8, parity: 0, stopBits: 1 }, calls), 5, { path: "/dev/ttyS1", mode: "8n1" });
    expect(calls).toEqual(["exclusive 5 true"]);
  });

  test("what cannot be had is noted", () => {
    const refusing = {
      ...tty({ dataBits: 8, parity: 0, stopBits: 1 }),
      ttyExclusive: () => {
        throw new Error("EPERM");
      },
    };
    expect(guardTty(refusing, 5, { path: "/dev/ttyS1", mode: "8n1" })).toEqual(["no TIOCEXCL: EPERM"]);
  });

  test("a driver that did not take the format is refused", () => {
    const run = () =>
      guardTty(tty({ dataBits: 7, parity: 2, stopBits: 2 }), 5, { path: "/dev/ttyS1", mode: "8n1" });
    expect(run).toThrow("/dev/ttyS1 did not take 8N1: its driver set 7O2");
  });
});

describe("portHolder", () => {
  test("finds the process that has the port open, and its command line", async () => {
    const proc = mkdtempSync(join(tmpdir(), "proc-"));
    for (const [pid, target] of [
      ["41", "/dev/null"],
      ["42", "/dev/zero"],
    ] as const) {
      mkdirSync(join(proc, pid, "fd"), { recursive: true });
      symlinkSync(target, join(proc, pid, "fd/3"));
      writeFileSync(join(proc, pid, "cmdline"), `minicom\0-D\0${target}\0`);
    }
    mkdirSync(join(proc, "bus"));
    expect(await portHolder("/dev/zero", proc)).toEqual({ pid: 42, command: "minicom -D /dev/zero" });
    expect(await portHolder("/dev/full", proc)).toBeUndefined();
    expect(await portHolder("/dev/full", "/nowhere")).toBeUndefined();
  });
});

describe("the mini UART of a Raspberry Pi", () => {
  function sysfs(compatible: string): string {
    const root = mkdtempSync(join(tmpdir(), "sysfs-"));
    const uart = join(root, "devices/soc/3f215040.serial");
    mkdirSync(join(uart, "of_node"), { recursive: true });
    mkdirSync(join(uart, "3f215040.serial:0/3f215040.serial:0.0"), { recursive: true });
    writeFileSync(join(uart, "of_node/compatible"), `${compatible}\0`);
    mkdirSync(join(root, "class/tty/null"), { recursive: true });
    symlinkSync(join(uart, "3f215040.serial:0/3f215040.serial:0.0"), join(root, "class/tty/null/device"));
    return root;
  }

  test("is refused for 8E1, found through its port and controller devices", async () => {
    const error = await failure(refuseMiniUart("/dev/null", "8e1", sysfs("brcm,bcm2835-aux-uart")));
    expect(error.message).toBe("/dev/null is a mini UART: it has no parity bit, the bootloader needs one");
    expect(error.code).toBe("ADAPTER_LIMIT");
  });

  test("is fine for 8N1", () => refuseMiniUart("/dev/null", "8n1", sysfs("brcm,bcm2835-aux-uart")));
  test("a real UART is fine", () => refuseMiniUart("/dev/null", "8e1", sysfs("arm,pl011")));
  test("nothing is known of a port outside sysfs", () => refuseMiniUart("/dev/null", "8e1", "/nowhere"));
});
