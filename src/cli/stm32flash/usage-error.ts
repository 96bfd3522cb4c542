import { BootlaceError } from "../../errors.js";

/** What is wrong with the command line, before anything is opened. */
export const usageError = (message: string, hint = "`stm32flash -h` lists the options."): BootlaceError =>
  new BootlaceError("USAGE", message, { hint });
