/**
 * The kinds of faults, each with the ways in which it can meet a step: before the frame reached the chip, after half of it, after
 * all of it. What the adapter reports and what the chip knows are two things; the host must be right in all combinations.
 */
import type { ErrorCode } from "../../src/errors.js";
import type { ChipFault } from "../../src/simulator/faults.js";
import { read, StepError, write, type PollStep, type ReadStep, type Step, type WriteStep } from "../../src/transport/transport.js"; // prettier-ignore
import { Failed, systemFailure, type Act, type Errno, type Hit } from "./faulty-transport.js";

export type Bus = "i2c" | "uart" | "spi";

/** A fault of the link, met at a step. */
export interface LinkVariant {
  readonly kind: string;
  readonly how: string;
  readonly on: Step["kind"];
  readonly act: Act;
  /** The chip is stuck until it is reset: a second run needs that first. */
  readonly sticks?: boolean;
  /** The bus does not come back in this run. */
  readonly dead?: boolean;
}

/** A fault of the chip, met at its n-th flash operation. */
export interface ChipVariant {
  readonly kind: string;
  readonly how: string;
  readonly fault: (operation: number) => ChipFault;
  readonly sticks?: boolean;
}

const writeOf = ({ step }: Hit): WriteStep => step as WriteStep;
const pollOf = ({ step }: Hit): PollStep => step as PollStep;
const readOf = ({ step }: Hit): ReadStep => step as ReadStep;

const before =
  (name: Errno): Act =>
  () =>
    Promise.reject(systemFailure(name));

const after =
  (name: Errno): Act =>
  async (hit) => {
    await hit.run(hit.step).catch(ofTheLink);
    throw systemFailure(name);
  };

/** What happened on the bus does not matter when the adapter reports something else anyway. */
const ofTheLink = (error: unknown): undefined => {
  if (error instanceof StepError) return undefined;
  throw error;
};

const half =
  (name: Errno): Act =>
  async (hit) => {
    const { bytes } = writeOf(hit);
    await hit.run(write(bytes.subarray(0, Math.max(1, bytes.length >> 1)))).catch(ofTheLink);
    throw systemFailure(name);
  };

/** The first try of a poll is made, and what it brought is lost: BUSY, or the status itself. */
const firstTry =
  (name: Errno): Act =>
  async (hit) => {
    await hit.run(read(1, pollOf(hit).timeoutMs)).catch(ofTheLink);
    throw systemFailure(name);
  };

/** The adapter gives up on the clock after a tenth of a millisecond; a chip that answers at once is not met by it. */
const givesUp: Act = async (hit) => {
  const { accept } = pollOf(hit);
  const [bytes] = await hit.run(read(1, 0.1));
  hit.miss();
  if (bytes![0] === accept) return undefined;
  return rest(hit, bytes![0]!);
};

/** Goes on with a poll whose first byte has come. */
const rest = async (hit: Hit, byte: number): Promise<undefined> => {
  const { accept, busy } = pollOf(hit);
  if (byte === accept) return undefined;
  if (byte !== busy) throw new Failed("unexpected", byte);
  await hit.run(hit.step);
  return undefined;
};

const flipped = (hit: Hit, bytes: Uint8Array, at: number): Uint8Array => {
  const out = bytes.slice();
  out[at] = out[at]! ^ (1 << hit.random.below(8));
  return out;
};

type Where = "first" | "any" | "last";
const index = (hit: Hit, length: number, where: Where): number =>
  where === "first" ? 0 : where === "last" ? length - 1 : hit.random.below(length);

const flipOut =
  (where: Where): Act =>
  async (hit) => {
    const { bytes } = writeOf(hit);
    await hit.run(write(flipped(hit, bytes, index(hit, bytes.length, where))));
    return undefined;
  };

/** Never the same bit of two replies: that two readings agree is the only proof a read has, and an equal flip in both defeats it. */
const flipIn =
  (where: Where): Act =>
  async (hit) => {
    const [bytes] = await hit.run(hit.step);
    for (;;) {
      const at = index(hit, bytes!.length, where);
      const reply = flipped(hit, bytes!, at);
      const flip = `${at} of ${bytes!.length}: ${reply[at]! ^ bytes![at]!}`;
      if (hit.flips.has(flip)) continue;
      hit.flips.add(flip);
      return reply;
    }
  };

