// Puts the headers of Node-API beside the addon's sources, before the package is made: so it can be built from the package, or from the
// source tarball, with a C++ compiler and nothing from the network.
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const target = join(root, "native/node-api");

mkdirSync(target, { recursive: true });
for (const folder of ["node_modules/node-addon-api", "node_modules/node-api-headers/include"])
  for (const name of readdirSync(join(root, folder)))
    if (name.endsWith(".h")) copyFileSync(join(root, folder, name), join(target, name));
for (const name of ["node-addon-api", "node-api-headers"])
  copyFileSync(
    join(root, "node_modules", name, name === "node-addon-api" ? "LICENSE.md" : "LICENSE"),
    join(target, `LICENSE.${name}`),
  );
