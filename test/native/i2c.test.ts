import { describe, expect, it } from "vitest";
import { answerOf, runChild } from "./harness.js";
import type { ChildOptions, ChildResult } from "./harness.js";

interface Run {
  status: number;
  step: number;
  reply: number;
  errno: number;
  reads: number[];
  frames: number;
  bytes: number;
  tries: number;
}

const child = (name: string, standIn: ChildOptions["standIn"] = {}): Promise<ChildResult> =>
  runChild("i2c", { args: [name], standIn });
const transfers = (result: ChildResult): string[] => result.log.filter((line) => line.startsWith("rdwr"));

describe("the step runner", () => {
  it("sends each write, read and try of a poll as one I2C_RDWR with one message", async () => {
    const result = await child("run", { replies: "7679" });
    expect(answerOf<Run>(result)).toEqual({
      status: 0,
      step: -1,
      reply: -1,
      errno: 0,
      reads: [0, 1, 2, 0, 1],
      frames: 5,
      bytes: 3 + 1 + 2 + 2,
      tries: 2,
    });
    expect(transfers(result)).toEqual([
      "rdwr 7 56/0001/3",
      "rdwr 7 56/0000/1:09",
      "rdwr 7 56/0001/2",
      "rdwr 7 56/0001/1",
      "rdwr 7 56/0001/1",
    ]);
  });

  it("polls through busy bytes and goes on at the accepted one", async () => {
    const run = answerOf<Run>(await child("command", { replies: "76767679" }));
    expect(run).toMatchObject({ status: 0, tries: 4, frames: 5, reply: 0x79 });
  });

  it("stops at a byte that is neither, and tells it", async () => {
    const run = answerOf<Run>(await child("command", { replies: "761f" }));
    expect(run).toMatchObject({ status: 2, step: 1, reply: 0x1f, tries: 2 });
  });

  it("gives up at the deadline with the last busy byte", async () => {
    const answer = answerOf<object>(await child("pollTimeout", { replies: "76" }));
    expect(answer).toMatchObject({ name: "StepError", index: 1, failure: "timeout", reply: 0x76 });
  });

  it("stops at a failed system call and names step, errno and call", async () => {
    const answer = answerOf<object>(await child("exchangeFailure", { fail: "3:121" }));
    expect(answer).toMatchObject({
      message: "step 3 failed: system",
      index: 3,
      failure: "system",
      why: "EREMOTEIO: remote I/O error, ioctl(I2C_RDWR)",
      whyCode: "EREMOTEIO",
    });
  });

  it.each([
    [6, "ENXIO: no such device or address, ioctl(I2C_RDWR)"],
    [11, "EAGAIN: resource temporarily unavailable, ioctl(I2C_RDWR)"],
    [19, "ENODEV: no such device, ioctl(I2C_RDWR)"],
    [74, "EBADMSG: ioctl(I2C_RDWR)"],
    [95, "EOPNOTSUPP: operation not supported, ioctl(I2C_RDWR)"],
    [110, "ETIMEDOUT: connection timed out, ioctl(I2C_RDWR)"],
  ])("words errno %i as %s", async (errno, why) => {
    expect(answerOf<object>(await child("exchangeFailure", { fail: `0:${errno}` }))).toMatchObject({ why });
  });

  it("takes fewer messages than asked for as a failure, never as success", async () => {
    const answer = answerOf<object>(await child("exchangeFailure", { short: 1 }));
    expect(answer).toMatchObject({ index: 1, why: "EIO: i/o error, ioctl(I2C_RDWR)" });
  });

  it("combines a write with the read or try after it, with a STOP between, when told to", async () => {
    const result = await child("combined", { replies: "7679" });
    expect(answerOf<Run>(result)).toMatchObject({ status: 0, tries: 2, frames: 6, reads: [0, 1] });
    expect(transfers(result)).toEqual([
      "rdwr 7 56/8000/2:31ce 56/0001/1",
      "rdwr 7 56/0001/1",
      "rdwr 7 56/8000/1:01 56/0001/2",
      "rdwr 7 56/0000/1:02",
    ]);
  });

  it("combines nothing across a first wait", async () => {
    const result = await child("combinedLate");
    expect(transfers(result)).toEqual(["rdwr 7 56/0000/1:01", "rdwr 7 56/0001/1"]);
  });

  it("talks to address 0x78", async () => {
    const result = await child("highAddress");
    expect(transfers(result)).toEqual(["rdwr 7 78/0000/2:31ce", "rdwr 7 78/0001/1"]);
  });

  it.each([
    ["abortInDelay", 1],
    ["abortInPoll", 1],
    ["abortInFirstWait", 0],
  ])("is aborted while it waits: %s", async (name, step) => {
    const run = answerOf<Run>(await child(name, { replies: "76" }));
    expect(run).toMatchObject({ status: 4, step });
  });

  it("is aborted between two steps, and runs none of the rest", async () => {
    const result = await child("abortBetween", { delay_us: 5000 });
    const run = answerOf<Run>(result);
    expect(run.status).toBe(4);
    expect(transfers(result)).toHaveLength(run.step);
  });
});

