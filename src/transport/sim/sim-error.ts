/** What a simulated bus fails with: as a system call on Linux would, on any system. */
import type { SystemError } from "../../errors.js";

/** Numbers of Linux (asm-generic/errno-base.h, errno.h) and libuv's words. */
const ERRNO = {
  EAGAIN: [11, "resource temporarily unavailable"],
  EACCES: [13, "permission denied"],
  EOPNOTSUPP: [95, "operation not supported"],
  ENODEV: [19, "no such device"],
  EIO: [5, "i/o error"],
  ENXIO: [6, "no such device or address"],
  EBADF: [9, "bad file descriptor"],
  ETIMEDOUT: [110, "connection timed out"],
} as const;

export function simError(code: keyof typeof ERRNO): SystemError {
  const [errno, text] = ERRNO[code];
  return Object.assign(new Error(`${code}: ${text}, sim`), { errno, code, syscall: "sim" });
}
