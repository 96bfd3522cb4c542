/**
 * The program for verbs that only look (quick-verbs.json). The build leaves out of it what changes a chip, and its names: half of the
 * time that such a verb takes is the loading of code.
 */
export { runProgram } from "./program.js";
