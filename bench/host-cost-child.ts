/**
 * Runs with the preload library in its mode "answers inside": every frame is over at once, so what is left is the host's own
 * cost. Prints one line of JSON.
 */
import { createRequire } from "node:module";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { join } from "node:path";
import { compileWrite } from "../src/protocol/compile.js";
import { I2C } from "../src/protocol/dialect/i2c.js";
import { runDialogues } from "../src/protocol/link.js";
import { openI2cDev } from "../src/transport/i2c/dev.js";
import { projectFolder } from "../test/fake-i2c-dev/project-folder.js";

const PATH = "/dev/i2c-0";
const ADDRESS = 0x51;
/** 256 bytes a block; a block is six frames: command, status, address, status, data, status. */
const BLOCKS = 16_384;
const FRAMES_A_BLOCK = 6;

export interface HostCost {
  readonly usPerFrame: number;
  /** Longest time that a timer of the event loop came late. */
  readonly longestStallMs: number;
  readonly cpuUsPerFrame: number;
}

async function timed(frames: number, run: () => Promise<void>): Promise<HostCost> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  await run();
  const us = Number(process.hrtime.bigint() - start) / 1e3;
  const { user, system } = process.cpuUsage(cpu);
  // One more turn, so that a stall that reached to the end is seen.
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  return {
    usPerFrame: us / frames,
    cpuUsPerFrame: (user + system) / frames,
    longestStallMs: delay.max / 1e6,
  };
}

async function ours(commandsPerList: number): Promise<HostCost> {
  const transport = await openI2cDev({ path: PATH, address: ADDRESS });
  const data = new Uint8Array(256).map((_, i) => i * 7);
  const chosen = {
    command: { name: "Write Memory", opcode: 0x31, noStretch: 0x32 },
    opcode: 0x32,
    noStretch: true,
  };
  const lists = BLOCKS / commandsPerList;
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const dialogues = Array.from({ length: commandsPerList }, (_, j) =>
        compileWrite(
          I2C,
          chosen,
          { address: 0x0800_0000 + (i * commandsPerList + j) * 256, bytes: data },
          { timeoutMs: 1000 },
        ),
      );
      await runDialogues(transport, dialogues);
    }
  };
  await run(lists >> 3);
  const cost = await timed(BLOCKS * FRAMES_A_BLOCK, () => run(lists));
  await transport.close();
  return cost;
}

interface PeerBus {
  i2cWrite(address: number, length: number, bytes: Buffer): Promise<unknown>;
  i2cRead(address: number, length: number, bytes: Buffer): Promise<unknown>;
  bus(): PeerBusSync;
  close(): Promise<void>;
}
interface PeerBusSync {
  i2cWriteSync(address: number, length: number, bytes: Buffer): number;
  i2cReadSync(address: number, length: number, bytes: Buffer): number;
}

const COMMAND = Buffer.from([0x32, 0xcd]);
const WHERE = Buffer.from([8, 0, 0, 0, 8]);
const DATA = Buffer.alloc(258, 7);
const STATUS = Buffer.alloc(1);
const FRAMES: readonly [Buffer, boolean][] = [COMMAND, WHERE, DATA].flatMap((frame): [Buffer, boolean][] => [
  [frame, false],
  [STATUS, true],
]);

async function peer(blocking: boolean): Promise<HostCost> {
  const load = createRequire(join(projectFolder(), "bench", "package.json"));
  const { openPromisified } = load("i2c-bus") as { openPromisified: (n: number) => Promise<PeerBus> };
  const bus = await openPromisified(0);
  const sync = bus.bus();
  const blocks = BLOCKS >> 3;
  const run = async (): Promise<void> => {
    for (let i = 0; i < blocks; i++) {
      for (const [bytes, reads] of FRAMES) {
        if (blocking) {
          if (reads) sync.i2cReadSync(ADDRESS, bytes.length, bytes);
          else sync.i2cWriteSync(ADDRESS, bytes.length, bytes);
        } else if (reads) await bus.i2cRead(ADDRESS, bytes.length, bytes);
        else await bus.i2cWrite(ADDRESS, bytes.length, bytes);
      }
    }
  };
  await run();
  const cost = await timed(blocks * FRAMES_A_BLOCK, run);
  await bus.close();
  return cost;
}

const [what, list] = process.argv.slice(2);
const cost = what === "ours" ? await ours(Number(list)) : await peer(what === "peer-blocking");
process.stdout.write(`${JSON.stringify(cost)}\n`);
