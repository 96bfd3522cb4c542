/** What the process itself costs: starting, and memory. */
import { firmware, runOnBus } from "../bus-run.js";
import { measure, median } from "../measure.js";
import { type Result, type Row, times } from "../row.js";

const EMPTY = ["node", "-e", "0"];
const MIB = 1024 * 1024;
const H743 = {
  productId: 0x450,
  flashSize: 2 * MIB,
  times: { programMs: 0.01, pageEraseMs: 1, massEraseMs: 1, checksumMsPerKiB: 0.01 },
};

export const startUp: Row = {
  id: "start-up",
  async run({ bootlace, runs, note }) {
    if (!bootlace) return [];
    const commands = {
      node: EMPTY,
      version: [...bootlace, "--version"],
      info: [...bootlace, "info", "--port", "sim:stm32g071"],
    };
    note("start-up");
    const wall = { node: [] as number[], version: [] as number[], info: [] as number[] };
    // In turn, so that what else the machine does hits all alike. The first round only warms the caches.
    for (let i = 0; i <= runs * 7; i++) {
      for (const [name, command] of Object.entries(commands)) {
        const { wallMs } = await measure(command);
        if (i > 0) wall[name as keyof typeof wall].push(wallMs);
      }
    }
    const node = median(wall.node);
    return (["version", "info"] as const).map((name): Result => {
      const ms = median(wall[name]);
      const most = name === "version" ? 1.3 : 1.6;
      return {
        row: "start-up",
        what: name === "version" ? "`bootlace --version`" : "`bootlace info` on sim",
        measured: `**${times(ms / node)} times \`node -e 0\`**: ${ms.toFixed(0)} ms against ${node.toFixed(0)} ms`,
        toReach: `at most ${most} times \`node -e 0\``,
        reached: ms / node <= most,
        figures: { ms, nodeMs: node },
      };
    });
  },
};

export const memory: Row = {
  id: "memory",
  async run({ bootlace, note }) {
    if (!bootlace) return [];
    note("peak memory");
    const empty = median(
      [await measure(EMPTY), await measure(EMPTY), await measure(EMPTY)].map((m) => m.peakKiB),
    );
    const run = await runOnBus({
      chip: H743,
      speedHz: undefined,
      before: new Uint8Array(2 * MIB).fill(0xff),
      after: firmware(2 * MIB, 3),
      command: ({ path, address, file }) => [
        ...bootlace,
        "write",
        file,
        "--port",
        path,
        "--address",
        address,
      ],
    });
    const above = (run.measured.peakKiB - empty) / 1024;
    return [
      {
        row: "memory",
        what: "peak memory, writing 2 MiB",
        measured: `**${above.toFixed(1)} MiB above \`node -e 0\`** (${(run.measured.peakKiB / 1024).toFixed(1)} MiB against ${(empty / 1024).toFixed(1)} MiB)`,
        toReach: "at most 40 MiB above `node -e 0`",
        reached: above <= 40,
        figures: { peakKiB: run.measured.peakKiB, nodePeakKiB: empty },
      },
    ];
  },
};
