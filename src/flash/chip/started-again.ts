/** A chip whose flash is as it was, given back to its program by its reset lines after a failure. */
import { BootlaceError } from "../../errors.js";
import { inOurWords } from "../../protocol/failure.js";

const STARTED = "the flash was not changed; the reset lines were moved to start the program that it holds";
const NOT_KNOWN = "the flash was not changed; whether its program runs is not known";

/**
 * @param exit moves the reset lines
 * @returns `thrown`, which says what became of the chip: the first failure is the one to tell, also when the lines fail too
 */
export async function startedAgain(thrown: unknown, exit: () => Promise<void>): Promise<unknown> {
  const moved = await exit().then(
    () => true,
    () => false,
  );
  const error = inOurWords(thrown);
  if (!(error instanceof BootlaceError)) return error;
  return error.with(moved ? { chipState: STARTED, startedAgain: true } : { chipState: NOT_KNOWN });
}
