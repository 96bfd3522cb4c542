/** `bootlace stm32flash`: the options of stm32flash 0.7. They are its own, not commander's. */
import type { Command } from "commander";
import { HELP } from "../stm32flash/help.js";

export { runStm32flash as run } from "../stm32flash/run.js";

/** For `bootlace help stm32flash`. */
export function define(command: Command): void {
  command.helpInformation = () => HELP;
}
