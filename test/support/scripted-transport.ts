/** A transport with a script: what the host must send, byte for byte, and what it gets. Anything else throws. */
import type { Traits } from "../../src/transport/traits.js";
import { StepError, type Exchanged, type Step, type Transport } from "../../src/transport/transport.js";

export interface Turn {
  readonly by: "host" | "chip";
  readonly bytes: readonly number[];
}

const hexText = (bytes: Iterable<number>): string =>
  [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");

export class ScriptedTransport implements Transport {
  readonly description = "a script";
  readonly baud = undefined;
  readonly #script: Turn[];

  constructor(
    readonly traits: Traits,
    script: readonly Turn[],
  ) {
    this.#script = traits.framing === "byte" ? script.flatMap(single) : [...script];
  }

  /** What neither side has said yet. */
  get left(): string {
    return this.#script.map(({ by, bytes }) => `${by}: ${hexText(bytes)}`).join(", ");
  }

  async exchange(steps: readonly Step[]): Promise<Exchanged> {
    const reads: Uint8Array[] = [];
    let busy = 0;
    for (const [index, step] of steps.entries()) {
      if (step.kind === "write") this.#write(step.bytes);
      else if (step.kind === "read") reads.push(this.#read(index, step.length));
      else if (step.kind === "poll") busy += this.#poll(index, step);
    }
    return Promise.resolve({ reads, busy });
  }

  shrinkFrames(): boolean {
    return false;
  }
  slowDown(): Promise<boolean> {
    return Promise.resolve(false);
  }
  discardInput(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  #write(bytes: Uint8Array): void {
    if (this.traits.framing === "byte") for (const byte of bytes) this.#expect(Uint8Array.of(byte));
    else this.#expect(bytes);
  }

  #expect(bytes: Uint8Array): void {
    const turn = this.#script.shift();
    const wanted = turn?.by === "host" ? hexText(turn.bytes) : "nothing";
    if (wanted !== hexText(bytes))
      throw new Error(`the host sent ${hexText(bytes)} where the script has ${wanted}`);
  }

  #take(): Turn | undefined {
    return this.#script[0]?.by === "chip" ? this.#script.shift() : undefined;
  }

  #read(index: number, length: number): Uint8Array {
    if (this.traits.framing === "message") {
      const turn = this.#take();
      if (turn?.bytes.length !== length)
        throw new Error(`the host read ${length} bytes, the script has ${hexText(turn?.bytes ?? [])}`);
      return Uint8Array.from(turn.bytes);
    }
    const bytes: number[] = [];
    while (bytes.length < length) {
      const turn = this.#take();
      if (!turn) throw new StepError(index, "timeout", bytes.at(-1));
      bytes.push(...turn.bytes);
    }
    return Uint8Array.from(bytes);
  }

  /** @returns how often the busy byte came */
  #poll(index: number, step: Extract<Step, { kind: "poll" }>): number {
    for (let busy = 0; ; busy++) {
      const byte = this.#take()?.bytes[0];
      if (byte === undefined) throw new StepError(index, "timeout", undefined);
      if (byte === step.accept) return busy;
      if (byte !== step.busy) throw new StepError(index, "unexpected", byte);
    }
  }
}

const single = ({ by, bytes }: Turn): Turn[] => bytes.map((byte) => ({ by, bytes: [byte] }));

export const parseBytes = (text: string): number[] =>
  text.split(" ").map((byte) => Number.parseInt(byte, 16));
