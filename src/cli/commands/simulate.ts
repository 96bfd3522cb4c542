/** `bootlace simulate`: a simulated chip on a pseudo-terminal, for other programs. */
import { type Command, Option } from "commander";
import { BootlaceError } from "../../errors.js";
import { parseTarget } from "../../transport/target.js";
import type { Context } from "../context.js";
import { document } from "../json.js";
import { addExamples, jsonOption, parsed } from "../options.js";
import { plural } from "../text.js";
import type { Act } from "../verb.js";

interface SimulateOptions {
  readonly uart?: boolean;
  readonly file?: string;
  readonly noise?: { readonly oneIn: number; readonly seed: number };
  readonly json?: boolean;
}

export function define(command: Command, act: Act): void {
  command
    .argument("<chip>", "like stm32f407, with options as in sim: targets: stm32f407?rdp=1")
    .option("--uart", "on a pseudo-terminal (the default, and the only way yet)")
    .option("--file <file>", "keep the chip's memory in this file between runs")
    .addOption(
      new Option("--noise <rate:seed>", "spoil one byte in RATE, like 10000:1").argParser(parsed(parseNoise)),
    )
    .addOption(jsonOption());
  addExamples(command, "bootlace simulate stm32f407 --uart", "bootlace simulate stm32g071 --file chip.bin");
  command.addHelpText(
    "after",
    "\nPrints the path of the pseudo-terminal and serves it until Ctrl-C. A terminal of\nthis kind keeps no parity bit: other programs use 8n1 on it. Programs that take\na sim: target (all verbs of bootlace) need no server.",
  );
  command.action(act(run));
}

function parseNoise(text: string): { oneIn: number; seed: number } {
  const match = /^([1-9][0-9]{0,8}):([0-9]{1,9})$/.exec(text);
  if (match === null) throw new BootlaceError("USAGE", "RATE:SEED is expected, like 10000:1.");
  return { oneIn: Number(match[1]), seed: Number(match[2]) };
}

async function run({ io, signal }: Context, name: string, options: SimulateOptions): Promise<number> {
  const { RealClock } = await import("../../simulator/clock.js");
  const { serveUartOnPty } = await import("../../simulator/pty.js");
  const { simulate } = await import("../../simulator/spec.js");
  const target = parseTarget(`sim:${name.replace(/^sim:/, "")}`);
  if (target.kind !== "sim") throw new BootlaceError("USAGE", `"${name}" is not a chip`);
  if (target.options["bus"] === "i2c")
    throw new BootlaceError("USAGE", "a pseudo-terminal is a serial line: bus=i2c has no meaning for it", {
      hint: `A verb of bootlace takes the chip itself, like \`bootlace info --port sim:${target.chip}\`.`,
    });
  const file = options.file ?? target.options["file"];
  const spec = { ...target.options, file, bus: "uart" };
  const { chip, adapterFault } = await simulate(target.chip, spec, new RealClock());
  if (adapterFault !== undefined)
    throw new BootlaceError("USAGE", "a pseudo-terminal has no adapter that could fail", {
      hint: "A fault of the adapter needs a sim: target.",
    });
  const server = serveUartOnPty(chip, { noise: options.noise });
  io.stdout.write(options.json === true ? document("simulate", { path: server.path }) : `${server.path}\n`);
  await stopped(signal);
  server.close();
  chip.close();
  for (const { text } of chip.violations) io.stderr.write(`violation: ${text}\n`);
  if (chip.violations.length > 0)
    io.stderr.write(`${plural(chip.violations.length, "violation")} of the protocol\n`);
  return 0;
}

/** Waits for the abort and keeps the process alive meanwhile: a signal alone does not. */
function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 1 << 30);
    signal.addEventListener("abort", () => {
      clearInterval(alive);
      resolve();
    });
  });
}
