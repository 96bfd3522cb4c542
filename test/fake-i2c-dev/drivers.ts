/**
 * What kernel drivers make of messages, long ones above all: options for a bus. From the drivers' sources (drivers/hid, drivers/i2c/busses
 * of Linux 6.1 unless said otherwise) and not from src/host/adapter-limits.ts, which is held to account by them.
 */
import { READ, type BusOptions, type ErrnoName, type Message } from "./bus.js";

type Driver = Pick<BusOptions, "name" | "driver" | "quirks" | "puts" | "nackErrno">;

const reads = ({ flags }: Message): boolean => (flags & READ) !== 0;
const cut = (message: Message, from: number, to: number): Message => {
  const bytes = message.bytes.slice(from, to);
  return { ...message, bytes, length: bytes.length };
};

/** hid-cp2112.c, cp2112_i2c_write_req: the length is a u8; cp2112_read_req: 1 to 512. The chip ignores a length of 0. */
function cp2112(message: Message): ErrnoName | readonly Message[] {
  if (reads(message)) return message.length >= 1 && message.length <= 512 ? [message] : "EINVAL";
  const length = message.length & 0xff;
  if (length > 61) return "EINVAL";
  return length === 0 ? "EAGAIN" : [cut(message, 0, length)];
}

/** hid-ft260.c, ft260_i2c_write: each 60 bytes with START and STOP; ft260_i2c_read: at most 180. */
function ft260(message: Message): ErrnoName | readonly Message[] {
  if (reads(message)) return message.length <= 180 ? [message] : "EINVAL";
  const starts = Array.from({ length: Math.ceil(message.length / 60) }, (_, piece) => 60 * piece);
  return starts.map((from) => cut(message, from, from + 60));
}

/** hid-ft260.c of Linux 6.12: a piece in the middle waits for the bus to be idle, and the first 120 bytes stand on the wire. */
const laterFt260 = (message: Message): ErrnoName | readonly Message[] =>
  !reads(message) && message.length > 120 ? "EIO" : [message];

const cp2112Name = "CP2112 SMBus Bridge on hidraw0";
const ft260Name = "FT260 usb-i2c bridge on hidraw0";
export const DRIVERS: readonly (Driver & { readonly kernel?: string; readonly longest: number })[] = [
  { driver: "cp2112", name: cp2112Name, puts: cp2112, nackErrno: "ETIMEDOUT", longest: 61 },
  { driver: "ft260", name: ft260Name, puts: ft260, nackErrno: "EIO", kernel: "6.1.0-49-amd64", longest: 60 },
  {
    driver: "ft260",
    name: "FT260 usb-i2c bridge",
    puts: laterFt260,
    nackErrno: "EIO",
    kernel: "6.12.1",
    longest: 120,
  },
  { driver: "mcp2221", name: "MCP2221 usb-i2c bridge", longest: 258 },
  { driver: "dln2-i2c", quirks: { maxWrite: 256, maxRead: 256 }, longest: 256 },
  { driver: "axxia-i2c", quirks: { maxWrite: 255, maxRead: 255 }, longest: 255 },
  { driver: "owl-i2c", quirks: { maxWrite: 240, maxRead: 240 }, longest: 240 },
  { driver: "xiic-i2c", quirks: { maxRead: 255 }, longest: 258 },
  { driver: "bcm-iproc-i2c", quirks: { maxRead: 255 }, longest: 258 },
  { driver: "tegra-bpmp-i2c", quirks: { maxWrite: 102, maxRead: 116, errno: "EINVAL" }, longest: 102 },
  { driver: "i2c_mlxcpld", quirks: { maxWrite: 36, maxRead: 32 }, longest: 36 },
  { driver: "i2c-cp2615", quirks: { maxWrite: 54, maxRead: 54 }, longest: 54 },
  { driver: "nct6694-i2c", quirks: { maxWrite: 64, maxRead: 64 }, longest: 64 },
  { driver: "i2c_ljca", quirks: { maxWrite: 57, maxRead: 57 }, longest: 57 },
  { name: "i2c-ch341-usb at bus 001 device 002", quirks: { maxWrite: 32, maxRead: 32 }, longest: 32 },
];
