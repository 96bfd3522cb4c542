/**
 * What a frame costs the host, with a stand-in that answers at once: the frames of writing 128 KiB in blocks of 256 bytes
 * (three writes and three polls each), encoded, run and decoded in lists of some hundred steps. Prints microseconds.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { openI2cDev } from "../../../src/transport/i2c-dev.js";
import { write } from "../../../src/transport/transport.js";
import type { Step } from "../../../src/transport/transport.js";

const BLOCKS = 512;
const BLOCKS_PER_LIST = Number(process.argv[2] ?? 64);
const ROUNDS = 20;
const poll: Step = { kind: "poll", accept: 0x79, busy: 0x76, timeoutMs: 100 };

const blockSteps = (block: number): Step[] => [
  write(Uint8Array.of(0x32, 0xcd)),
  poll,
  write(Uint8Array.of(8, 0, block, 0, 8 ^ block)),
  poll,
  write(new Uint8Array(258).fill(block)),
  poll,
];
const lists = Array.from({ length: BLOCKS / BLOCKS_PER_LIST }, (_, list) =>
  Array.from({ length: BLOCKS_PER_LIST }, (_unused, i) => blockSteps(list * BLOCKS_PER_LIST + i)).flat(),
);

const transport = await openI2cDev({ path: "/dev/i2c-1", address: 0x56 });
const stalls = monitorEventLoopDelay({ resolution: 1 });
const rounds: number[] = [];
for (let round = 0; round < ROUNDS; ++round) {
  if (round === 2) stalls.enable(); // the first two warm up
  const start = process.hrtime.bigint();
  for (const steps of lists) await transport.exchange(steps);
  rounds.push(Number(process.hrtime.bigint() - start) / 1000);
}
stalls.disable();
const frames = transport.bus.counters.frames / ROUNDS;
const perFrame = rounds
  .slice(2)
  .map((us) => us / frames)
  .sort((a, b) => a - b);
await transport.close();
console.log(
  JSON.stringify({
    frames,
    lists: lists.length,
    microsecondsPerFrame: {
      median: perFrame[perFrame.length >> 1],
      least: perFrame[0],
      most: perFrame.at(-1),
      first: rounds[0]! / frames,
    },
    longestStallMs: stalls.max / 1e6,
  }),
);
