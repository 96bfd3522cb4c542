/** What a device node lets this process do. */
import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import { readText } from "./sysfs.js";

export interface NodeAccess {
  readonly path: string;
  readonly state: "usable" | "missing" | "denied";
  /** Group that owns the node, its number where /etc/group does not name it. */
  readonly group?: string;
}

export function nodeAccess(path: string, root: string): NodeAccess {
  const full = join(root, path);
  try {
    const group = groupName(statSync(full).gid, root);
    try {
      accessSync(full, constants.R_OK | constants.W_OK);
      return { path, state: "usable", group };
    } catch {
      return { path, state: "denied", group };
    }
  } catch {
    return { path, state: "missing" };
  }
}

export const groupName = (id: number, root: string): string =>
  /^([^:]+):/.exec(
    (readText(join(root, "etc/group")) ?? "").split("\n").find((line) => line.split(":")[2] === `${id}`) ??
      "",
  )?.[1] ?? `${id}`;
