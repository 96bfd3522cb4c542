/** Who has a serial port open, from /proc: for the message that it is locked. Linux only; what may not be looked into is passed over. */
import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";

export interface PortHolder {
  readonly pid: number;
  /** Its command line, "" when it cannot be read. */
  readonly command: string;
}

/**
 * @returns who holds the lock; where that cannot be seen, another process that has the port open rather than this one: a logger may have
 * it open beside the one that works on it
 */
export async function portHolder(path: string, procFolder = "/proc"): Promise<PortHolder | undefined> {
  const target = await realpath(path).catch(() => path);
  const open: PortHolder[] = [];
  for (const name of await list(procFolder)) {
    if (!/^\d+$/.test(name)) continue;
    const folder = join(procFolder, name);
    const fds = await fdsOf(folder, target);
    if (fds.length === 0) continue;
    const command = await readFile(join(folder, "cmdline"), "utf8").catch(() => "");
    const holder = { pid: Number(name), command: command.replaceAll("\0", " ").trim() };
    if (await isLocked(folder, fds)) return holder;
    open.push(holder);
  }
  return open.find(({ pid }) => pid !== process.pid) ?? open[0];
}

async function fdsOf(folder: string, target: string): Promise<string[]> {
  const fds = await list(join(folder, "fd"));
  const links = await Promise.all(fds.map((fd) => readlink(join(folder, "fd", fd)).catch(() => "")));
  return fds.filter((_, i) => links[i] === target);
}

/** A line of fdinfo (fs/locks.c, lock_get_status): "lock:\t1: FLOCK  ADVISORY  WRITE 1234 00:18:3 0 EOF". */
const LOCK_LINE = /^lock:\s+\d+:\s+FLOCK\s/m;

async function isLocked(folder: string, fds: readonly string[]): Promise<boolean> {
  const infos = fds.map((fd) => readFile(join(folder, "fdinfo", fd), "utf8").catch(() => ""));
  return (await Promise.all(infos)).some((info) => LOCK_LINE.test(info));
}

const list = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
