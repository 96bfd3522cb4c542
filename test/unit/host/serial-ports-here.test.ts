import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { serialPortsHere } from "../../../src/host/serial-ports-here.js";

const COM3 = { path: "COM3", manufacturer: "FTDI", serialNumber: "A50285BI" };

it("on Windows the ports are those that serialport lists, and may be used as far as is known", async () => {
  expect(await serialPortsHere(undefined, "win32", () => Promise.resolve([COM3]))).toEqual([
    {
      port: { path: "COM3", usbName: "FTDI", usbSerial: "A50285BI", links: [] },
      node: { path: "COM3", state: "usable" },
    },
  ]);
});

it("on macOS a port is named by the device that does not wait for a carrier", async () => {
  const listed = [{ path: "/dev/tty.usbserial-1410" }];
  const ports = await serialPortsHere(undefined, "darwin", () => Promise.resolve(listed));
  expect(ports.map(({ port }) => port)).toMatchObject([{ path: "/dev/cu.usbserial-1410", links: [] }]);
});

it("another machine's tree of files is read as Linux's", async () => {
  const root = mkdtempSync(join(tmpdir(), "bootlace-root-"));
  try {
    const list = () => Promise.reject(new Error("not asked"));
    expect(await serialPortsHere(root, "win32", list)).toEqual([]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
