/** From "somebody may be there" to a bootloader at a command boundary whose version, commands and product ID are known. */
import type { Transport } from "../transport/transport.js";
import { GET } from "./commands.js";
import { dialectOf } from "./dialect/table.js";
import { identify, type Identity } from "./identify.js";
import { withRetries, untilTwiceTheSame } from "./ask-again.js";

/**
 * Opens the dialogue and asks who is there. A chip that is in the middle of a command, because an earlier run was killed, is
 * brought back first.
 * @param known what this chip said earlier in the session: on I2C it tells the length of its list of commands
 * @throws BootlaceError NO_REPLY when nobody answers; DESYNCHRONISED when something answers that is no bootloader
 */
export async function connectBootloader(transport: Transport, known?: Identity): Promise<Identity> {
  const version = await dialectOf(transport).open(transport);
  return identifyWithRetries(transport, version, known);
}

/** Neither Get nor Get ID has a checksum: a list of commands that is not its version's usual one must come twice. */
async function identifyWithRetries(
  transport: Transport,
  version: number | undefined,
  known: Identity | undefined,
): Promise<Identity> {
  let last = known?.commands;
  const ask = async (): Promise<Identity> => {
    const identity = await withRetries(transport, () => identify(transport, { version, commands: last }));
    last = identity.commands;
    return identity;
  };
  const identity = await ask();
  const usual = dialectOf(transport).usualCommands(identity.version) ?? [];
  if (sameList(identity.commands, usual)) return identity;
  return untilTwiceTheSame(
    GET.name,
    ask,
    (a, b) => a.version === b.version && sameList(a.commands, b.commands),
  );
}

const sameList = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((opcode, index) => opcode === b[index]);