/** The deciding byte of a poll arrives with one bit wrong, on I2C also a BUSY before it. */
const flipStatus: Act = async (hit) => {
  const [byte] = await hit.run(read(1, pollOf(hit).timeoutMs));
  return rest(hit, flipped(hit, byte!, 0)[0]!);
};

/** Another byte arrives in place of the right one. */
const statusBecomes =
  (byte: (hit: Hit) => number): Act =>
  async (hit) => {
    const { busy, timeoutMs } = pollOf(hit);
    let came: number | undefined;
    do [came] = (await hit.run(read(1, timeoutMs)))[0]!;
    while (came === busy);
    return rest(hit, byte(hit));
  };

const NACK = 0x1f;

/** A byte on the line that nobody sent, before the right one; only a stream has room for it. */
const extraByte: Act = async (hit) => {
  const byte = hit.random.below(256);
  if (hit.step.kind === "poll") return rest(hit, byte);
  const { length } = readOf(hit);
  const [bytes] = length > 1 ? await hit.run(read(length - 1)) : [new Uint8Array(0)];
  return Uint8Array.of(byte, ...bytes!);
};

/** The first byte of what the chip sends is lost. */
const lostIn: Act = async (hit) => {
  await hit.run(read(1, "timeoutMs" in hit.step ? hit.step.timeoutMs : undefined));
  const [bytes] = await hit.run(hit.step);
  return bytes;
};

const lostOut =
  (where: Where): Act =>
  async (hit) => {
    const { bytes } = writeOf(hit);
    const at = index(hit, bytes.length, where);
    await hit.run(write(Uint8Array.from(bytes.filter((_, i) => i !== at))));
    return undefined;
  };

/** The chip does this when it meets the step. */
const chipDoes =
  (fault: ChipFault): Act =>
  async (hit) => {
    hit.inner.chip.inject(fault);
    // Thousands of questions to a chip that stays busy prove no more than dozens.
    const step =
      hit.step.kind === "poll" && fault.kind === "busy for ever"
        ? { ...hit.step, intervalMs: Math.max(1, hit.step.timeoutMs / 32) }
        : hit.step;
    const [bytes] = await hit.run(step);
    return bytes;
  };

const dies =
  (name: Errno): Act =>
  (hit) => {
    hit.die(name);
    return Promise.reject(systemFailure(name));
  };

const each = (
  on: readonly Step["kind"][],
  [kind, how]: readonly [kind: string, how: string],
  act: Act,
  more: Partial<LinkVariant> = {},
): LinkVariant[] => on.map((step) => ({ kind, how, on: step, act, ...more }));

const ALL = ["write", "read", "poll"] as const;

/** errno values as I2C adapters give them. */
const I2C: readonly LinkVariant[] = [
  ...each(ALL, ["ENXIO", "not sent"], before("ENXIO")),
  ...each(ALL, ["EREMOTEIO", "not sent"], before("EREMOTEIO")),
  ...each(["write"], ["EREMOTEIO", "half sent"], half("EREMOTEIO")),
  ...each(ALL, ["EIO", "not sent"], before("EIO")),
  ...each(["write"], ["EIO", "half sent"], half("EIO")),
  ...each(ALL, ["EIO", "done and denied"], after("EIO")),
  ...each(["poll"], ["EIO", "first try lost"], firstTry("EIO")),
  ...each(ALL, ["ETIMEDOUT", "not sent"], before("ETIMEDOUT")),
  ...each(["write"], ["ETIMEDOUT", "half sent"], half("ETIMEDOUT")),
  ...each(ALL, ["ETIMEDOUT", "done and denied"], after("ETIMEDOUT")),
  ...each(["poll"], ["ETIMEDOUT", "first try lost"], firstTry("ETIMEDOUT")),
  ...each(["poll"], ["ETIMEDOUT", "gave up on a stretch"], givesUp),
  ...each(ALL, ["EAGAIN", "not sent"], before("EAGAIN")),
  ...each(["write"], ["EAGAIN", "half sent"], half("EAGAIN")),
  ...each(
    ["poll"],
    ["NACK for ACK", "on the wire"],
    statusBecomes(() => NACK),
  ),
  ...each(["poll"], ["NACK for ACK", "by the chip"], chipDoes({ kind: "refused", status: 0 })),
  ...each(
    ["poll"],
    ["garbage byte", "for the status"],
    statusBecomes(({ random }) => random.below(256)),
  ),
  ...each(["poll"], ["BUSY for ever", ""], chipDoes({ kind: "busy for ever", status: 0 }), { sticks: true }),
  ...each(ALL, ["chip resets", "before the frame"], chipDoes({ kind: "reset", frame: 0 })),
  ...each(["poll"], ["chip resets", "before the second try"], chipDoes({ kind: "reset", frame: 1 })),
];

