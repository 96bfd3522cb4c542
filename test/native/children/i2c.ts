/** What the addon does on a bus, one case by name. Prints one JSON document. */
import { binding, RUN_FLAG } from "../../../src/native/binding.js";
import type { I2cHandle, RunResult } from "../../../src/native/binding.js";
import { I2cBus } from "../../../src/transport/i2c/bus.js";
import { openI2cDev } from "../../../src/transport/i2c/dev.js";
import { encodeSteps } from "../../../src/transport/i2c/program.js";
import { delay, read, write } from "../../../src/transport/transport.js";
import type { Step } from "../../../src/transport/transport.js";

const native = binding();
const ADDRESS = 0x56;
const poll: Step = { kind: "poll", accept: 0x79, busy: 0x76, timeoutMs: 50, intervalMs: 0.2 };
const command: Step[] = [write(Uint8Array.of(0x31, 0xce)), poll];

const open = (): Promise<I2cHandle> => native.i2cOpen("/dev/i2c-7");
const run = async (steps: Step[], flags = 0, address = ADDRESS): Promise<RunResult & { reads: number[] }> => {
  const bus = await open();
  const result = await native.i2cRun(bus, address, encodeSteps(steps), flags);
  native.close(bus);
  return { ...result, reads: [...result.reads] as never };
};

/** The error as a test wants to see it. */
const failure = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
    return "no error";
  } catch (error) {
    const { name, message, code, errno, syscall, index, failure, reply, cause } = error as Record<
      string,
      unknown
    >;
    const { message: why, code: whyCode } = (cause ?? {}) as Record<string, unknown>;
    return { name, message, code, errno, syscall, index, failure, reply, why, whyCode };
  }
};

const exchangeFailure = async (steps: Step[]): Promise<unknown> => {
  const transport = await openI2cDev({ path: "/dev/i2c-7", address: ADDRESS });
  return failure(() => transport.exchange(steps));
};

const abortDuring = async (steps: Step[], afterMs: number): Promise<unknown> => {
  const bus = await open();
  const running = native.i2cRun(bus, ADDRESS, encodeSteps(steps), 0);
  setTimeout(() => native.i2cAbort(bus), afterMs);
  const { status, step, tries } = await running;
  return { status, step, tried: tries > 0 };
};

const transfer = async (): Promise<unknown> => {
  const bus = await I2cBus.open("/dev/i2c-7");
  const parts = await bus.transfer([
    { address: 0x50, write: Uint8Array.of(0x10, 0x20) },
    { address: 0x50, read: 4 },
    { address: 0x3aa, flags: 0x8010, write: Uint8Array.of(1) },
    { address: 0x51, readBlock: { pec: true } },
    { address: 0x51, read: 0 },
  ]);
  await bus.close();
  return parts.map((part) => [...part]);
};

/** Two buses at once, then one path twice; the log tells how the frames interleave. */
const sideBySide = async (first: string, second: string): Promise<unknown> => {
  const transports = [
    await openI2cDev({ path: first, address: 0x10 }),
    await openI2cDev({ path: second, address: 0x11 }),
  ];
  const list = Array.from({ length: 20 }, () => write(Uint8Array.of(1)));
  await Promise.all(transports.map((transport) => transport.exchange(list)));
  await Promise.all(transports.map((transport) => transport.close()));
  return "done";
};

const timeouts = async (): Promise<unknown> => {
  const a = await openI2cDev({ path: "/dev/i2c-7", address: 1, retries: 3 });
  const b = await openI2cDev({ path: "/dev/i2c-7", address: 2 });
  const wait = (timeoutMs: number): Step => ({ kind: "poll", accept: 0x79, timeoutMs });
  for (const ms of [10, 1000, 1234, 1200]) await a.exchange([wait(ms)]);
  await b.exchange([wait(1234), read(1, 5001)]);
  await a.exchange([wait(5000)]);
  return "done";
};

const closeWhilePending = async (): Promise<unknown> => {
  const transport = await openI2cDev({ path: "/dev/i2c-7", address: ADDRESS });
  const first = transport.exchange([...command, ...command]);
  const second = transport.exchange(command);
  const closed = Promise.all([transport.close(), transport.close()]).then(() => "closed");
  const late = await failure(() => transport.exchange(command));
  return {
    first: (await first).reads.length,
    second: (await second).reads.length,
    closed: await closed,
    late,
  };
};

/** Below the transport nothing queues: the handle closes at once, the descriptor when the work has ended. */
const nativeCloseWhilePending = async (): Promise<unknown> => {
  const bus = await open();
  const running = native.i2cRun(bus, ADDRESS, encodeSteps(command), 0);
  native.close(bus);
  const late = await failure(() => native.i2cRun(bus, ADDRESS, encodeSteps(command), 0));
  return { status: (await running).status, late };
};

const reads: Step[] = [read(3), write(Uint8Array.of(9)), read(2), poll, delay(0.5)];
const longPoll: Step = { kind: "poll", accept: 0x79, busy: 0x76, timeoutMs: 30_000, intervalMs: 1 };

const cases: Record<string, () => Promise<unknown>> = {
  run: () => run(reads),
  command: () => run(command),
  combined: () =>
    run([...command, write(Uint8Array.of(1)), read(2), write(Uint8Array.of(2))], RUN_FLAG.combine),
  combinedLate: () => run([write(Uint8Array.of(1)), { ...poll, firstWaitMs: 1 }], RUN_FLAG.combine),
  highAddress: () => run(command, 0, 0x78),
  functionality: async () => native.i2cFunctionality(await open()),
  transfer,
  exchangeFailure: () => exchangeFailure([...command, ...command]),
  pollTimeout: () => exchangeFailure([write(Uint8Array.of(1)), { ...poll, timeoutMs: 3 }]),
  transferFailure: async () => {
    const bus = await I2cBus.open("/dev/i2c-7");
    return failure(() => bus.transfer([{ address: 1, read: 1 }]));
  },
  openFailure: () => failure(() => openI2cDev({ path: "/dev/i2c-7", address: ADDRESS })),
  devNull: () => failure(() => openI2cDev({ path: "/dev/null", address: ADDRESS })),
  nowhere: () => failure(() => openI2cDev({ path: "/dev/i2c-nowhere", address: ADDRESS })),
  nowhereNative: () => failure(() => native.i2cOpen("/dev/i2c-nowhere")),
  devNullTransfer: async () => {
    const bus = await native.i2cOpen("/dev/null");
    return failure(() => native.i2cTransfer(bus, Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 5)));
  },
  abortInDelay: () => abortDuring([write(Uint8Array.of(1)), delay(30_000)], 20),
  abortInPoll: () => abortDuring([write(Uint8Array.of(1)), longPoll], 20),
  abortInFirstWait: () => abortDuring([{ ...longPoll, firstWaitMs: 30_000 }], 20),
  abortBetween: () =>
    abortDuring(
      Array.from({ length: 4000 }, () => write(Uint8Array.of(1))),
      20,
    ),
  parallel: () => sideBySide("/dev/i2c-1", "/dev/i2c-2"),
  inTurn: () => sideBySide("/dev/i2c-3", "/dev/i2c-3"),
  timeouts,
  closeWhilePending,
  nativeCloseWhilePending,
  signal: async () => {
    const transport = await openI2cDev({ path: "/dev/i2c-7", address: ADDRESS });
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error("stopped by the test")), 20);
    return failure(() => transport.exchange([delay(30_000)], { signal: abort.signal }));
  },
};

console.log(JSON.stringify(await cases[process.argv[2]!]!()));
