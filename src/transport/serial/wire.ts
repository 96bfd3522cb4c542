/** Bytes on a serial port with deadlines: what the steps of a list come down to. One caller at a time. */
import { BootlaceError } from "../../errors.js";
import { isUnknownCall } from "./failure.js";
import { SerialInput } from "./input.js";
import type { PortBinding } from "./port.js";
import { StepError } from "../transport.js";
import type { PollStep, ReadStep } from "../transport.js";
import { monotonicMs } from "../../monotonic.js";
import { OTHER_TALKER_HINT, shownBytes } from "./other-talker.js";

/** Longest the system may take to accept bytes beyond their time on the wire: there is no flow control that could stop it. */
const WRITE_SLACK_MS = 2000;
const DEFAULT_READ_MS = 1000;
/** No byte for this long is quiet: more than the 16 ms that a USB adapter may hold a byte back. */
const QUIET_MS = 30;
/** Bytes still coming after this long come from something else than an answer. */
const NOISE_LIMIT_MS = 2000;

export class SerialWire {
  readonly #port: PortBinding;
  /** Time of one byte on the wire at the present rate. */
  readonly #byteMs: () => number;
  readonly #input: SerialInput;
  /** When the last byte given to the system has left the wire, by the baud rate; monotonicMs(). */
  #freeMs = 0;

  constructor(port: PortBinding, byteMs: () => number) {
    this.#port = port;
    this.#byteMs = byteMs;
    this.#input = new SerialInput({
      read: () => this.#readPort(),
      checkPresence: () => this.#checkPresence(),
    });
  }

  /** Flushes both directions and waits until nothing comes any more. @throws BootlaceError BUS_FAILED when it never ends */
  async discardInput(path: string): Promise<void> {
    const limitMs = monotonicMs() + NOISE_LIMIT_MS;
    await this.#port.flush();
    this.#input.clear();
    while (await this.#input.waitFor(1, monotonicMs() + QUIET_MS)) {
      const came = this.#input.take(this.#input.length);
      if (monotonicMs() > limitMs) throw neverQuiet(path, came);
    }
  }

  /** Forgets what came and was not taken. */
  clearInput(): void {
    this.#input.clear();
  }

  /** Gives bytes to the system. @throws StepError with this index, like all that follow */
  async write(bytes: Uint8Array, index: number): Promise<void> {
    this.#freeMs = Math.max(this.#freeMs, monotonicMs()) + bytes.length * this.#byteMs();
    const writing = this.#port.write(Buffer.from(bytes));
    await this.#inTime(writing, this.#freeMs + WRITE_SLACK_MS, { index, syscall: "write" });
  }

  /** Until everything given to the system is on the wire. */
  async drain(index: number): Promise<void> {
    await this.#inTime(this.#port.drain(), this.#freeMs + WRITE_SLACK_MS, { index, syscall: "tcdrain" });
  }

  /** Exactly `length` bytes. */
  async read(step: ReadStep, index: number): Promise<Uint8Array> {
    const waitMs = (step.timeoutMs ?? DEFAULT_READ_MS) + step.length * this.#byteMs();
    await this.#arrive(step.length, this.#replyBeginMs() + waitMs, index);
    return this.#input.take(step.length);
  }

  /** Single bytes until one is not busy. @returns how often the busy byte came */
  async poll(step: PollStep, index: number): Promise<number> {
    const waitMs = (step.firstWaitMs ?? 0) + step.timeoutMs + this.#byteMs();
    const deadlineMs = this.#replyBeginMs() + waitMs;
    let reply: number | undefined;
    let asked = 0;
    do {
      await this.#arrive(1, deadlineMs, index, reply);
      reply = this.#input.take(1)[0];
      asked++;
    } while (reply === step.busy && reply !== step.accept);
    if (reply !== step.accept) throw new StepError(index, "unexpected", reply);
    return asked - 1;
  }

  /** Waits for input. @throws StepError "timeout" with the last byte that came, "system" */
  async #arrive(count: number, deadlineMs: number, index: number, lastReply?: number): Promise<void> {
    const inTime = await this.#input.waitFor(count, deadlineMs).catch((cause: unknown) => {
      throw new StepError(index, "system", lastReply, { cause });
    });
    if (!inTime) throw new StepError(index, "timeout", this.#input.newest ?? lastReply);
  }

  async #inTime(
    job: Promise<void>,
    deadlineMs: number,
    what: { index: number; syscall: string },
  ): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(resolve, Math.max(1, deadlineMs - monotonicMs()), "late");
    });
    const outcome = await Promise.race([job, late]).catch((error: unknown) => {
      throw new StepError(what.index, "system", undefined, { cause: error });
    });
    clearTimeout(timer);
    if (outcome !== "late") return;
    job.catch(() => undefined); // it ends when the output is thrown away, or when the port is closed
    await this.#port.flush().catch(() => undefined);
    throw new StepError(what.index, "timeout", undefined);
  }

  #replyBeginMs(): number {
    return Math.max(this.#freeMs, monotonicMs());
  }

  async #readPort(): Promise<Uint8Array> {
    const buffer = Buffer.allocUnsafe(1024);
    const { bytesRead } = await this.#port.read(buffer, 0, buffer.length);
    return new Uint8Array(buffer.subarray(0, bytesRead));
  }

  /** A tty that was hung up reads as end of file for ever, but refuses every ioctl with EIO. */
  async #checkPresence(): Promise<void> {
    if (process.platform !== "linux") return;
    await this.#port.getBaudRate().catch((error: unknown) => {
      if (!isUnknownCall(error)) throw error;
    });
  }
}

const neverQuiet = (path: string, came: Uint8Array): BootlaceError =>
  new BootlaceError(
    "BUS_FAILED",
    `${path} does not become quiet: bytes keep coming that nobody asked for, ${shownBytes(came)}`,
    { hint: OTHER_TALKER_HINT },
  );
