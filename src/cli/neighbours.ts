/** Words that people bring from other tools, and what is called so here. A hint, not an alias: a script should say what it means. */

import { kindOfDevice } from "../transport/target.js";

/** Verbs of esptool, espflash, avrdude, st-flash, dfu-util, OpenOCD, probe-rs and others. */
const VERBS: Readonly<Record<string, string>> = {
  flash: "`bootlace write FILE` does that.",
  program: "`bootlace write FILE` does that.",
  upload: "`bootlace write FILE` does that.",
  download: "`bootlace write FILE` writes the chip, `bootlace read OUT` reads it.",
  burn: "`bootlace write FILE` does that.",
  load: "`bootlace write FILE` does that.",
  "write-flash": "`bootlace write FILE` does that.",
  update: "`bootlace write FILE` does that; `bootlace sync FILE` for units that run at every boot.",
  dump: "`bootlace read OUT` does that.",
  backup: "`bootlace read OUT` does that.",
  "read-flash": "`bootlace read OUT` does that.",
  "erase-flash": "`bootlace erase --all` does that.",
  "mass-erase": "`bootlace erase --all` does that.",
  "chip-erase": "`bootlace erase --all` does that.",
  compare: "`bootlace verify FILE` does that.",
  check: "`bootlace verify FILE` compares the chip with a file, `bootlace doctor` looks at this machine.",
  list: "`bootlace ports` lists buses and serial ports, `bootlace chips` the chips that are known.",
  devices: "`bootlace ports` lists buses and serial ports, `bootlace chips` the chips that are known.",
  detect: "`bootlace scan` looks for bootloaders on an I2C bus, `bootlace info` asks one chip.",
  probe: "`bootlace scan` looks for bootloaders on an I2C bus, `bootlace info` asks one chip.",
  "chip-id": "`bootlace info` says which chip answers.",
  "board-info": "`bootlace info` says which chip answers.",
  id: "`bootlace info` says which chip answers.",
  start: "`bootlace run` starts the program in the flash.",
  boot: "`bootlace run` starts the program in the flash.",
  restart: "`bootlace reset` does that.",
  lock: "`bootlace protect` does that.",
  unlock: "`bootlace unprotect` does that.",
  convert: "`bootlace image convert IN OUT` does that.",
  merge: "`bootlace write` takes several files; `bootlace image` has what works on files.",
  version: "`bootlace --version` prints it.",
  man: "`bootlace help` lists verbs and pages.",
};

const ALWAYS_VERIFIED =
  "What is written is always verified; there is no option for it, and none to leave it out. `bootlace verify FILE` only compares.";
const RATE = "The rate of a serial port is given with --baud.";
const PORT = "Where the chip is goes behind --port.";
const PLACE =
  "Where a raw binary begins is said by --base, like --base 0x08004000; files of other formats say it themselves.";

const STM32FLASH =
  "The options of stm32flash are taken by a verb of its own: `bootlace stm32flash -h` lists them.";

