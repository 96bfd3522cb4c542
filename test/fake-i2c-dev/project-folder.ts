import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the package.json above this file; also right when this file was bundled into the cache. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "binding.gyp")) && !existsSync(join(folder, "eslint.config.js"))) {
    const above = dirname(folder);
    if (above === folder) throw new Error("not inside the project");
    folder = above;
  }
  return folder;
}
