/**
 * A process of its own that holds something until it is ended: `lock PATH ADDRESS` a target, `line REFERENCE LEVEL` a GPIO line.
 * Prints "held", or the error's code and message.
 */
import { lockTarget } from "../../../src/host/lock.js";
import { parseResetSequence } from "../../../src/lines/sequence.js";
import { openLines } from "../../../src/lines/open-lines.js";
import { runMoves } from "../../../src/lines/line-driver.js";

const [kind = "", first = "", second = ""] = process.argv.slice(2);
try {
  if (kind === "lock") await lockTarget(first, Number(second));
  else {
    const sequence = parseResetSequence(`line@${first}; line=${second} wait=1 / line=${second}`);
    await runMoves(sequence.entry, await openLines(sequence));
  }
  console.log("held");
  setTimeout(() => undefined, 30_000);
} catch (error) {
  const { code, message } = error as Error & { code?: string };
  console.log(`${code ?? "?"} ${message}`);
}
