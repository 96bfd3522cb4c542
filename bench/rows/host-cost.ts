/** Time of the host for one frame when the bus costs nothing, and how long the event loop stands still meanwhile. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildPreload } from "../../test/fake-i2c-dev/build.js";
import { projectFolder } from "../../test/fake-i2c-dev/project-folder.js";
import type { HostCost } from "../host-cost-child.js";
import { benchTool, measure, median } from "../measure.js";
import type { Row } from "../row.js";
import { writeControlScript } from "../control-script.js";

/** About what one list carries on a real wire: a tenth of a second at 400 kHz. */
const COMMANDS_A_LIST = 16;
const env = () => ({ LD_PRELOAD: buildPreload(), BOOTLACE_FAKE_I2C_INSIDE: "0x79" });

async function child(...args: string[]): Promise<HostCost> {
  const run = join(projectFolder(), "scripts", "run-ts.mjs");
  const file = join(projectFolder(), "bench", "host-cost-child.ts");
  const { stdout } = await measure(["node", run, file, ...args], env());
  return JSON.parse(stdout) as HostCost;
}

async function middle(runs: number, run: () => Promise<HostCost>): Promise<HostCost> {
  const all: HostCost[] = [];
  for (let i = 0; i < runs; i++) all.push(await run());
  return {
    usPerFrame: median(all.map((each) => each.usPerFrame)),
    cpuUsPerFrame: median(all.map((each) => each.cpuUsPerFrame)),
    longestStallMs: Math.max(...all.map((each) => each.longestStallMs)),
  };
}

/** The control on the same stand-in: a loop of ioctl calls in C. */
async function inC(): Promise<number> {
  const { script, frames } = writeControlScript(16_384);
  const { stdout } = await measure([benchTool("floor"), "/dev/i2c-0", "0x51", script], env());
  return (Number(stdout.split(" ")[2]) * 1e3) / frames;
}

export const hostCost: Row = {
  id: "host-cost",
  async run({ runs, note, bootlace }) {
    if (!bootlace) return [];
    note("host time per frame");
    const own = await middle(runs, () => child("ours", String(COMMANDS_A_LIST)));
    const c = await inC();
    const peerHere = existsSync(join(projectFolder(), "bench", "node_modules", "i2c-bus"));
    if (peerHere) note("the npm package i2c-bus");
    const peers = peerHere
      ? {
          later: await middle(runs, () => child("peer")),
          blocking: await middle(runs, () => child("peer-blocking")),
        }
      : undefined;
    const us = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} µs`;
    const others = peers
      ? `i2c-bus ${us(peers.later.usPerFrame)} asynchronous, ${us(peers.blocking.usPerFrame)} blocking with a stall of ${peers.blocking.longestStallMs.toFixed(0)} ms`
      : "i2c-bus is not installed (`npm ci --prefix bench`)";
    return [
      {
        row: "host-cost",
        what: `host time per frame with the bus model off, ${COMMANDS_A_LIST} commands a list`,
        measured: `**${us(own.usPerFrame)}**, longest stall ${own.longestStallMs.toFixed(1)} ms; ${others}; a loop in C ${us(c)}`,
        toReach: "at most 3 µs, longest stall under 10 ms",
        reached: own.usPerFrame <= 3 && own.longestStallMs < 10,
        figures: {
          usPerFrame: own.usPerFrame,
          cpuUsPerFrame: own.cpuUsPerFrame,
          longestStallMs: own.longestStallMs,
          loopInCUsPerFrame: c,
          ...(peers && {
            i2cBusUsPerFrame: peers.later.usPerFrame,
            i2cBusBlockingUsPerFrame: peers.blocking.usPerFrame,
            i2cBusBlockingStallMs: peers.blocking.longestStallMs,
          }),
        },
      },
    ];
  },
};
