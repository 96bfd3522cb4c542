/**
 * Opening a serial port: the `serialport` package's binding, and its errors with their
 * errno given back. The binding words the system's error and drops the number; the text is all that is left of it.
 */
import { constants } from "node:os";
import { BootlaceError } from "../../errors.js";
import type { SystemError } from "../../errors.js";
import { portHolder } from "./holder.js";
import { serialport } from "./library.js";
import { SERIAL_MODES } from "./mode.js";
import type { SerialMode } from "./mode.js";

/** What is used of @serialport/bindings-interface's BindingPortInterface; tests give their own. */
export interface PortBinding {
  /** Linux and macOS: the file descriptor. */
  readonly fd?: number | null;
  readonly isOpen: boolean;
  /** Waits for at least one byte. Rejects with `canceled: true` when the port is closed. */
  read(buffer: Uint8Array, offset: number, length: number): Promise<{ bytesRead: number }>;
  write(buffer: Uint8Array): Promise<void>;
  drain(): Promise<void>;
  /** Throws away input not yet read and output not yet sent. */
  flush(): Promise<void>;
  /** Sets all of them: what is left out is switched off. */
  set(lines: { dtr: boolean; rts: boolean; brk: boolean; lowLatency?: boolean }): Promise<void>;
  get(): Promise<{ readonly cts: boolean; readonly lowLatency?: boolean }>;
  update(options: { baudRate: number }): Promise<void>;
  getBaudRate(): Promise<{ baudRate: number }>;
  close(): Promise<void>;
}

export interface PortSettings {
  readonly path: string;
  readonly baud: number;
  readonly mode: SerialMode;
  /** Drop DTR and RTS when the port is closed (termios HUPCL). */
  readonly hangUp: boolean;
}

/** Opens exclusively: flock() on Linux and macOS, sharing mode 0 on Windows. @throws BootlaceError */
export async function openPort({ path, baud, mode, hangUp }: PortSettings): Promise<PortBinding> {
  const { SerialPort } = await serialport();
  try {
    return await SerialPort.binding.open({
      path,
      baudRate: baud,
      dataBits: 8,
      ...SERIAL_MODES[mode],
      lock: true,
      hupcl: hangUp,
    });
  } catch (error) {
    throw await openFailure(path, toSystemError(error, "open"));
  }
}

/** strerror() of glibc, musl and macOS (libuv's words are the same in small letters), and the binding's for Windows. Longest first: some begin alike. */
const ERROR_TEXTS: readonly (readonly [text: string, code: string])[] = [
  ["No such file or directory", "ENOENT"],
  ["No such device or address", "ENXIO"],
  ["Device not configured", "ENXIO"],
  ["No such device", "ENODEV"],
  ["Permission denied", "EACCES"],
  ["Operation not permitted", "EPERM"],
  ["Device or resource busy", "EBUSY"],
  ["Resource busy", "EBUSY"],
  ["Resource temporarily unavailable", "EAGAIN"],
  ["Inappropriate ioctl for device", "ENOTTY"],
  ["Not a tty", "ENOTTY"],
  ["Input/output error", "EIO"],
  ["I/O error", "EIO"],
  ["Is a directory", "EISDIR"],
  ["Invalid argument", "EINVAL"],
  ["Bad file descriptor", "EBADF"],
  ["Broken pipe", "EPIPE"],
  ["Too many open files", "EMFILE"],
  ["File not found", "ENOENT"], // Windows ERROR_FILE_NOT_FOUND
  ["Access denied", "EBUSY"], // Windows says so when another program has the port open
  ["The parameter is incorrect", "EINVAL"],
  ["Invalid handle", "EBADF"],
  ["Function not implemented", "ENOSYS"], // emulators without TCGETS2
  ["Operation aborted", "ENODEV"], // Windows ERROR_OPERATION_ABORTED: the adapter was pulled while reading
];

/** The binding's error with code, errno and syscall; what is already a system error (Node's own fs calls) is left as it is. */
export function toSystemError(error: unknown, syscall: string): SystemError {
  const known = error as Partial<SystemError>;
  if (error instanceof Error && typeof known.code === "string" && typeof known.errno === "number")
    return Object.assign(error, {
      code: known.code,
      errno: Math.abs(known.errno),
      syscall: known.syscall ?? syscall,
    });
  const text = error instanceof Error ? error.message : String(error);
  const code =
    ERROR_TEXTS.find(([words]) => text.toLowerCase().includes(words.toLowerCase()))?.[1] ?? "UNKNOWN";
  const errno = (constants.errno as Record<string, number>)[code] ?? 0;
  return Object.assign(new Error(text, { cause: error }), { code, errno, syscall });
}

const OPEN_FAILURES: Readonly<Record<string, (path: string) => BootlaceError>> = {
  ENOENT: (path) =>
    new BootlaceError("NO_DEVICE", `there is no serial port ${path}`, {
      hint: "`bootlace ports` lists what is there. A USB adapter has to be plugged in, and in a container the port has to be handed in.",
    }),
  ENODEV: (path) => new BootlaceError("NO_DEVICE", `there is no hardware behind ${path}`),
  ENXIO: (path) => new BootlaceError("NO_DEVICE", `there is no hardware behind ${path}`),
  EIO: (path) => new BootlaceError("NO_DEVICE", `there is no UART behind ${path}`),
  ENOTTY: (path) => new BootlaceError("NO_DEVICE", `${path} is not a serial port`),
  EISDIR: (path) => new BootlaceError("NO_DEVICE", `${path} is a directory, not a serial port`),
  EACCES: (path) =>
    new BootlaceError("NO_PERMISSION", `no permission to open ${path}`, {
      hint: "Add the user to the group that owns the port (`ls -l` shows it, mostly dialout), or run as root.",
    }),
  EPERM: (path) => new BootlaceError("NO_PERMISSION", `no permission to open ${path}`),
  EBUSY: (path) => new BootlaceError("TARGET_LOCKED", `${path} is in use`),
  EAGAIN: (path) => new BootlaceError("TARGET_LOCKED", `${path} is locked`), // flock() of the binding
};

async function openFailure(path: string, cause: SystemError): Promise<BootlaceError> {
  const known = OPEN_FAILURES[cause.code]?.(path);
  const error = known ?? new BootlaceError("BUS_FAILED", `cannot open ${path}: ${cause.message}`);
  const by = error.code === "TARGET_LOCKED" ? await heldBy(path) : "";
  return new BootlaceError(error.code, error.message + by, error.context, { cause });
}

async function heldBy(path: string): Promise<string> {
  const holder = await portHolder(path);
  if (!holder) return " by another process";
  const { pid, command } = holder;
  if (pid === process.pid) return " by this process already";
  return ` by process ${pid}${command === "" ? "" : ` (${command})`}`;
}
