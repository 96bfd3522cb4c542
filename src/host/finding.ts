/** What the doctor finds, and what it says of a device node. */
import type { NodeAccess } from "./node-access.js";

/** "bad" keeps it from working; "warning" may; "note" is good to know. */
export type FindingLevel = "ok" | "note" | "warning" | "bad";

export interface Finding {
  readonly level: FindingLevel;
  /** Some words: "module i2c-dev", "/dev/i2c-1". */
  readonly title: string;
  /** One or two sentences: what is so. */
  readonly detail: string;
  /** What to do about it. Every finding above "note" has one. */
  readonly nextStep?: string | undefined;
}

/** @param groupHint the group that mostly owns such nodes */
export function judgeNode(node: NodeAccess, uid: number, groupHint: string): Finding | undefined {
  if (node.state === "usable") return undefined;
  if (node.state === "missing")
    return {
      level: "bad",
      title: node.path,
      detail: "There is no such device node.",
      nextStep:
        "`bootlace ports` shows what is there; nodes of a container must be handed in (`docker run --device`).",
    };
  return {
    level: "bad",
    title: node.path,
    detail: `User ${uid} may not read and write it; it belongs to group ${node.group ?? "unknown"}.`,
    nextStep: groupStep(node.group, groupHint),
  };
}

/** Nobody is to join root for a device: it gets a group of its own. */
export function groupStep(group: string | undefined, usual: string): string {
  if (group !== "root")
    return `\`sudo usermod -aG ${group ?? usual} $USER\`, then log in again; or run as root.`;
  const rules = usual === "i2c" ? " (Debian: package i2c-tools has them)" : "";
  return `Let a udev rule give it to group ${usual}${rules}, or run as root.`;
}
