/**
 * Faults that a test orders. All are counted, never timed, so that a run repeats exactly. Indexes count from the fault's injection:
 * flash operations (one per programmed block, one per erased page, one per mass erase), status bytes sent, frames (I2C transactions or
 * UART characters) that reached the bootloader.
 */
export type ChipFault =
  /** Power fails when `fraction` (0..1) of operation number `operation` is done; it returns after `backAfterMs`, or with setPower(true). */
  | {
      readonly kind: "power lost";
      readonly operation: number;
      readonly fraction: number;
      readonly backAfterMs?: number;
    }
  /** As above, but only the core resets (brown-out, watchdog): the operation is cut off just the same. */
  | { readonly kind: "reset in operation"; readonly operation: number; readonly fraction: number }
  /** The chip acknowledges and does nothing. */
  | ({ readonly kind: "not done"; readonly operation: number } & Lasting)
  /** This status byte goes out instead of the right one; the chip believes that it sent the right one. */
  | ({ readonly kind: "status replaced"; readonly status: number; readonly byte: number } & Lasting)
  /** NACK instead of ACK, and the chip waits for the next command. */
  | ({ readonly kind: "refused"; readonly status: number } & Lasting)
  /** BUSY on I2C, silence on UART, until reset. */
  | { readonly kind: "busy for ever"; readonly status: number }
  /** The chip resets before this frame. */
  | { readonly kind: "reset"; readonly frame: number };

export interface Lasting {
  /** From then on, every time. */
  readonly lasting?: boolean;
}

type StatusFault = Extract<ChipFault, { status: number }>;
export type OperationFault = Extract<ChipFault, { operation: number }>;

/** Faults still to come, with the counters they wait for. */
export class FaultPlan {
  #operations = 0;
  #statuses = 0;
  #frames = 0;
  #waiting: Waiting[] = [];

  add(fault: ChipFault): void {
    const due =
      "operation" in fault
        ? this.#operations + fault.operation
        : "status" in fault
          ? this.#statuses + fault.status
          : this.#frames + fault.frame;
    this.#waiting.push({ fault, due });
  }

  clear(): void {
    this.#waiting = [];
  }

  get counts(): { readonly operations: number; readonly statuses: number; readonly frames: number } {
    return { operations: this.#operations, statuses: this.#statuses, frames: this.#frames };
  }

  nextOperation(): OperationFault | undefined {
    const count = this.#operations++;
    if (this.#waiting.length === 0) return undefined;
    return this.#take((entry) => "operation" in entry.fault && isDue(entry, count)) as
      OperationFault | undefined;
  }

  nextStatus(): StatusFault | undefined {
    const count = this.#statuses++;
    if (this.#waiting.length === 0) return undefined;
    return this.#take((entry) => "status" in entry.fault && isDue(entry, count)) as StatusFault | undefined;
  }

  /** @returns true when the chip resets before this frame */
  nextFrame(): boolean {
    const count = this.#frames++;
    if (this.#waiting.length === 0) return false;
    return this.#take(({ fault, due }) => "frame" in fault && due === count) !== undefined;
  }

  #take(wanted: (entry: Waiting) => boolean): ChipFault | undefined {
    const index = this.#waiting.findIndex(wanted);
    if (index < 0) return undefined;
    const { fault } = this.#waiting[index]!;
    if (!isLasting(fault)) this.#waiting.splice(index, 1);
    return fault;
  }
}

interface Waiting {
  readonly fault: ChipFault;
  readonly due: number;
}

const isLasting = (fault: ChipFault): boolean => "lasting" in fault && fault.lasting;

const isDue = ({ fault, due }: Waiting, count: number): boolean =>
  due === count || (isLasting(fault) && count > due);
