/** Who has a serial port open, from /proc: for the message that it is locked. Linux only; what may not be looked into is passed over. */
import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";

export interface PortHolder {
  readonly pid: number;
  /** Its command line, "" when it cannot be read. */
  readonly command: string;
}

/** @returns another process rather than this one */
export async function portHolder(path: string, procFolder = "/proc"): Promise<PortHolder | undefined> {
  const target = await realpath(path).catch(() => path);
  let own: PortHolder | undefined;
  for (const name of await list(procFolder)) {
    if (!/^\d+$/.test(name)) continue;
    const folder = join(procFolder, name, "fd");
    const links = (await list(folder)).map((fd) => readlink(join(folder, fd)).catch(() => ""));
    if (!(await Promise.all(links)).includes(target)) continue;
    const command = await readFile(join(procFolder, name, "cmdline"), "utf8").catch(() => "");
    const holder = { pid: Number(name), command: command.replaceAll("\0", " ").trim() };
    if (holder.pid !== process.pid) return holder;
    own = holder;
  }
  return own;
}

const list = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
