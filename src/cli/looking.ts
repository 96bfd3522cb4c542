/** The program for verbs that only look. The build leaves out of it the other verbs, what changes a chip, and long names: see bundles.json. */
export { runProgram } from "./program.js";
