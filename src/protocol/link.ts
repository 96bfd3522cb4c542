/** Runs compiled commands on a transport: whole commands in one exchange, failures told in the manual's words. */
import { BootlaceError } from "../errors.js";
import { StepError, type Exchanged, type Step, type Transport } from "../transport/transport.js";
import type { Dialogue } from "./dialogue.js";
import { dialogueFailure } from "./failure.js";

/** Number `done` of a list of commands failed: those before it were acknowledged to the end, those after it were not sent. */
export class CommandFailure extends Error {
  static {
    this.prototype.name = "CommandFailure";
  }
  constructor(
    readonly done: number,
    override readonly cause: BootlaceError,
  ) {
    super(cause.message, { cause });
  }
}

/** Runs one command. @throws BootlaceError that says which command failed, where and how */
export async function runDialogue(transport: Transport, dialogue: Dialogue): Promise<Exchanged> {
  try {
    return await transport.exchange(dialogue.steps);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    await drain(transport);
    throw dialogueFailure(dialogue, dialogue.stages[error.index] ?? "reply", error);
  }
}

/**
 * Runs several commands as one list of steps: one trip to the transport.
 * @throws CommandFailure that tells how many of them were done
 */
export async function runDialogues(transport: Transport, dialogues: readonly Dialogue[]): Promise<Exchanged> {
  const steps: Step[] = [];
  for (const dialogue of dialogues) for (const step of dialogue.steps) steps.push(step);
  try {
    return await transport.exchange(steps);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    await drain(transport);
    throw locate(dialogues, error);
  }
}

/** Some ROMs refuse twice on UART (AN2606 rev 70): what is left of an answer must not be taken for the next one's. */
async function drain(transport: Transport): Promise<void> {
  if (transport.traits.framing === "byte") await transport.discardInput();
}

function locate(dialogues: readonly Dialogue[], error: StepError): CommandFailure {
  let index = error.index;
  for (const [done, dialogue] of dialogues.entries()) {
    const stage = dialogue.stages[index];
    if (stage) return new CommandFailure(done, dialogueFailure(dialogue, stage, error));
    index -= dialogue.steps.length;
  }
  throw new BootlaceError(
    "INTERNAL",
    `the transport named step ${error.index}, which was not sent`,
    {},
    { cause: error },
  );
}
