/**
 * Which C library this process was built for. node-gyp-build, by which our addon and serialport's find their binary, knows musl by a file
 * of Alpine's only; on Buildroot, Void or OpenWrt it would take the one for glibc.
 */
import { closeSync, openSync, readSync } from "node:fs";

/** Where a program names its loader (ELF, PT_INTERP): right behind the headers. */
const HEAD_BYTES = 4096;

/** @returns false on other systems than Linux, and where the program cannot be read */
export function isMusl(program = process.execPath): boolean {
  if (process.platform !== "linux") return false;
  try {
    const file = openSync(program, "r");
    const head = new Uint8Array(HEAD_BYTES);
    try {
      readSync(file, head);
    } finally {
      closeSync(file);
    }
    return new TextDecoder("latin1").decode(head).includes("/ld-musl-");
  } catch {
    return false;
  }
}

/** Says it to node-gyp-build, in the variable that it reads when it is loaded. What the user has set stays. */
export function tellLibc(): void {
  if (isMusl()) process.env["LIBC"] ??= "musl";
}
