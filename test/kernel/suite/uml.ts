/** Everything, on User Mode Linux with the adapter and the controller of kmod/. */
import "./functionality-cases.js";
import "./transfer-cases.js";
import "./timeout-cases.js";
import "./job-cases.js";
import "./owned-cases.js";
import "./limit-cases.js";
import "./look-cases.js";
import "./lock-cases.js";
import "./gpio-cases.js";
import "./reference-cases.js";
import "./spi-cases.js";
import { runCases } from "./harness.js";

await runCases();
