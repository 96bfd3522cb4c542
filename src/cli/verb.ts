/** What a verb of the command line is. */
import type { Command } from "commander";
import type { Context } from "./context.js";

/** Wraps what a verb does into what commander calls; the number is the exit status. */
export type Act = <A extends unknown[]>(
  work: (context: Context, ...args: A) => Promise<number>,
) => (...args: A) => Promise<void>;

export interface VerbModule {
  /** Adds arguments, options, examples and the action. */
  define(command: Command, act: Act): void;
}

/** A verb with a command line of its own, which commander does not see. */
export interface OwnVerbModule {
  /** @param args what follows the verb. @returns the exit status */
  run(context: Context, args: readonly string[]): Promise<number>;
}

export interface Verb {
  readonly name: string;
  readonly alias?: string;
  readonly group: string;
  readonly summary: string;
  /** Its options are its own: none of ours goes before it. */
  readonly ownCommandLine?: true;
  /** It tells of the others: they are defined with it. */
  readonly tellsOfAll?: true;
  readonly load: () => Promise<VerbModule | OwnVerbModule>;
}
