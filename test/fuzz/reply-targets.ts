/**
 * Malformed replies: whatever a chip or a bus answers, each job ends after a bounded number of steps, and with a BootlaceError where it
 * does not succeed. Seeds are the answers of good chips; the first byte of an input says what comes after its end.
 */
import { BootlaceError } from "../../src/errors.js";
import { I2C_TRAITS, SPI_TRAITS, UART_TRAITS, type Traits } from "../../src/transport/traits.js";
import { makeRig, PROTOCOLS, type Protocol, type Rig } from "../faults/rig.js";
import { SESSIONS, type Session } from "../faults/sessions.js";
import type { FuzzTarget } from "./engine.js";
import { HostileTransport, RecordingTransport } from "./hostile-transport.js";
import type { Mutation } from "./mutate.js";

const TRAITS: Readonly<Record<Protocol["bus"], Traits>> = {
  i2c: I2C_TRAITS,
  uart: UART_TRAITS,
  spi: SPI_TRAITS,
};

const CHOSEN = ["write and go", "write whole chip", "read", "info", "verify, same", "erase pages", "erase all", "protect readout", "unprotect readout"]; // prettier-ignore
const JOBS = SESSIONS.filter(({ name }) => CHOSEN.includes(name));

const rigOf = (protocol: Protocol, { model, flash, readoutLevel }: Session): Rig =>
  makeRig({ protocol, model, flash, ...(readoutLevel !== undefined && { readoutLevel }) });

/** First byte of an input: which job, and what comes after the input's end. */
const SILENT = 0x80;
const jobOf = (first: number): Session => JOBS[(first & 0x7f) % JOBS.length]!;

async function recorded(protocol: Protocol, job: number): Promise<Uint8Array> {
  const session = JOBS[job]!;
  const rig = rigOf(protocol, session);
  const transport = new RecordingTransport(rig.open());
  await session.run(await rig.connect(transport));
  return Uint8Array.of(job, ...transport.input);
}

/** Status bytes and failures where they hurt most. */
const TELLING = [0x79, 0x1f, 0x76, 0x00, 0x7f, 0xff, 0xf0, 0xf2, 0xf3, 0xf4, 0xf5] as const;
const newAnswer: Mutation = (input, random) => {
  const out = input.slice();
  if (out.length > 1) out[1 + random.below(out.length - 1)] = random.pick(TELLING);
  return out;
};
const stutter: Mutation = (input, random) => {
  const at = 1 + random.below(Math.max(1, input.length - 1));
  const again = new Uint8Array(1 + random.below(40)).fill(random.pick(TELLING));
  return Uint8Array.of(...input.subarray(0, at), ...again, ...input.subarray(at));
};

async function outcomeOf(protocol: Protocol, input: Uint8Array): Promise<string> {
  const [first = 0] = input;
  const session = jobOf(first);
  const silent = first >= SILENT && input.length % 8 === 0;
  const transport = new HostileTransport(TRAITS[protocol.bus], input.subarray(1), silent);
  try {
    const target = await rigOf(protocol, session).connect(transport);
    await session.run(target);
    await target.close();
    return `${session.name}: done`;
  } catch (error) {
    if (!(error instanceof BootlaceError) || error.code === "INTERNAL") throw error;
    const { command = "", stage = "" } = error.context;
    return `${session.name}: ${error.code} ${command} ${stage}`;
  }
}

async function targetOf(protocol: Protocol): Promise<FuzzTarget> {
  const seeds = await Promise.all(JOBS.map((_, job) => recorded(protocol, job)));
  return {
    name: `replies:${protocol.name.replace(" ", "-")}`,
    seeds: () => seeds,
    mutations: [newAnswer, newAnswer, stutter],
    run: (input) => outcomeOf(protocol, input),
  };
}

const chosen = PROTOCOLS.filter(({ name }) => ["I2C 1.0", "I2C 1.2", "UART 2.2", "UART 3.3"].includes(name));

export const REPLY_TARGETS: readonly FuzzTarget[] = await Promise.all(chosen.map(targetOf));
