/** `bootlace protect`: readout protection (level 1) and write protection. */
import { type Command, Option } from "commander";
import { BootlaceError } from "../../errors.js";
import type { ProtectWhat } from "../../flash/job.js";
import { parseWhole } from "../args.js";
import type { Context } from "../context.js";
import { addExamples, addOutputOptions, parsed } from "../options.js";
import { runJob } from "../run-job.js";
import { addTargetOptions, type TargetOptions } from "../target-options.js";
import { chooseTargets } from "../targets.js";
import type { Act } from "../verb.js";
import { protectVerdict } from "../verdict.js";

interface ProtectCliOptions extends TargetOptions {
  readonly sectors?: readonly number[];
}

export function define(command: Command, act: Act): void {
  command
    .argument("<what>", '"readout" or "write"', parsed(parseWhat))
    .addOption(
      new Option("--sectors <list>", "sectors to protect against writing, like 0,1,4-7")
        .argParser(parsed(parseSectors))
        .helpGroup("What to protect:"),
    );
  addOutputOptions(addTargetOptions(command, true));
  addExamples(
    command,
    "bootlace protect readout --port /dev/i2c-1 --address 0x56",
    "bootlace protect write --sectors 0,1 --port /dev/ttyS1",
  );
  command.addHelpText(
    "after",
    "\nReadout protection is level 1. Level 2 can never be undone:\nbootlace does not set it.",
  );
  command.action(act(run));
}

async function run(context: Context, what: "readout" | "write", options: ProtectCliOptions): Promise<number> {
  const protection = protectionOf(what, options.sectors);
  const targets = await chooseTargets(options, context.io.env);
  return runJob(context, {
    verb: "protect",
    targets,
    output: options,
    work: async (target, jobOptions) => {
      return protectVerdict(protection, await target.protect(protection, jobOptions));
    },
  });
}

function protectionOf(what: "readout" | "write", sectors: readonly number[] | undefined): ProtectWhat {
  if (what === "readout") {
    if (sectors !== undefined)
      throw new BootlaceError("USAGE", "readout protection covers the whole chip: --sectors has no meaning");
    return { readout: true };
  }
  if (sectors === undefined)
    throw new BootlaceError("USAGE", "which sectors? --sectors is missing, like --sectors 0,1,2");
  return { writeSectors: sectors };
}

export function parseWhat(text: string): "readout" | "write" {
  if (text !== "readout" && text !== "write") throw new BootlaceError("USAGE", 'It is "readout" or "write".');
  return text;
}

/** "0,1,4-7". Sector numbers are one byte in Write Protect (AN4221, AN3155). */
export const parseSectors = (text: string): number[] => [...new Set(text.split(",").flatMap(sectorsOf))];

const MOST_SECTOR = 255;

function sectorsOf(part: string): number[] {
  const [, first, last] = /^\s*([0-9]+)\s*-\s*([0-9]+)\s*$/.exec(part) ?? [];
  if (first === undefined || last === undefined) return [parseSector(part.trim())];
  const [from, to] = [parseSector(first), parseSector(last)];
  if (to < from) throw new BootlaceError("USAGE", `${part.trim()} ends before it begins.`);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function parseSector(text: string): number {
  try {
    return parseWhole(text, 0, MOST_SECTOR);
  } catch {
    throw new BootlaceError("USAGE", `Sectors from 0 to ${MOST_SECTOR} are expected, like 0,1,4-7.`);
  }
}
