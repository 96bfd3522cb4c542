/** What starting costs a user: the packed and installed package, on each Node that is supported, beside an empty Node. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measure } from "../measure.js";
import { installPacked, NODE_VERSIONS, nodeProgram } from "../packed.js";
import { refused, type Result, type Row, times } from "../row.js";

const ROUNDS_A_RUN = 20;
const COMMANDS = {
  version: { what: "`bootlace --version`", args: ["--version"], most: 1.3 },
  info: { what: "`bootlace info` on sim", args: ["info", "--port", "sim:stm32g071"], most: 2.0 },
} as const;
type Name = keyof typeof COMMANDS;

/** Least of all rounds in ms: what else the machine does only ever adds, and the commands take turns. */
type Least = Record<"node" | Name | "firstInfo", number>;

async function leastOf(node: string, bootlace: string, rounds: number): Promise<Least> {
  const least: Least = { node: Infinity, version: Infinity, info: Infinity, firstInfo: Infinity };
  const take = async (name: keyof Least, args: readonly string[], temporary: string): Promise<void> => {
    const { wallMs } = await measure([node, ...args], { TMPDIR: temporary });
    least[name] = Math.min(least[name], wallMs);
  };
  const start = (name: Name): readonly string[] => [bootlace, ...COMMANDS[name].args];
  const kept = mkdtempSync(join(tmpdir(), "bootlace-start-"));
  try {
    for (let round = 0; round < rounds; round++) {
      await take("node", ["-e", "0"], kept);
      await take("version", start("version"), kept);
      await take("info", start("info"), kept);
      // Node keeps compiled code in TMPDIR: an empty one is the first start after an installation.
      const empty = mkdtempSync(join(tmpdir(), "bootlace-start-"));
      await take("firstInfo", start("info"), empty);
      rmSync(empty, { recursive: true });
    }
  } finally {
    rmSync(kept, { recursive: true });
  }
  return least;
}

function resultOf(name: Name, version: number, least: Least): Result {
  const ratio = least[name] / least.node;
  const { most } = COMMANDS[name];
  const first = name === "info" ? `, ${least.firstInfo.toFixed(0)} ms the first time` : "";
  return {
    row: "start-up",
    what: whatOf(name, version),
    measured: `**${times(ratio)} times \`node -e 0\`**: ${least[name].toFixed(0)} ms against ${least.node.toFixed(0)} ms${first}`,
    toReach: `at most ${most.toFixed(1)} times \`node -e 0\``,
    reached: ratio <= most,
    figures: { ms: least[name], nodeMs: least.node, ...(name === "info" && { firstMs: least.firstInfo }) },
  };
}

const whatOf = (name: Name, version: number): string => `${COMMANDS[name].what}, as packed, Node ${version}`;

export const startUp: Row = {
  id: "start-up",
  async run({ runs, note }) {
    note("packing and installing");
    const installed = installPacked();
    const results: Result[] = [];
    try {
      for (const version of NODE_VERSIONS) {
        note(`start-up on Node ${version}`);
        const node = nodeProgram(version);
        const least = node && (await leastOf(node, installed.bootlace, runs * ROUNDS_A_RUN));
        for (const name of ["version", "info"] as const)
          results.push(
            least
              ? resultOf(name, version, least)
              : refused("start-up", whatOf(name, version), "not installed: `npm ci --prefix bench`"),
          );
      }
    } finally {
      installed.remove();
    }
    return results;
  },
};
