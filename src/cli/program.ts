/** The command line as a whole: which verb, help, usage errors, exit status. */
import { Command, CommanderError } from "commander";
import { BootlaceError } from "../errors.js";
import { contextOf, type Connect, type Context, type Io } from "./context.js";
import { overruling, unknownVariables } from "./environment.js";
import { checkTaken, failureText, stackText, stoppedError } from "./failure.js";
import { watchInterrupts } from "./interrupts.js";
import { document, errorJson } from "./json.js";
import { label } from "./phase-line.js";
import { addressBesideFile, optionHint, portBesideFile, verbHint } from "./neighbours.js";
import { pageNames, pageOf, pageText } from "./pages.js";
import { columnsOf, styleOf, wantsColour } from "./style.js";
import type { Act, Verb } from "./verb.js";
import { VERBS } from "./verbs.js";
import { VERSION } from "./version.js";

const HELP_COLUMNS = 80;

/** @param connect how a chip is reached; tests give their own */
export async function runProgram(given: readonly string[], io: Io, connect?: Connect): Promise<number> {
  const argv = given[0]?.startsWith("-") ? (await import("./verb-first.js")).verbFirst(given) : given;
  using interrupts = watchInterrupts(io);
  const context = contextOf(io, interrupts.signal, connect);
  try {
    if (!argv.includes("--quiet") && !argv.includes("-q"))
      for (const text of [...unknownVariables(io.env), ...overruling(argv, io.env)])
        io.stderr.write(`${label("Note")}${text}\n`);
    const status = await parseAndRun(argv, context);
    if (status === 0) checkTaken(io.stdout);
    return status;
  } catch (error) {
    return reportFailure(error, argv, context);
  }
}

async function parseAndRun(argv: readonly string[], context: Context): Promise<number> {
  refuseNeighbours(argv);
  const asked = await verbOf(argv)?.load();
  if (asked !== undefined && "run" in asked) return asked.run(context, argv.slice(1));
  let status = 0;
  const act: Act =
    (work) =>
    async (...args) => {
      status = await work(context, ...args);
    };
  if (argv[0] === "help" && argv[1] !== undefined && verbOf(argv.slice(1)) === undefined)
    return showPage(argv[1], context.io);
  const program = await buildProgram(argv, context.io, act);
  if (argv.length === 0) {
    context.io.stderr.write(program.helpInformation());
    return new BootlaceError("USAGE", "").exitStatus;
  }
  await program.parseAsync(argv, { from: "user" }).catch(unlessHelp);
  return status;
}

/** Where other tools have an address or a port by its place. @throws BootlaceError USAGE */
function refuseNeighbours(argv: readonly string[]): void {
  const address = addressBesideFile(argv);
  if (address !== undefined)
    throw new BootlaceError("USAGE", "an address stands where a file is expected", { hint: address });
  const port = portBesideFile(argv);
  if (port !== undefined) throw new BootlaceError("USAGE", "a port stands without --port", { hint: port });
}

/** Help and the version end as an error of commander's. */
function unlessHelp(thrown: unknown): void {
  if (!(thrown instanceof CommanderError) || thrown.exitCode !== 0) throw thrown;
}

/** A page of the documents. @throws BootlaceError USAGE */
function showPage(name: string, io: Io): number {
  const page = pageOf(name.replace(/^docs\/|\.md$/g, ""));
  if (page === undefined)
    throw new BootlaceError("USAGE", `there is no verb and no page "${name}"`, {
      hint: verbHint(name) ?? `\`bootlace --help\` lists the verbs; pages are ${pageNames().join(", ")}.`,
    });
  const { live, columns } = styleOf(io.stdout, io.env);
  io.stdout.write(live ? pageText(page, columns - 1) : page);
  return 0;
}

