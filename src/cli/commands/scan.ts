/** `bootlace scan`: which addresses of an I2C bus answer as a bootloader. */
import type { Command } from "commander";
import { BootlaceError, hex } from "../../errors.js";
import type { ScanResult } from "../../host/scan.js";
import type { Context } from "../context.js";
import { document } from "../json.js";
import { addExamples, jsonOption, parsed } from "../options.js";
import { wrap } from "../text.js";
import type { Act } from "../verb.js";
import { busPath } from "../../host/open/bus-path.js";

interface ScanCommandOptions {
  readonly port?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

export function define(command: Command, act: Act): void {
  command
    .option("-p, --port <bus>", "number or path of the bus: 1 or /dev/i2c-1 [BOOTLACE_PORT]", parsed(busPath))
    .option("--all", "also ask 0x50 to 0x57, where EEPROMs live: two bytes change an EEPROM")
    .addOption(jsonOption());
  addExamples(command, "bootlace scan --port /dev/i2c-1", "bootlace scan --port 1 --all --json");
  command.addHelpText(
    "after",
    "\nAsked by Get Version, and only at addresses that STM32 bootloaders use and no\nkernel driver owns. Exit status 0: found some; 20: nobody answers.",
  );
  command.action(act(run));
}

async function run(context: Context, options: ScanCommandOptions): Promise<number> {
  const { io } = context;
  const fromEnv = io.env["BOOTLACE_PORT"];
  const port = options.port ?? (fromEnv ? busPath(fromEnv) : undefined);
  if (port === undefined) {
    throw new BootlaceError("USAGE", "no bus: --port is missing and BOOTLACE_PORT is not set", {
      hint: "`bootlace ports` lists what is there.",
    });
  }
  const { scan } = await import("../../host/scan.js");
  const result = await scan(port, { all: options.all === true, signal: context.signal });
  io.stdout.write(options.json === true ? document("scan", result) : scanText(result));
  const found = result.answers.some(({ protocol }) => protocol !== undefined);
  return found ? 0 : new BootlaceError("NO_REPLY", "").exitStatus;
}

function scanText({ port, asked, skipped, answers }: ScanResult): string {
  const lines = answers.map(({ address, protocol, trouble, chips }) => {
    const who = chips.length === 0 ? "" : `: ${chips.join(", ")}`;
    const what =
      protocol === undefined
        ? `no bootloader, or a busy one: ${trouble ?? ""}`
        : `bootloader, protocol ${protocol}${who}`;
    return wrap(`${hex(address, 2)}  ${what}`, 79, 6);
  });
  if (lines.length === 0) lines.push(`No bootloader answers on ${port} (${asked.length} addresses asked).`);
  for (const { address, why, owner } of skipped) {
    const reason =
      why === "owned"
        ? `the kernel driver ${owner?.driver ?? ""} owns it`
        : "an EEPROM could live there, --all asks all the same";
    lines.push(wrap(`${hex(address, 2)}  not asked: ${reason}`, 79, 6));
  }
  return `${lines.join("\n")}\n`;
}
