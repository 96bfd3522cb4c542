/** npm run errno -- [--session NAME] [--stride N]: prints each trial that went wrong. The last line is "N passed, N failed". */
import { parseArgs } from "node:util";
import { SESSIONS } from "./sessions.js";
import { tried, trialsOf } from "./sweep.js";

const { values } = parseArgs({
  options: { session: { type: "string", default: "" }, stride: { type: "string", default: "1" } },
});
let passed = 0;
let failed = 0;
for (const session of SESSIONS.filter(({ name }) => values.session === "" || name === values.session)) {
  const trials = (await trialsOf(session)).filter((_, index) => index % Number(values.stride) === 0);
  for (const trial of trials) {
    const fault = await tried(session, trial);
    if (fault === undefined) passed++;
    else {
      failed++;
      console.log(fault);
    }
  }
  console.log(`${session.name}: ${trials.length} trials`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
