/** One run of the bootloader on one interface, from its selection to the next reset: the dialogue and where it stands. */
import type { Ask, Dialogue } from "./dialogue.js";
import type { Bus } from "./facts.js";
import type { Mcu } from "./mcu.js";
import { BUSY, NACK } from "./opcodes.js";
import { runRom } from "./main-loop.js";
import type { Rom } from "./rom.js";

const NOTHING = new Uint8Array(0);

/** How a status byte goes out. */
export interface StatusByte {
  readonly byte: number;
  readonly readyMs: number;
  /** BUSY is sent until then. */
  readonly busy: boolean;
}

export class Session implements Rom {
  writesFail = false;
  busyUntilMs = -Infinity;
  ask: Ask;
  #dialogue: Dialogue<never>;
  #status: StatusByte | undefined;
  #refused = false;

  constructor(
    readonly mcu: Mcu,
    readonly bus: Bus,
    readonly version: number,
    readonly opcodes: readonly number[],
  ) {
    this.#dialogue = runRom(this);
    this.ask = this.#dialogue.next(NOTHING).value;
  }

  get nowMs(): number {
    return Math.max(this.mcu.nowMs, this.busyUntilMs);
  }

  /** Between two commands: no time-out runs. */
  get isIdle(): boolean {
    return this.ask.want === "frame" && this.ask.idle;
  }

  /** The host did what was asked for. */
  advance(frame: Uint8Array = NOTHING): void {
    if (this.ask.want === "status") {
      this.#status = undefined;
      if (this.#refused) return this.restart(false);
    }
    this.ask = this.#dialogue.next(frame).value;
  }

  /** Back to the main loop, with a NACK first if the host is to be told. */
  restart(refuseFirst: boolean): void {
    this.#refused = false;
    this.#dialogue = runRom(this, refuseFirst);
    this.ask = this.#dialogue.next(NOTHING).value;
  }

  /** The status byte due, with the fault that a test ordered for it. The same object until it is delivered. */
  status(): StatusByte {
    if (this.#status) return this.#status;
    const ask = this.ask as Extract<Ask, { want: "status" }>;
    const fault = this.mcu.faults.nextStatus();
    this.#refused = fault?.kind === "refused";
    if (fault?.kind === "refused") this.#status = { ...ask, byte: NACK };
    else if (fault?.kind === "status replaced") this.#status = { ...ask, byte: fault.byte };
    else if (fault?.kind === "busy for ever") this.#status = { byte: BUSY, readyMs: Infinity, busy: true };
    else this.#status = ask;
    return this.#status;
  }
}
