/** On Debian's own kernel. */
import { runCases } from "./harness.js";

await runCases();
