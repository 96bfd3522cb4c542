/** `bootlace funcs`: what an I2C adapter can do, row for row what `i2cdetect -F` prints. */
import type { Command } from "commander";
import { hex } from "../../errors.js";
import { busPath } from "../../host/open/bus-path.js";
import type { Context } from "../context.js";
import { document } from "../json.js";
import { addExamples, jsonOption, parsed } from "../options.js";
import type { Act } from "../verb.js";

export function define(command: Command, act: Act): void {
  command
    .argument("<bus>", "number or path of the bus: 1 or /dev/i2c-1", parsed(busPath))
    .addOption(jsonOption());
  addExamples(command, "bootlace funcs 1", "bootlace funcs /dev/i2c-1 --json");
  command.action(act(run));
}

async function run({ io }: Context, path: string, options: { readonly json?: boolean }): Promise<number> {
  const { openBus } = await import("../../transport/i2c/dev.js");
  const { functionalityTable, functionalityRecord } = await import("../../host/functionality.js");
  const bus = await openBus(path);
  const mask = bus.functionality;
  await bus.close();
  const text =
    options.json === true
      ? document("funcs", { bus: path, mask, maskHex: hex(mask), functionality: functionalityRecord(mask) })
      : `${functionalityTable(path, mask).join("\n")}\n`;
  io.stdout.write(text);
  return 0;
}