describe("the bus", () => {
  it("reads I2C_FUNCS as 32 bits", async () => {
    expect(answerOf(await child("functionality", { funcs: "0xFEFF8007" }))).toBe(0xfeff_8007);
  });

  it("does any combined transaction in one I2C_RDWR, flags and block lengths as given", async () => {
    const result = await child("transfer");
    expect(answerOf(result)).toEqual([[0, 1, 2, 3], [3, 0xa1, 0xa2, 0xa3, 0xa4], []]);
    expect(transfers(result)).toEqual(["rdwr 7 50/0000/2:1020 50/0001/4 3aa/8010/1:01 51/0401/34 51/0001/0"]);
  });

  it("rejects a failed transaction with errno, name and system call", async () => {
    const answer = answerOf<object>(await child("transferFailure", { fail: "0:121" }));
    expect(answer).toMatchObject({ code: "EREMOTEIO", errno: 121, syscall: "ioctl(I2C_RDWR)" });
  });

  it("runs two buses at once", async () => {
    const { log } = await child("parallel", { delay_us: 3000 });
    const marks = log.filter((line) => /^(begin|end)/.test(line));
    const overlaps = marks.filter((line, i) => line.startsWith("begin") && marks[i + 1]?.startsWith("begin"));
    expect(overlaps.length).toBeGreaterThan(0);
  });

  it("runs the lists of one path one after the other", async () => {
    const result = await child("inTurn", { delay_us: 200 });
    const addresses = transfers(result).map((line) => line.slice(7, 9));
    expect(addresses).toEqual([...Array<string>(20).fill("10"), ...Array<string>(20).fill("11")]);
  });

  it("touches I2C_TIMEOUT only when a step needs more than 1 s or than was set, and never lowers it", async () => {
    const { log } = await child("timeouts");
    expect(log.filter((line) => /^(timeout|retries)/.test(line))).toEqual([
      "retries 7 3",
      "timeout 7 124",
      "timeout 7 501",
    ]);
  });

  it.each([25, 22])("goes on when I2C_TIMEOUT is refused with errno %i", async (errno) => {
    const result = await child("timeouts", { timeout: errno });
    expect(answerOf(result)).toBe("done");
  });

  it("closes after what was started, and once", async () => {
    const result = await child("closeWhilePending", { delay_us: 1000 });
    expect(answerOf(result)).toMatchObject({
      first: 0,
      second: 0,
      closed: "closed",
      late: { message: "/dev/i2c-7 is closed" },
    });
    expect(transfers(result)).toHaveLength(6);
    expect(result.log.filter((line) => line.startsWith("close"))).toEqual(["close 7"]);
    expect(result.log.at(-1)).toBe("close 7");
  });

  it("keeps the descriptor open until work in flight has ended, when the handle is closed under it", async () => {
    const result = await child("nativeCloseWhilePending", { delay_us: 5000 });
    expect(answerOf(result)).toMatchObject({ status: 0, late: { code: "EBADF", syscall: "handle" } });
    expect(result.log.at(-1)).toBe("close 7");
    expect(transfers(result)).toHaveLength(2);
  });

  it("rejects an aborted exchange with the signal's reason", async () => {
    expect(answerOf(await child("signal"))).toMatchObject({ message: "stopped by the test" });
  });
});

describe("opening", () => {
  it.each([
    [13, "NO_PERMISSION", "/dev/i2c-7: permission denied", "EACCES: permission denied, open"],
    [1, "NO_PERMISSION", "/dev/i2c-7: permission denied", "EPERM: operation not permitted, open"],
    [19, "NO_DEVICE", "/dev/i2c-7: there is no I2C adapter behind it", "ENODEV: no such device, open"],
    [
      6,
      "NO_DEVICE",
      "/dev/i2c-7: there is no I2C adapter behind it",
      "ENXIO: no such device or address, open",
    ],
    [24, "BUS_FAILED", "/dev/i2c-7: it cannot be opened", "EMFILE: too many open files, open"],
  ])("tells errno %i as %s", async (errno, code, message, why) => {
    expect(answerOf(await child("openFailure", { open: errno }))).toMatchObject({ code, message, why });
  });

  it("says that a path does not exist", async () => {
    expect(answerOf(await child("nowhere"))).toMatchObject({
      code: "NO_DEVICE",
      message: "/dev/i2c-nowhere: there is no such device",
      whyCode: "ENOENT",
    });
    expect(answerOf(await child("nowhereNative"))).toMatchObject({
      code: "ENOENT",
      errno: 2,
      syscall: "open",
      message: "ENOENT: no such file or directory, open",
    });
  });

  it("says that /dev/null is not an I2C bus", async () => {
    expect(answerOf(await child("devNull"))).toMatchObject({
      code: "NO_DEVICE",
      message: "/dev/null: it is not an I2C bus",
      why: "ENOTTY: inappropriate ioctl for device, ioctl(I2C_FUNCS)",
    });
    expect(answerOf(await child("devNullTransfer"))).toMatchObject({
      code: "ENOTTY",
      syscall: "ioctl(I2C_RDWR)",
    });
  });

  it("refuses an SMBus-only adapter before any byte, and says what it lacks", async () => {
    const result = await child("openFailure", { funcs: "0x0EFF0008" });
    expect(answerOf(result)).toMatchObject({
      code: "SMBUS_ONLY",
      message:
        "/dev/i2c-7 does SMBus transfers only: it lacks I2C_FUNC_I2C, plain I2C messages of any length (functionality 0x0EFF0008)",
    });
    expect(result.log).toEqual(["open 7", "close 7"]);
  });
});
