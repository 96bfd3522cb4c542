/** From a target's address to a target: lock, transport, reset lines, dialogue, chip. */
import { BootlaceError, stopError } from "../errors.js";
import { inOurWords } from "../protocol/failure.js";
import { connectBootloader } from "../protocol/connect.js";
import { stoppable } from "../transport/stoppable.js";
import type { TargetAddress } from "../transport/target.js";
import { delay, type Transport } from "../transport/transport.js";
import type { Identity } from "../protocol/identify.js";
import { checkConnect } from "./arguments.js";
import { ChipTarget } from "./chip-target.js";
import { withAddressHint } from "./chip/address-hint.js";
import { chooseChecksums } from "./chip/choose-checksums.js";
import { identifyChip } from "./chip/identify.js";
import type { ResetLines } from "../lines/reset-lines.js";
import { monotonicMs } from "../monotonic.js";
import { startedAgain } from "./chip/started-again.js";
import type { Link } from "../host/open/open-target.js";
import type { Session } from "./chip/session.js";
import type { ConnectOptions, Target } from "./target.js";

/**
 * @param target "i2c:/dev/i2c-1@0x56", "/dev/i2c-1" with `address`, "serial:/dev/ttyS1?baud=115200", "sim:stm32g071", what `parseTarget`
 *   made of such a text, or a transport
 * @throws BootlaceError NO_DEVICE, NO_PERMISSION, SMBUS_ONLY, TARGET_LOCKED, ADDRESS_OWNED, NO_REPLY, WRONG_CHIP, ...
 */
export async function connect(
  target: string | TargetAddress | Transport,
  options: ConnectOptions = {},
): Promise<Target> {
  checkConnect(target, options);
  const link = await openLink(target, options);
  try {
    options.signal?.throwIfAborted();
    const session = await openSession(link, options).catch(async (error: unknown) => {
      throw await withAddressHint(error, link.address);
    });
    return new ChipTarget(session, () => link.close());
  } catch (error) {
    await link.close();
    throw withState(inOurWords(reasonOf(error, options.signal)));
  }
}

/** Connecting only asks. */
const withState = (error: unknown): unknown =>
  error instanceof BootlaceError && error.code === "ADAPTER_GONE" && error.context.chipState === undefined
    ? error.with({ chipState: "the flash was not changed" })
    : error;

async function openLink(target: string | TargetAddress | Transport, options: ConnectOptions): Promise<Link> {
  if (typeof target !== "string" && "exchange" in target) {
    const { refuseUnusedWithTransport } = await import("../host/open/unused-options.js");
    refuseUnusedWithTransport(options);
    return { transport: target, address: options.address, lines: undefined, close: () => target.close() };
  }
  const { openTarget } = await import("../host/open/open-target.js");
  return openTarget(target, options);
}

async function openSession({ transport, lines, address }: Link, options: ConnectOptions): Promise<Session> {
  let known: Identity | undefined;
  const begin = async (signal?: AbortSignal): Promise<Identity> => {
    const dialogue = (): Promise<Identity> => connectBootloader(stoppable(transport, signal), known);
    known = await (lines ? lines.enter(dialogue) : dialogue());
    return known;
  };
  const { chip, flashSize, pageSize, layout } = options;
  const attempt = async (): Promise<Session> => {
    known = undefined; // another chip may have been put there
    const identity = await begin(options.signal);
    return identifyChip(transport, identity, { address, chip, flashSize, pageSize, layout });
  };
  const session = await whenAnswered(attempt, transport, options).catch(async (error: unknown) => {
    throw lines ? await handedBack(error, lines, known !== undefined) : error;
  });
  const reenter = async (): Promise<void> => {
    await begin();
  };
  const whole = (identified: Session): Session => {
    const withLines = lines ? { ...identified, reenter, restart: () => lines.leave() } : identified;
    const checksums = chooseChecksums(withLines, options.crcProgram);
    return { ...withLines, checksums, identifyAgain: async () => whole(await attempt()) };
  };
  return whole(session);
}

const BETWEEN_ATTEMPTS_MS = 200;

/** A board that is being put into a jig is silent, or its contacts disturb the bus: `waitChipMs` asks on. */
async function whenAnswered<T>(
  attempt: () => Promise<T>,
  transport: Transport,
  { waitChipMs, signal }: ConnectOptions,
): Promise<T> {
  const deadlineMs = monotonicMs() + (waitChipMs ?? 0);
  for (;;) {
    try {
      return await attempt();
    } catch (thrown) {
      const error = inOurWords(thrown);
      const mayCome = error instanceof BootlaceError && error.side === "way";
      if (!mayCome || monotonicMs() >= deadlineMs) throw thrown;
      await stoppable(transport, signal).exchange([delay(BETWEEN_ATTEMPTS_MS)]);
    }
  }
}

/** What entered a bootloader for nothing leaves it again. A chip that nobody heard gets its lines back, and nothing is said of it. */
async function handedBack(error: unknown, lines: ResetLines, heard: boolean): Promise<unknown> {
  if (heard) return startedAgain(error, () => lines.leave());
  await lines.leave().catch(() => undefined); // the first failure is the one to tell
  return error;
}

/** A stop request that carries a BootlaceError is that error, wherever it struck. */
function reasonOf(error: unknown, signal: AbortSignal | undefined): unknown {
  return signal?.aborted && error === signal.reason ? stopError(error) : error;
}
