import { afterEach, expect, it, vi } from "vitest";
import { BootlaceError } from "../../../../src/errors.js";
import { openSerial } from "../../../../src/transport/serial/serial.js";
import { serialport } from "../../../../src/transport/serial/library.js";

afterEach(() => vi.doUnmock("serialport"));

const failing = (error: Error): void => {
  vi.doMock("serialport", () => {
    throw error;
  });
};

it("without the package serialport a port says so, with a status of its own", async () => {
  const cause = Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
  vi.doMock("serialport", () => Promise.reject(cause));
  const error: unknown = await openSerial({ path: "/dev/ttyUSB7" }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(BootlaceError);
  expect(error).toMatchObject({ code: "SERIALPORT_MISSING", exitStatus: 18 });
  expect((error as BootlaceError).hint).toContain("`npm install serialport`");
});

it("with a binding that does not load it names the platform and keeps the loader's words", async () => {
  failing(new Error("No native build was found"));
  const error = (await serialport().catch((error: unknown) => error)) as BootlaceError;
  expect(error.message).toBe(
    `the package serialport, which opens serial ports, does not load on ${process.platform}-${process.arch}`,
  );
  expect(error.cause).toBeInstanceOf(Error);
});
