/** What a failed system call on an open serial port means: mostly that its adapter was pulled out. */
import { BootlaceError, type ErrorCode, type SystemError } from "../../errors.js";
import { toSystemError, type PortBinding } from "./port.js";

/**
 * A tty that was hung up answers every call with EIO, a vanished USB adapter with ENXIO or ENODEV, and its descriptor becomes EBADF when
 * the binding closes it (Linux: drivers/tty/tty_io.c, hung_up_tty_ioctl).
 */
const CODES: Readonly<Record<string, ErrorCode>> = {
  EIO: "ADAPTER_GONE",
  ENXIO: "ADAPTER_GONE",
  ENODEV: "ADAPTER_GONE",
  EBADF: "ADAPTER_GONE",
  EPIPE: "ADAPTER_GONE",
  ESHUTDOWN: "ADAPTER_GONE",
  EACCES: "NO_PERMISSION",
  EPERM: "NO_PERMISSION",
};

export function portFailure(path: string, error: unknown, syscall: string): BootlaceError {
  if (error instanceof BootlaceError) return error;
  const cause = toSystemError(error, syscall);
  const code = CODES[cause.code] ?? "BUS_FAILED";
  const what = code === "ADAPTER_GONE" ? "is gone" : code === "NO_PERMISSION" ? "may not be used" : "failed";
  return new BootlaceError(code, `the serial port ${path} ${what}`, {}, { cause });
}

/** The system has no such call (an emulator without TCGETS2): that says nothing about the port. */
export const isUnknownCall = (error: unknown): boolean =>
  error instanceof BootlaceError && (error.cause as Partial<SystemError> | undefined)?.code === "ENOSYS";

/** The port with errors in our words, whichever call fails. */
export function guarded(port: PortBinding, path: string): PortBinding {
  const ours = async <T>(syscall: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw portFailure(path, error, syscall);
    }
  };
  return {
    get fd() {
      return port.fd;
    },
    get isOpen() {
      return port.isOpen;
    },
    read: (...args) => ours("read", () => port.read(...args)),
    write: (bytes) => ours("write", () => port.write(bytes)),
    drain: () => ours("tcdrain", () => port.drain()),
    flush: () => ours("tcflush", () => port.flush()),
    set: (lines) => ours("ioctl(TIOCMSET)", () => port.set(lines)),
    get: () => ours("ioctl(TIOCMGET)", () => port.get()),
    update: (options) => ours("tcsetattr", () => port.update(options)),
    getBaudRate: () => ours("tcgetattr", () => port.getBaudRate()),
    close: () => ours("close", () => port.close()),
  } as PortBinding;
}
