/** Lines moved by a command of the user's: a power switch, a relay board, a GPIO expander that only a script knows. */
import { spawn } from "node:child_process";
import { BootlaceError } from "../errors.js";
import type { LineDriver } from "./line-driver.js";
import type { CommandReference } from "./line-reference.js";
import type { Level } from "./sequence.js";

/** How a command ended, with what it printed. */
export interface CommandResult {
  readonly status: number | string;
  readonly output: string;
}

/** A command that hangs must not hang a production line. */
const LIMIT_MS = 30_000;
/** For what the command printed to arrive. */
const AFTER_EXIT_MS = 200;

export class CommandLines implements LineDriver {
  readonly #references: ReadonlyMap<string, CommandReference>;
  readonly #run: (command: string, argument: string, name: string) => Promise<CommandResult>;

  constructor(references: ReadonlyMap<string, CommandReference>, run = runCommand) {
    this.#references = references;
    this.#run = run;
  }

  async set(values: ReadonlyMap<string, Level>): Promise<void> {
    for (const [name, level] of values) {
      const reference = this.#references.get(name);
      if (!reference) continue;
      const argument = (level === "z" ? undefined : reference.words?.[level]) ?? String(level);
      const { status, output } = await this.#run(reference.command, argument, name);
      if (status === 0) continue;
      const said = output === "" ? "" : `: ${output}`;
      const how = typeof status === "number" ? `ended with status ${status}` : status;
      throw new BootlaceError("RESET_FAILED", `${name}: \`${reference.command} ${argument}\` ${how}${said}`);
    }
  }

  async release(): Promise<void> {}
}

/** Through the system's shell, with `argument` added; BOOTLACE_LINE in its environment is the line's name. */
export function runCommand(
  command: string,
  argument: string,
  name: string,
  limitMs = LIMIT_MS,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(`${command} ${argument}`, {
      shell: true,
      env: { ...process.env, BOOTLACE_LINE: name },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: limitMs,
      killSignal: "SIGKILL",
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error) => resolve({ status: `could not be started (${error.message})`, output: "" }));
    const ended = (status: number | null, signal: NodeJS.Signals | null) => {
      const killed =
        signal === "SIGKILL" ? `did not end within ${limitMs} ms` : `was ended by ${signal ?? "?"}`;
      resolve({ status: status ?? killed, output: lastLine(Buffer.concat(chunks).toString()) });
    };
    child.on("close", ended);
    // A daemon that the command left behind may keep the pipes open: that is not the command.
    child.on("exit", (status, signal) => setTimeout(ended, AFTER_EXIT_MS, status, signal).unref());
  });
}

const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1)?.trim() ?? "";
