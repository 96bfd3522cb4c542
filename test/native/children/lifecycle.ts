/** Ends, threads and garbage, one case by name. Prints one JSON document, but for cases that end the process themselves. */
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { fileURLToPath } from "node:url";
import { binding } from "../../../src/native/binding.js";
import type { I2cHandle } from "../../../src/native/binding.js";
import { encodeSteps } from "../../../src/transport/i2c/program.js";
import { delay, read, write } from "../../../src/transport/transport.js";
import type { Step } from "../../../src/transport/transport.js";

const native = binding();
const run = (bus: I2cHandle, ...steps: Step[]): ReturnType<typeof native.i2cRun> =>
  native.i2cRun(bus, 0x56, encodeSteps(steps), 0);
const long = delay(600_000);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A worker that runs `name` below in a thread of its own. */
const startWorker = (name: string): Worker =>
  new Worker(fileURLToPath(import.meta.url), { argv: [name], stdout: false });
const messageOf = (worker: Worker): Promise<unknown> =>
  new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });

const inWorker: Record<string, () => Promise<void>> = {
  work: async () => {
    const bus = await native.i2cOpen("/dev/i2c-1");
    for (let i = 0; i < 20; ++i) await run(bus, write(Uint8Array.of(i)), read(4));
    parentPort!.postMessage((await run(bus, read(4))).reads.length);
  },
  hang: async () => {
    const buses = await Promise.all([1, 2, 3].map((n) => native.i2cOpen(`/dev/i2c-${n}`)));
    for (const bus of buses) for (let i = 0; i < 3; ++i) void run(bus, long);
    parentPort!.postMessage("hanging");
  },
  exit: async () => {
    const bus = await native.i2cOpen("/dev/i2c-1");
    void run(bus, long);
    void run(bus, long);
    process.exit(0);
  },
};

const endOf = (worker: Worker): Promise<number> => new Promise((resolve) => worker.once("exit", resolve));

const cases: Record<string, () => Promise<unknown>> = {
  /** Nothing is left to do but an open bus: the process must end by itself. */
  idle: async () => {
    await run(await native.i2cOpen("/dev/i2c-1"), write(Uint8Array.of(1)));
    return "idle";
  },
  /** Nothing is awaited: pending work alone keeps the process alive until it has settled. */
  pendingKeepsAlive: async () => {
    const bus = await native.i2cOpen("/dev/i2c-1");
    void run(bus, delay(50)).then(({ status }) => console.log(JSON.stringify(status)));
    return undefined;
  },
  exitInFlight: async () => {
    const buses = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => native.i2cOpen(`/dev/i2c-${n}`)));
    for (const bus of buses) for (let i = 0; i < 5; ++i) void run(bus, write(Uint8Array.of(1)), long);
    await pause(5);
    process.exit(7);
  },
  exitWhileTransferring: async () => {
    const bus = await native.i2cOpen("/dev/i2c-1");
    void run(bus, ...Array.from({ length: 5000 }, () => write(Uint8Array.of(1))));
    await pause(20);
    process.exit(7);
  },
  throwInFlight: async () => {
    void run(await native.i2cOpen("/dev/i2c-1"), long);
    throw new Error("thrown by the test");
  },
  workers: async () => {
    const workers = Array.from({ length: 4 }, () => startWorker("work"));
    return Promise.all(workers.map(messageOf));
  },
  terminate: async () => {
    const workers = Array.from({ length: 4 }, () => startWorker("hang"));
    await Promise.all(workers.map(messageOf));
    return Promise.all(workers.map((worker) => worker.terminate()));
  },
  exitInWorkers: async () => Promise.all(Array.from({ length: 4 }, () => endOf(startWorker("exit")))),
  /** Main thread ends while workers hang. */
  exitOverWorkers: async () => {
    const worker = startWorker("hang");
    await messageOf(worker);
    process.exit(7);
  },
  garbage: async () => {
    const collect = globalThis.gc!;
    for (let i = 0; i < 200; ++i) {
      const bus = await native.i2cOpen("/dev/i2c-1");
      void run(bus, delay(0.1), write(Uint8Array.of(i)));
      if (i % 3 === 0) native.close(bus);
      native.fileOpen("/dev/null", 0);
      native.gpioOpen("/dev/gpiochip0");
      if (i % 10 === 0) collect();
    }
    for (let i = 0; i < 20; ++i) {
      collect();
      await pause(5);
    }
    return "collected";
  },
  /** Buffers are copied: what JS does to them afterwards changes nothing on the bus. */
  copies: async () => {
    const bus = await native.i2cOpen("/dev/i2c-1");
    const program = encodeSteps([delay(5), write(Uint8Array.of(0xaa, 0xbb))]);
    const running = native.i2cRun(bus, 0x56, program, 0);
    const buffer = program.buffer as ArrayBuffer;
    structuredClone(buffer, { transfer: [buffer] });
    return (await running).status;
  },
  manyBuses: async () => {
    const buses = await Promise.all(Array.from({ length: 40 }, (_, n) => native.i2cOpen(`/dev/i2c-${n}`)));
    const runs = await Promise.all(buses.map((bus) => run(bus, delay(20), read(2))));
    return runs.every(({ status, reads }) => status === 0 && reads.length === 2);
  },
};

if (isMainThread) {
  const answer = await cases[process.argv[2]!]!();
  if (answer !== undefined) console.log(JSON.stringify(answer));
} else {
  await inWorker[process.argv[2]!]!();
}