/** On a stream the chip answers by itself: what it shall answer is ordered before the frame. */
const UART: readonly LinkVariant[] = [
  ...each(ALL, ["EIO", "not sent"], before("EIO")),
  ...each(["write"], ["EIO", "half sent"], half("EIO")),
  ...each(ALL, ["EIO", "done and denied"], after("EIO")),
  ...each(["write"], ["byte lost", "to the chip, the first"], lostOut("first")),
  ...each(["write"], ["byte lost", "to the chip"], lostOut("any")),
  ...each(["write"], ["byte lost", "to the chip, the last"], lostOut("last")),
  ...each(["read", "poll"], ["byte lost", "from the chip"], lostIn),
  ...each(
    ["poll"],
    ["NACK for ACK", "on the wire"],
    statusBecomes(() => NACK),
  ),
  ...each(["write"], ["NACK for ACK", "by the chip"], chipDoes({ kind: "refused", status: 0 })),
  ...each(
    ["poll"],
    ["garbage byte", "for the status"],
    statusBecomes(({ random }) => random.below(256)),
  ),
  ...each(["read", "poll"], ["garbage byte", "in between"], extraByte),
  ...each(["write"], ["BUSY for ever", "silence"], chipDoes({ kind: "busy for ever", status: 0 }), {
    sticks: true,
  }),
  ...each(["write"], ["chip resets", "before the frame"], chipDoes({ kind: "reset", frame: 0 })),
  ...each(["write"], ["chip resets", "in the frame"], chipDoes({ kind: "reset", frame: 1 })),
];

/** The status comes as it is, and is seen as another byte; one that is no status would be passed over until the time is over. */
const spiStatusSeenAs =
  (byte: (hit: Hit, right: number) => number): Act =>
  async (hit) => {
    await hit.run(hit.step);
    const seen = byte(hit, pollOf(hit).accept);
    if (seen === pollOf(hit).accept) return undefined;
    throw seen === NACK ? new Failed("unexpected", seen) : new Failed("timeout");
  };

const twice: Act = async (hit) => {
  await hit.run(hit.step, hit.step).catch(ofTheLink);
  return undefined;
};

const never: Act = () => Promise.resolve(undefined);

/** Another master's bytes, or a glitch on the clock, right before ours. */
const foreignBefore: Act = async (hit) => {
  const bytes = Uint8Array.from({ length: 1 + hit.random.below(8) }, () => hit.random.below(256));
  const [came] = await hit.run(write(bytes), hit.step);
  return came;
};

/** A reply that is clocked out one byte late: its first byte was lost. */
const shiftedIn: Act = async (hit) => {
  await hit.run({ ...read(1), continues: true });
  const [bytes] = await hit.run(hit.step);
  return bytes;
};

const doubledOut: Act = async (hit) => {
  const { bytes } = writeOf(hit);
  const at = hit.random.below(bytes.length);
  await hit.run(write(Uint8Array.of(...bytes.subarray(0, at + 1), ...bytes.subarray(at))));
  return undefined;
};

