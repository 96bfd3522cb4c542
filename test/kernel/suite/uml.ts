/** Everything, on User Mode Linux with the adapter of kmod/. */
import "./functionality-cases.js";
import "./transfer-cases.js";
import "./timeout-cases.js";
import { runCases } from "./harness.js";

await runCases();
