/** The files of src, for tests that hold all of them to a rule. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface Source {
  /** From the root of the repository: "src/flash/connect.ts". */
  readonly path: string;
  readonly text: string;
}

/** @param room a folder of src: "flash", "cli/commands"; all of src without it */
export const sourcesOf = (room = ""): readonly Source[] =>
  readdirSync(join(ROOT, "src", room), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join("src", room, name))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