/** The chip prepares what it answers when a frame is over: it is ordered before the frame. */
const SPI: readonly LinkVariant[] = [
  ...each(ALL, ["EIO", "not sent"], before("EIO")),
  ...each(["write"], ["EIO", "half sent"], half("EIO")),
  ...each(ALL, ["EIO", "done and denied"], after("EIO")),
  ...each(ALL, ["ETIMEDOUT", "not sent"], before("ETIMEDOUT")),
  ...each(["write"], ["byte lost", "to the chip, the first"], lostOut("first")),
  ...each(["write"], ["byte lost", "to the chip"], lostOut("any")),
  ...each(["write"], ["byte lost", "to the chip, the last"], lostOut("last")),
  ...each(["write"], ["byte doubled", "to the chip"], doubledOut),
  ...each(["read"], ["byte lost", "from the chip"], shiftedIn),
  ...each(["write"], ["frame lost", ""], never),
  ...each(["write"], ["frame doubled", ""], twice),
  ...each(["poll"], ["status", "passed for an ACK unseen"], never),
  ...each(ALL, ["foreign bytes", "in front"], foreignBefore),
  ...each(
    ["poll"],
    ["NACK for ACK", "on the wire"],
    spiStatusSeenAs(() => NACK),
  ),
  ...each(["write"], ["NACK for ACK", "by the chip"], chipDoes({ kind: "refused", status: 0 })),
  ...each(
    ["poll"],
    ["bit flipped in", "status"],
    spiStatusSeenAs((hit, right) => flipped(hit, Uint8Array.of(right), 0)[0]!),
  ),
  ...each(["write"], ["BUSY for ever", ""], chipDoes({ kind: "busy for ever", status: 0 }), { sticks: true }),
  ...each(["write"], ["chip resets", "before the frame"], chipDoes({ kind: "reset", frame: 0 })),
  ...each(["write"], ["chip resets", "in the frame"], chipDoes({ kind: "reset", frame: 1 })),
];

const ALL_BUSES: readonly LinkVariant[] = [
  ...each(["write"], ["bit flipped out", "first byte"], flipOut("first")),
  ...each(["write"], ["bit flipped out", "any byte"], flipOut("any")),
  ...each(["write"], ["bit flipped out", "last byte"], flipOut("last")),
  ...each(["read"], ["bit flipped in", "first byte"], flipIn("first")),
  ...each(["read"], ["bit flipped in", "any byte"], flipIn("any")),
  ...each(["read"], ["bit flipped in", "last byte"], flipIn("last")),
  ...each(ALL, ["unplugged", "ENODEV from here on"], dies("ENODEV"), { dead: true }),
  ...each(ALL, ["bus dead", "EIO from here on"], dies("EIO"), { dead: true }),
];

const STATUS = each(["poll"], ["bit flipped in", "status"], flipStatus);

export const LINK_VARIANTS: Readonly<Record<Bus, readonly LinkVariant[]>> = {
  i2c: [...I2C, ...STATUS, ...ALL_BUSES],
  uart: [...UART, ...STATUS, ...ALL_BUSES],
  spi: [...SPI, ...ALL_BUSES],
};

const FRACTIONS = [0.1, 0.5, 0.9] as const;

export const CHIP_VARIANTS: readonly ChipVariant[] = [
  {
    kind: "ACK, not done",
    how: "",
    fault: (operation) => ({ kind: "not done", operation }),
  },
  ...FRACTIONS.flatMap((fraction): ChipVariant[] => [
    {
      kind: "power lost",
      how: `at ${fraction}, back soon`,
      fault: (operation) => ({ kind: "power lost", operation, fraction, backAfterMs: 30 }),
    },
    {
      kind: "power lost",
      how: `at ${fraction}, stays away`,
      fault: (operation) => ({ kind: "power lost", operation, fraction }),
      sticks: true,
    },
    {
      kind: "chip resets",
      how: `at ${fraction} of an operation`,
      fault: (operation) => ({ kind: "reset in operation", operation, fraction }),
    },
  ]),
];

/** Codes with which one fault of the link may end a job: sentences about the link, none about image, chip or options. */
export const LINK_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "NO_REPLY",
  "BUS_FAILED",
  "BUS_BUSY",
  "TIMED_OUT",
  "DESYNCHRONISED",
  "ADAPTER_GONE",
]);
