import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerOf, runChild, startChild } from "./harness.js";

let folder = "";
let file = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bootlace-locks-"));
  file = join(folder, "lock");
  writeFileSync(file, "");
  symlinkSync(file, `${file}.link`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const answer = async <T = Record<string, unknown>>(name: string): Promise<T> =>
  answerOf<T>(await runChild("lines-and-locks", { args: [name, file], standIn: { file } }));

describe("GPIO lines (on the stand-in)", () => {
  it("are found, requested, set, read and given back", async () => {
    const result = await runChild("lines-and-locks", { args: ["gpio"] });
    const free = { consumer: "", flags: 4 };
    expect(answerOf(result)).toEqual({
      info: { name: "gpiochip0", label: "stand-in", lines: 4 },
      free: [
        { offset: 0, name: "BOOT0", ...free },
        { offset: 1, name: "NRST", ...free },
        { offset: 2, name: "", ...free },
        { offset: 3, name: "a-name-that-fills-all-32-bytes--", ...free },
      ],
      first: [1, 0],
      second: [0, 1],
      third: [0, 1],
      used: { offset: 1, name: "NRST", consumer: "bootlace", flags: 9 },
      busy: {
        code: "EBUSY",
        errno: 16,
        syscall: "ioctl(GPIO_V2_GET_LINE)",
        message: "EBUSY: resource busy or locked, ioctl(GPIO_V2_GET_LINE)",
      },
      closed: { code: "EBADF", errno: 9, syscall: "handle", message: "EBADF: bad file descriptor, handle" },
    });
    expect(result.log).toEqual([
      "gpio request bootlace flags 14a lines 2 mask 3 bits 1",
      "gpio set mask 2 bits 2",
      "gpio set mask 1 bits 0",
      "gpio configure flags 4 attrs 0",
      "gpio release",
    ]);
  });

  it("are refused with a reason when the request makes no sense", async () => {
    expect(await answer("gpioMistakes")).toEqual({
      none: { message: "there is no line to request" },
      fewValues: { message: "one value is needed for each line" },
      keepAtFirst: { message: "a value is none of those allowed" },
      outside: expect.objectContaining({ code: "EINVAL", syscall: "ioctl(GPIO_V2_GET_LINE)" }) as unknown,
      line: expect.objectContaining({ code: "EINVAL", syscall: "ioctl(GPIO_V2_GET_LINEINFO)" }) as unknown,
      notAChip: expect.objectContaining({ code: "ENOTTY", syscall: "ioctl(GPIO_GET_CHIPINFO)" }) as unknown,
      nowhere: expect.objectContaining({ code: "ENOENT", syscall: "open" }) as unknown,
    });
  });
});

describe("locks (on the real system)", () => {
  const locked = { state: "locked", errno: 0 };
  const held = { state: "held", errno: 0 };

  it("exclude another open file of the same process, byte by byte", async () => {
    expect(await answer("locks")).toEqual({
      take: locked,
      again: locked,
      held,
      neighbour: locked,
      mineFreeToMe: { state: "free", errno: 0, pid: 0 },
      heldByOther: { state: "held", errno: 0, pid: -1 },
      process: held,
      readOnly: { state: "unsupported", errno: 9 },
      still: held,
      released: locked,
      afterClose: locked,
    });
  });

  it("tell the pid of a process that holds a classic lock, and -1 for an open file's", async () => {
    const holder = await startChild("lines-and-locks", { args: ["hold", file] });
    await once(holder.stdout!, "data");
    expect(await answer("query")).toEqual({
      openFile: { state: "held", errno: 0, pid: -1 },
      process: { state: "held", errno: 0, pid: holder.pid },
    });
    holder.kill("SIGKILL");
    await once(holder, "exit");
    expect(await answer("query")).toEqual({
      openFile: { state: "free", errno: 0, pid: 0 },
      process: { state: "free", errno: 0, pid: 0 },
    });
  });

  it("are not taken on /dev/null, which every process shares", async () => {
    expect(await answer("devNull")).toEqual({ state: "unsupported", errno: 37 });
  });

  it("are offered by the bus object, one byte per address", async () => {
    expect(await answer("busLock")).toEqual(["locked", "held", "locked", "held", "locked", "locked"]);
  });

  it("open files as told: exclusively, through links or not", async () => {
    expect(await answer("files")).toEqual({
      exclusive: expect.objectContaining({ code: "EEXIST", syscall: "open" }) as unknown,
      link: expect.objectContaining({ code: "ELOOP" }) as unknown,
      followed: {},
      missing: expect.objectContaining({ code: "ENOENT" }) as unknown,
    });
  });
});
