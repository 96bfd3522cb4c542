/** `bootlace completion SHELL`: the script that makes a shell complete verbs, options, ports, chips and reset presets. */
import { Argument, type Command } from "commander";
import { completionScript, SHELLS, type Shell } from "../completion/scripts.js";
import { verbWords } from "../completion/words.js";
import type { Context } from "../context.js";
import { addExamples } from "../options.js";
import type { Act } from "../verb.js";

export function define(command: Command, act: Act): void {
  command.addArgument(new Argument("<shell>", "which shell").choices(SHELLS));
  addExamples(
    command,
    "bootlace completion bash > ~/.local/share/bash-completion/completions/bootlace",
    "bootlace completion fish > ~/.config/fish/completions/bootlace.fish",
  );
  command.action(act((context, shell: Shell) => run(context, shell, command.parent!.commands)));
}

// eslint-disable-next-line @typescript-eslint/require-await -- other verbs wait
async function run({ io }: Context, shell: Shell, verbs: readonly Command[]): Promise<number> {
  io.stdout.write(completionScript(shell, verbWords(verbs)));
  return 0;
}
