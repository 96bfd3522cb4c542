/** What a verb is given: the streams, the environment, the way to a chip, and when to stop. */
import type { Readable } from "node:stream";
import type { ConnectOptions, Target } from "../flash/target.js";
import { styleOf, type Env, type Output, type Style } from "./style.js";
import { monotonicMs } from "../monotonic.js";
import type { TargetAddress } from "../transport/target.js";

/** The parts of `process` that the CLI uses; tests give their own. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Env;
  /** Standard input, output or error is one. */
  readonly hasTerminal: boolean;
  on(event: NodeJS.Signals, listener: () => void): unknown;
  off(event: NodeJS.Signals, listener: () => void): unknown;
  exit(status: number): void;
}

export type Connect = (target: TargetAddress, options: ConnectOptions) => Promise<Target>;

export interface Context {
  readonly io: Io;
  readonly connect: Connect;
  /** Aborted by Ctrl-C and SIGTERM; its reason is a BootlaceError. */
  readonly signal: AbortSignal;
  /** Of stderr. */
  readonly style: Style;
  /** Milliseconds, for rates and redrawing. */
  readonly now: () => number;
}

export function contextOf(io: Io, signal: AbortSignal, connect: Connect = connectLazily): Context {
  return {
    io,
    connect,
    signal,
    get style() {
      return styleOf(io.stderr, io.env); // opening stderr takes time that a quick command can save
    },
    now: monotonicMs,
  };
}

/** A verb that talks to no chip does not load what talks to chips. */
const connectLazily: Connect = async (target, options) => {
  const { connect } = await import("../flash/connect.js");
  return connect(target, options);
};
