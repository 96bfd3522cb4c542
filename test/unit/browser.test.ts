/** The core has nothing of Node's: it is bundled for a browser and writes a simulated chip where Node's globals are not. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build as esbuild, type Plugin } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { firmware } from "../support/sim-target.js";

const src = new URL("../../src/", import.meta.url).pathname;
const ROOMS = ["protocol", "flash", "image", "devices", "simulator", "transport/sim"];
/** These open something of the system's; who needs one loads it then. */
const OF_THE_SYSTEM = JSON.parse(
  readFileSync(new URL("../support/of-the-system.json", import.meta.url), "utf8"),
) as readonly string[];

const filesOf = (room: string): string[] =>
  readdirSync(join(src, room), { recursive: true, encoding: "utf8" })
    .map((file) => join(room, file))
    .filter((file) => file.endsWith(".ts") && !OF_THE_SYSTEM.includes(join("src", file)));

/** What is loaded when a path or an adapter is opened stays behind: a page hands `connect` a transport of its own. */
const systemStaysBehind: Plugin = {
  name: "system stays behind",
  setup: (build) => {
    build.onResolve({ filter: /^\./ }, ({ kind, path }) =>
      kind === "dynamic-import" && /\/(open-target|memory-file)\.js$/.test(path)
        ? { path, external: true }
        : undefined,
    );
  },
};

async function bundle(): Promise<string> {
  const files = ROOMS.flatMap(filesOf);
  expect(files.length).toBeGreaterThan(120);
  const everything = files.map(
    (file, index) => `export * as f${index} from "./${file.replace(/ts$/, "js")}";`,
  );
  const contents = `
    ${everything.join("\n")}
    export { connect } from "./flash/connect.js";
    export { parseImage } from "./image/parse.js";
    export { openSim } from "./transport/sim/sim.js";`;
  const { outputFiles } = await esbuild({
    stdin: { contents, resolveDir: src, loader: "ts" },
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    globalName: "bootlace",
    logLevel: "silent",
    plugins: [systemStaysBehind],
  });
  return outputFiles[0]!.text;
}

/** Of what a page has, as much as is used. Node's own names are missing, as they are there. */
const PAGE = {
  performance,
  setTimeout,
  clearTimeout,
  AbortController,
  AbortSignal,
  TextDecoder,
  TextEncoder,
};

const STORY = `(async () => {
  const names = ["process", "Buffer", "setImmediate", "require"].filter((name) => name in globalThis);
  const chip = await bootlace.openSim(target);
  const connected = await bootlace.connect(chip);
  const image = bootlace.parseImage(bytes, { file: "firmware.bin", base: connected.chip.geometry.base });
  const { outcome, verifiedBy } = await connected.write(image);
  const { uniqueId } = await connected.info();
  const { same } = await connected.verify(image);
  await connected.reset();
  const held = chip.chip.peek(image.start, bytes.length);
  await connected.close();
  return { names, outcome, verifiedBy, same, hasId: /^[0-9A-F]{24}$/.test(uniqueId), held: [...held] };
})()`;

describe("the core in a browser", () => {
  let code: string;
  beforeAll(async () => {
    code = await bundle();
  });

  it.each([
    ["sim:stm32g071", "checksum"],
    ["sim:stm32g071?protocol=1.0", "read back"],
    ["sim:stm32f072?bus=uart", "read back"],
  ])("connects to %s, writes, verifies by %s and resets", async (target, verifiedBy) => {
    const bytes = firmware(0x0800_0000, 5000).segments[0]!.bytes;
    const page = createContext({ ...PAGE, target, bytes });
    runInContext(code, page);
    const told = (await runInContext(STORY, page)) as Record<string, unknown>;
    expect(told).toMatchObject({ names: [], outcome: "written", verifiedBy, same: true, hasId: true });
    expect(told["held"]).toEqual([...bytes]);
  });
});
