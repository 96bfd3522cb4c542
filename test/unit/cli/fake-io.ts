/** Streams, environment and signals for tests of the CLI, and a target that does what it is told. */
import { Readable } from "node:stream";
import type { Connect, Io } from "../../../src/cli/context.js";
import { runProgram } from "../../../src/cli/program.js";
import type { ChipInfo } from "../../../src/flash/job.js";
import type { ConnectOptions, Target } from "../../../src/flash/target.js";

export class FakeOutput {
  text = "";
  constructor(
    readonly isTTY = false,
    readonly columns = 80,
  ) {}
  write(text: string | Uint8Array): boolean {
    this.text += typeof text === "string" ? text : Buffer.from(text).toString("latin1");
    return true;
  }
}

export class FakeIo implements Io {
  readonly stdin: Readable;
  readonly stdout: FakeOutput;
  readonly stderr: FakeOutput;
  readonly env: Record<string, string | undefined>;
  readonly hasTerminal: boolean;
  exited: number | undefined;
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(
    options: {
      tty?: boolean;
      columns?: number;
      env?: Record<string, string>;
      stdin?: Readable;
      /** One of the three streams is a terminal, be it none of those that are written to. */
      terminal?: boolean;
    } = {},
  ) {
    this.stdin = options.stdin ?? Readable.from([]);
    this.stdout = new FakeOutput(options.tty, options.columns);
    this.stderr = new FakeOutput(options.tty, options.columns);
    this.env = { ...options.env };
    this.hasTerminal = options.terminal ?? true;
  }
  on(event: string, listener: () => void): void {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener));
  }
  off(event: string, listener: () => void): void {
    this.#listeners.get(event)?.delete(listener);
  }
  exit(status: number): void {
    this.exited ??= status;
  }
  signal(name: NodeJS.Signals): void {
    for (const listener of this.#listeners.get(name) ?? []) listener();
  }
  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, set) => sum + set.size, 0);
  }
}

export const CHIP: ChipInfo = {
  productId: 0x460,
  name: "STM32G07xxx/08xxx",
  protocol: "1.2",
  commands: [0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0xa1],
  bootloaderVersion: "V11.3",
  geometry: {
    base: 0x0800_0000,
    size: 4096,
    end: 0x0800_1000,
    unit: "page",
    pages: [
      { index: 0, address: 0x0800_0000, size: 2048, bank: 1 },
      { index: 1, address: 0x0800_0800, size: 2048, bank: 1 },
    ],
    banks: 1,
    writeAlign: 8,
    erasedValue: 0xff,
    massErase: true,
  },
  flashSizeFrom: "size register",
  doubts: [],
  readoutProtected: false,
  uniqueId: "00112233445566778899AABB",
  port: "/dev/i2c-1 address 0x56",
  notes: [],
};

/** A target whose jobs are the ones given; any other is a mistake of the test. */
export function fakeTarget(jobs: Partial<Target>): Target & { closed: number } {
  const missing = (): never => {
    throw new Error("the test gives this target no such job");
  };
  const target: Target & { closed: number } = {
    chip: CHIP,
    info: () => Promise.resolve(CHIP),
    write: missing,
    verify: missing,
    read: missing,
    erase: missing,
    checksum: missing,
    run: missing,
    reset: missing,
    protect: missing,
    unprotect: missing,
    options: missing,
    setOptions: missing,
    ...jobs,
    closed: 0,
    close: () => {
      target.closed++;
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => target.close(),
  };
  return target;
}

export interface Connected {
  /** As text. */
  readonly target: string;
  readonly options: ConnectOptions;
}

/** Runs the CLI in this process. */
export async function cli(
  argv: readonly string[],
  { io = new FakeIo(), connect }: { io?: FakeIo; connect?: Connect } = {},
): Promise<{ status: number; stdout: string; stderr: string }> {
  const nobody: Connect = () => Promise.reject(new Error("the test expects no connection"));
  const status = await runProgram(argv, io, connect ?? nobody);
  return { status, stdout: io.stdout.text, stderr: io.stderr.text };
}

export const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** Without colours and cursor movements. */
export const plain = (text: string): string => text.replace(/\u001B\[[0-9;]*[A-Za-z]/g, "");
