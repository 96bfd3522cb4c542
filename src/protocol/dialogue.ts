/**
 * One command of the bootloader, compiled: the steps for the bus, and for each step the name of the stage that it belongs to,
 * so that a failed step can be told in the manual's words. Pure.
 */
import { delay, read, write, type ReadStep, type Step } from "../transport/transport.js";
import { ACK, BUSY, TIMEOUT, type Command } from "./commands.js";

/** A part of a command, as the flowcharts of AN4221 and AN3155 have them. "completion": the status after all that was sent. */
export type Stage =
  | "command"
  | "address"
  | "count"
  | "data"
  | "list"
  | "size"
  | "polynomial"
  | "initial value"
  | "completion"
  | "reply";

export interface Dialogue {
  /** The manual's name of the command. */
  readonly name: string;
  readonly address?: number | undefined;
  readonly steps: readonly Step[];
  /** Parallel to `steps`. */
  readonly stages: readonly Stage[];
}

export interface AckOptions {
  readonly timeoutMs?: number | undefined;
  readonly firstWaitMs?: number | undefined;
  readonly intervalMs?: number | undefined;
}

/** Builds a dialogue in the order in which the manual's flowchart reads. */
export class DialogueBuilder {
  readonly #steps: Step[] = [];
  readonly #stages: Stage[] = [];

  /** @param busy the command may answer BUSY (no-stretch commands, Get Checksum) */
  constructor(
    readonly name: string,
    readonly busy: boolean,
    readonly address?: number,
  ) {}

  /** A frame and the ACK that must follow it. */
  send(stage: Stage, frame: Uint8Array, options?: AckOptions): this {
    return this.post(stage, frame).ack(stage, options);
  }

  /** A frame alone. */
  post(stage: Stage, frame: Uint8Array): this {
    this.#steps.push(write(frame));
    this.#stages.push(stage);
    return this;
  }

  ack(stage: Stage, { timeoutMs = TIMEOUT.status, firstWaitMs, intervalMs }: AckOptions = {}): this {
    this.#steps.push({
      kind: "poll",
      accept: ACK,
      timeoutMs,
      busy: this.busy ? BUSY : undefined,
      firstWaitMs,
      intervalMs,
    });
    this.#stages.push(stage);
    return this;
  }

  read(length: number, timeoutMs?: number, more: Pick<ReadStep, "begins" | "continues"> = {}): this {
    this.#steps.push({ ...read(length, timeoutMs), ...more });
    this.#stages.push("reply");
    return this;
  }

  wait(ms: number): this {
    if (ms > 0) {
      this.#steps.push(delay(ms));
      this.#stages.push("completion");
    }
    return this;
  }

  build(): Dialogue {
    return { name: this.name, address: this.address, steps: this.#steps, stages: this.#stages };
  }
}

/** How a bus spells the first frame of a command. */
export interface CommandFrames {
  readonly commandFrame: (opcode: number) => Uint8Array;
}

/** The opcode and its ACK, which every command begins with. */
export const begin = (
  { commandFrame }: CommandFrames,
  { name, opcode }: Command,
  { busy = false, address }: { busy?: boolean; address?: number | undefined } = {},
): DialogueBuilder => new DialogueBuilder(name, busy, address).send("command", commandFrame(opcode));