const OPTIONS: Readonly<Record<string, string>> = {
  "--verify": ALWAYS_VERIFIED,
  "--no-verify": ALWAYS_VERIFIED,
  "--noverify": ALWAYS_VERIFIED,
  "--verification": ALWAYS_VERIFIED,
  "-v": `${ALWAYS_VERIFIED} \`bootlace --version\` prints the version.`,
  "--verbose": "--trace shows every frame on the bus; there is no other level of talk.",
  "--debug": "--trace shows every frame on the bus; there is no other level of talk.",
  "--speed": RATE,
  "--baudrate": RATE,
  "-b": RATE,
  "--parity": "Parity and stop bits of a serial port are given with --mode, like --mode 8n1.",
  "--device": PORT,
  "--serial": PORT,
  "--tty": PORT,
  "--bus": PORT,
  "-d": PORT,
  "--start": PLACE,
  "--start-address": PLACE,
  "--addr": "An I2C address is given with --address; where a raw binary begins with --base.",
  "--size": "A part of the memory is given with --range START:LENGTH, like --range 0x08000000:16k.",
  "--length": "A part of the memory is given with --range START:LENGTH, like --range 0x08000000:16k.",
  "--timeout": "--wait waits for a target in use; how long a command may take is known of the chip.",
  "--retries": "What fails on the way is tried again by itself; the verdict says how often.",
  "--erase-all": "`bootlace erase --all` does that; `bootlace write` erases what it needs to.",
  "--chip-erase": "`bootlace erase --all` does that; `bootlace write` erases what it needs to.",
  "--before": "How BOOT0 and NRST are driven is said by --reset-sequence.",
  "--after": "--go starts the program afterwards, --reset resets the chip.",
  "--run": "--go starts the program afterwards.",
  "-w": STM32FLASH,
  "-r": STM32FLASH,
  "-o": STM32FLASH,
  "-u": STM32FLASH,
  "-j": STM32FLASH,
  "-k": STM32FLASH,
  "-C": STM32FLASH,
  "-S": STM32FLASH,
  "-m": "Parity and stop bits of a serial port are given with --mode, like --mode 8n1.",
  "-i": "How BOOT0 and NRST are driven is said by --reset-sequence.",
  "-R": "--reset resets the chip afterwards.",
  "--yes": "What erases everything is asked for by name: see the options of the verb.",
};

/** What to type instead of an unknown verb. */
export const verbHint = (word: string): string | undefined =>
  own(VERBS, word.toLowerCase().replaceAll("_", "-"));

/** What to type instead of an unknown option, given as "--speed" or "--speed=9600". */
export const optionHint = (word: string): string | undefined =>
  own(OPTIONS, word.startsWith("--") ? word.replace(/=.*$/s, "").toLowerCase() : word);

/** `write 0x08000000 app.bin` and `write app.bin 0x08000000`: esptool and STM32_Programmer_CLI have the address beside the file. */
export function addressBesideFile(argv: readonly string[]): string | undefined {
  const [verb = "", ...words] = argv;
  if (!["write", "sync", "verify"].includes(verb)) return undefined;
  const isValue = (i: number): boolean => /^-(?!g$|-go$)/.test(words[i - 1] ?? "");
  const address = words.find((word, i) => /^(0x[0-9a-f]{6,8}|0[0-9a-f]{7})$/i.test(word) && !isValue(i));
  if (address !== undefined && ["-g", "--go"].includes(words[words.indexOf(address) - 1]!))
    return `--go takes no address: it starts what was written. \`bootlace run ${address}\` starts another program.`;
  const file = words.find((word, i) => word !== address && !word.startsWith("-") && !isValue(i));
  return address === undefined
    ? undefined
    : `Where a raw binary begins is said by --base: \`bootlace ${verb} ${file ?? "FILE"} --base ${address}\`.`;
}

const WITH_TARGET =
  /^(write|sync|verify|read|erase|checksum|info|run|go|reset|protect|unprotect|scan|doctor)$/;

/** What stands behind another option is its value, also where the option is misspelt. */
const SWITCH = /^(-g|--go|--reset|-n|--dry-run|--full|-q|--quiet|--json|--trace)$/;

/** `write app.hex /dev/ttyS1`: stm32flash and i2c-tools have the port by its place. */
export function portBesideFile(argv: readonly string[]): string | undefined {
  const [verb = "", ...words] = argv;
  if (!WITH_TARGET.test(verb)) return undefined;
  const isValue = (i: number): boolean => /^-/.test(words[i - 1] ?? "") && !SWITCH.test(words[i - 1]!);
  const isPort = (word: string, i: number): boolean =>
    (kindOfDevice(word) !== undefined || word.startsWith("sim:")) && !isValue(i);
  const port = words.find(isPort);
  if (port === undefined) return undefined;
  const others = words.filter((word) => word !== port).map((word) => `${word} `);
  return `Where the chip is goes behind --port: \`bootlace ${verb} ${others.join("")}--port ${port}\`.`;
}

const own = (table: Readonly<Record<string, string>>, word: string): string | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;
