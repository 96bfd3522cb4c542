/** Who is behind a lock, from /proc: for locks of an open file the kernel gives no pid (fcntl(2), F_OFD_GETLK). */
import { statSync } from "node:fs";
import { join } from "node:path";
import { namesIn, readText, resolveLink } from "./sysfs.js";

/** The command line of a process with blanks between its arguments, "" when it has none or it may not be read. */
export const commandOf = (pid: number, root: string): string =>
  (readText(join(root, `proc/${pid}/cmdline`)) ?? "").replaceAll("\0", " ").trim();

/**
 * Looks through the open files of every process that we may look into.
 * @returns the first that has an open file's lock on byte `offset` of the file
 */
export function findHolder(
  path: string,
  offset: number,
  root: string,
): { pid: number; command: string } | undefined {
  const target = resolveLink(join(root, path));
  if (target === undefined) return undefined;
  const inode = statSync(target).ino;
  for (const name of namesIn(join(root, "proc"))) {
    if (!/^\d+$/.test(name)) continue;
    const folder = join(root, "proc", name, "fdinfo");
    if (namesIn(folder).some((fd) => holds(readText(join(folder, fd)) ?? "", inode, offset)))
      return { pid: Number(name), command: commandOf(Number(name), root) };
  }
  return undefined;
}

/** A line of fdinfo (fs/locks.c, lock_get_status): "lock:\t1: OFDLCK ADVISORY  WRITE -1 00:05:120 86 86". */
const LOCK_LINE = /^lock:\s+\d+:\s+OFDLCK\s.*\s[0-9a-f]+:[0-9a-f]+:(\d+)\s+(\d+)\s+(\d+|EOF)$/gm;

const holds = (fdinfo: string, inode: number, offset: number): boolean =>
  [...fdinfo.matchAll(LOCK_LINE)].some(
    ([, ino, first, last]) =>
      Number(ino) === inode && Number(first) <= offset && (last === "EOF" || offset <= Number(last)),
  );
