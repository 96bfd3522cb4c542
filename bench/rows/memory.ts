/** Peak memory of a large write. */
import { firmware, runOnBus } from "../bus-run.js";
import { measure, median } from "../measure.js";
import type { Row } from "../row.js";

const EMPTY = ["node", "-e", "0"];
const MIB = 1024 * 1024;
const H743 = {
  productId: 0x450,
  flashSize: 2 * MIB,
  times: { programMs: 0.01, pageEraseMs: 1, massEraseMs: 1, checksumMsPerKiB: 0.01 },
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
