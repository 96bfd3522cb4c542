/** The verbs: what the overview says of each, and where it is. Only the one that is asked for is loaded. */
import type { Verb } from "./verb.js";

const FLASH = "Flash a chip:";
const CHIP = "Ask and steer a chip:";
const HOST = "Look around on this machine:";
const FILES = "Without hardware:";

export const VERBS: readonly Verb[] = [
  {
    name: "write",
    group: FLASH,
    summary: "write a firmware file: only what differs, verified",
    load: () => import("./commands/write.js"),
  },
  {
    name: "sync",
    group: FLASH,
    summary: "make sure the chip holds a firmware (for boot-time units)",
    load: () => import("./commands/sync.js"),
  },
  {
    name: "verify",
    group: FLASH,
    summary: "compare the chip with a firmware file",
    load: () => import("./commands/verify.js"),
  },
  {
    name: "read",
    group: FLASH,
    summary: "read memory into a file",
    load: () => import("./commands/read.js"),
  },
  {
    name: "erase",
    group: FLASH,
    summary: "erase pages, a bank or the whole flash",
    load: () => import("./commands/erase.js"),
  },
  {
    name: "checksum",
    group: FLASH,
    summary: "CRC of a range, computed by the chip where it can",
    load: () => import("./commands/checksum.js"),
  },
  {
    name: "stm32flash",
    group: FLASH,
    summary: "what scripts call stm32flash 0.7 for, with its options",
    load: () => import("./commands/stm32flash.js"),
    ownCommandLine: true,
  },

  {
    name: "info",
    group: CHIP,
    summary: "what chip answers, and what its bootloader can do",
    load: () => import("./commands/info.js"),
  },
  {
    name: "run",
    alias: "go",
    group: CHIP,
    summary: "start the program in the flash",
    load: () => import("./commands/run.js"),
  },
  { name: "reset", group: CHIP, summary: "reset the chip", load: () => import("./commands/reset.js") },
  {
    name: "protect",
    group: CHIP,
    summary: "set readout or write protection",
    load: () => import("./commands/protect.js"),
  },
  {
    name: "unprotect",
    group: CHIP,
    summary: "lift protection (readout: erases everything)",
    load: () => import("./commands/unprotect.js"),
  },
  {
    name: "options",
    group: CHIP,
    summary: "show and set option bytes by name",
    load: () => import("./commands/options.js"),
  },

  {
    name: "ports",
    group: HOST,
    summary: "list I2C buses and serial ports",
    load: () => import("./commands/ports.js"),
  },
  {
    name: "funcs",
    group: HOST,
    summary: "what an I2C adapter can do, like i2cdetect -F",
    load: () => import("./commands/funcs.js"),
  },
  {
    name: "scan",
    group: HOST,
    summary: "look for bootloaders on an I2C bus",
    load: () => import("./commands/scan.js"),
  },
  {
    name: "doctor",
    group: HOST,
    summary: "why it would or would not work here",
    load: () => import("./commands/doctor.js"),
  },

  {
    name: "image",
    group: FILES,
    summary: "inspect and convert firmware files",
    load: () => import("./commands/image.js"),
  },
  {
    name: "chips",
    group: FILES,
    summary: "list and search the chips that are known",
    load: () => import("./commands/chips.js"),
  },
  {
    name: "explain",
    group: FILES,
    summary: "what an error code or exit status means",
    load: () => import("./commands/explain.js"),
  },
  {
    name: "completion",
    group: FILES,
    summary: "the completion script of a shell",
    tellsOfAll: true,
    load: () => import("./commands/completion.js"),
  },
  {
    name: "simulate",
    group: FILES,
    summary: "serve a simulated chip to other programs",
    load: () => import("./commands/simulate.js"),
  },
];
