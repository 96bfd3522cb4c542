/** System calls of a session, as strace writes them down, and the errors that the kernel may answer them with (man-pages, section 2). */
import { readFileSync } from "node:fs";

/** One call of the session: which, and for which time. */
export interface Call {
  readonly name: string;
  /** From 1, among the calls of this name on the paths of the session. */
  readonly when: number;
}

const FILE = ["EACCES", "EIO", "ELOOP", "ENOENT", "ENOMEM", "ENOTDIR", "EPERM"];
const FULL = ["EDQUOT", "EFBIG", "EIO", "ENOSPC", "EROFS"];

/** Errors of EINTR are the C library's and libuv's to repeat; they are here where neither does. */
export const ERRORS_OF: Readonly<Record<string, readonly string[]>> = {
  open: [...FILE, "EBUSY", "EISDIR", "EMFILE", "ENFILE", "ENODEV", "ENXIO", "EROFS", "ENOSPC"],
  openat: [...FILE, "EBUSY", "EISDIR", "EMFILE", "ENFILE", "ENODEV", "ENXIO", "EROFS", "ENOSPC"],
  read: ["EBADF", "EINVAL", "EIO", "EISDIR", "ENXIO", "ENODEV"],
  readv: ["EIO"],
  pread64: ["EIO", "ENXIO", "EISDIR"],
  write: [...FULL, "EBADF", "ENXIO", "ENODEV", "EPERM", "EPIPE"],
  writev: [...FULL, "EPIPE"],
  pwrite64: FULL,
  ioctl: ["EACCES", "EBADF", "EBUSY", "EINVAL", "EIO", "ENODEV", "ENOMEM", "ENOTTY", "ENXIO", "EPERM"],
  fcntl: ["EACCES", "EAGAIN", "EBADF", "EDEADLK", "EINVAL", "ENOLCK"],
  flock: ["EBADF", "EINTR", "EINVAL", "ENOLCK", "EAGAIN"],
  fsync: FULL,
  fdatasync: FULL,
  ftruncate: [...FULL, "EPERM"],
  fstat: ["EIO", "ENOMEM", "EBADF"],
  statx: FILE,
  newfstatat: FILE,
  stat: FILE,
  access: [...FILE, "EROFS"],
  faccessat: [...FILE, "EROFS"],
  faccessat2: [...FILE, "EROFS"],
  readlink: FILE,
  rename: [...FILE, "EBUSY", "ENOSPC", "EROFS", "EXDEV"],
  unlink: [...FILE, "EBUSY", "EROFS"],
  mkdir: [...FILE, "ENOSPC", "EROFS"],
  close: ["EBADF", "EDQUOT", "EIO", "ENOSPC"],
};

/** First, second, third, one in the middle and the last of each name: what repeats answers alike. */
export function callsIn(log: string): Call[] {
  const counts = new Map<string, number>();
  for (const line of readFileSync(log, "utf8").split("\n")) {
    const name = /^(?:\d+ +)?(\w+)\(/.exec(line)?.[1];
    if (name !== undefined && name in ERRORS_OF) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].flatMap(([name, count]) =>
    [...new Set([1, 2, 3, Math.ceil(count / 2), count])]
      .filter((when) => when <= count)
      .map((when) => ({ name, when })),
  );
}
