/** The program for the verbs of everyday. The build leaves out of it the other verbs and long names: see bundles.json. */
export { runProgram } from "./program.js";
