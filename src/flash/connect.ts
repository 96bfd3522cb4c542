/** From a target's address to a target: lock, transport, reset lines, dialogue, chip. */
import { BootlaceError } from "../errors.js";
import { connectBootloader } from "../protocol/connect.js";
import type { Transport } from "../transport/transport.js";
import { ChipTarget } from "./chip-target.js";
import { identifyChip } from "./identify-chip.js";
import { openLink, type Link } from "./open-link.js";
import type { ConnectOptions, Target } from "./target.js";

/**
 * @param target "i2c:/dev/i2c-1@0x56", "/dev/i2c-1" with `address`, "serial:/dev/ttyS1?baud=115200", "sim:stm32g071", or a transport
 * @throws BootlaceError NO_DEVICE, NO_PERMISSION, SMBUS_ONLY, TARGET_LOCKED, ADDRESS_OWNED, NO_REPLY, WRONG_CHIP, ...
 */
export async function connect(target: string | Transport, options: ConnectOptions = {}): Promise<Target> {
  const link = await openLink(target, options);
  try {
    options.signal?.throwIfAborted();
    const session = await openSession(link, options);
    return new ChipTarget(session, () => link.close());
  } catch (error) {
    await link.close();
    throw reasonOf(error, options.signal);
  }
}

async function openSession(link: Link, options: ConnectOptions) {
  const { transport, lines } = link;
  const identity = lines
    ? await lines.enter(() => connectBootloader(transport))
    : await connectBootloader(transport);
  const session = await identifyChip(transport, identity, {
    address: link.address,
    chip: options.chip,
    flashSize: options.flashSize,
    pageSize: options.pageSize,
    layout: options.layout,
  });
  if (!lines) return session;
  const reenter = async (): Promise<void> => {
    await lines.enter(() => connectBootloader(transport));
  };
  return { ...session, reenter, restart: () => lines.leave() };
}

/** A stop request that carries a BootlaceError is that error, wherever it struck. */
function reasonOf(error: unknown, signal: AbortSignal | undefined): unknown {
  if (!signal?.aborted || error !== signal.reason) return error;
  return error instanceof BootlaceError
    ? error
    : new BootlaceError("INTERRUPTED", "stopped by request", {}, { cause: error });
}