/** All verbs by name; when `argv` asks for one, that one alone, with its options. */
async function buildProgram(argv: readonly string[], io: Io, act: Act): Promise<Command> {
  const program = new Command("bootlace")
    .description("Flashes STM32 microcontrollers through the bootloader in their ROM, over I2C and UART.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [verb]", "help on a verb")
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(HELP_COLUMNS, columnsOf(io.stdout)),
      getErrHelpWidth: () => Math.min(HELP_COLUMNS, columnsOf(io.stderr)),
      getOutHasColors: () => wantsColour(io.stdout, io.env),
      getErrHasColors: () => wantsColour(io.stderr, io.env),
    })
    .showSuggestionAfterError(true)
    .exitOverride();
  program.configureHelp({ styleTitle: (text) => styleOf(io.stdout, io.env).bold(text) });
  addOverview(program);
  const asked = verbOf(argv[0] === "help" ? argv.slice(1) : argv);
  if (asked && asked.tellsOfAll !== true) await addVerb(program, asked, act);
  else for (const verb of VERBS) await addVerb(program, verb, asked && act);
  return program;
}

async function addVerb(program: Command, verb: Verb, act?: Act): Promise<void> {
  const command = program.command(verb.name).summary(verb.summary).helpGroup(verb.group);
  if (verb.alias !== undefined) command.alias(verb.alias);
  command.description(`${verb.summary[0]!.toUpperCase()}${verb.summary.slice(1)}.`);
  if (act === undefined) return;
  const module = await verb.load();
  if ("define" in module) module.define(command, act);
}

function addOverview(program: Command): void {
  program.addHelpText(
    "after",
    `
Examples:
  bootlace write blink.hex --port /dev/i2c-1 --address 0x56 --go
  bootlace info --port /dev/ttyS1
  bootlace write blink.hex --port sim:stm32g071      (no hardware needed)

\`bootlace VERB --help\` has the options and examples of a verb,
\`bootlace help PAGE\` prints a document: wiring, errors, troubleshooting, cli.`,
  );
}

/** What failed before a job could begin, or in a verb that is no job. */
function reportFailure(thrown: unknown, argv: readonly string[], context: Context): number {
  const error =
    thrown instanceof CommanderError ? usageError(thrown, argv) : stoppedError(thrown, context.signal);
  const { io, style } = context;
  const verb = verbOf(argv);
  if (argv.includes("--json")) {
    io.stdout.write(document("error", { ok: false, verb: verb?.name, ...errorJson(error) }));
  }
  if (argv.includes("--trace")) io.stderr.write(`${stackText(thrown)}\n`);
  io.stderr.write(`${failureText(error, style)}\n`);
  if (error.code !== "USAGE" && verb !== undefined) {
    const failed = style.red(style.bold("FAILED"));
    io.stderr.write(`${failed}  ${verb.name}: ${error.code}, exit status ${error.exitStatus}\n`);
  }
  return error.exitStatus;
}

const verbOf = (argv: readonly string[]): Verb | undefined =>
  VERBS.find(({ name, alias }) => name === argv[0] || (alias !== undefined && alias === argv[0]));

/** commander's sentence: "error: unknown option '--prot'\n(Did you mean --port?)". */
function usageError(error: CommanderError, argv: readonly string[]): BootlaceError {
  const message = error.message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  const known = neighbourHint(error);
  if (known !== undefined)
    return new BootlaceError("USAGE", message.replace(/ \(Did you mean .*\)$/, ""), { hint: known });
  if (error.code === "commander.invalidArgument") return new BootlaceError("USAGE", valueText(message));
  if (/\(Did you mean .*\)$/.test(message)) return new BootlaceError("USAGE", message);
  const verb = verbOf(argv);
  const hint = `\`bootlace ${verb === undefined ? "" : `${verb.name} `}--help\` shows what there is.`;
  return new BootlaceError("USAGE", message, { hint });
}

/** "option '-p, --port <target>' argument 'x' is invalid. A path is expected." The last sentence says what is expected. */
function valueText(message: string): string {
  const [, long, value, text] =
    /^option '(?:-., )?(--[a-z-]+)[^']*' argument '(.*)' is invalid\. (.*)$/s.exec(message) ?? [];
  if (text !== undefined) return `${long!} ${value!}: ${text}`;
  const [, word, expected] =
    /^command-argument value '(.*)' is invalid for argument '.*?'\. (.*)$/s.exec(message) ?? [];
  return expected === undefined ? message : `${word!}: ${expected}`;
}

/** A word of another tool. */
function neighbourHint({ code, message }: CommanderError): string | undefined {
  const [, word = ""] = /'([^']*)'/.exec(message) ?? [];
  if (code === "commander.unknownCommand") return verbHint(word);
  return code === "commander.unknownOption" ? optionHint(word) : undefined;
}
