/** The microcontroller without its bootloader: power, reset, boot selection, flash operations in time, protection. */
import type { ChipState, Clock, Violation, ViolationKind } from "./chip.js";
import type { ChipFacts, FlashPage } from "./facts.js";
import { FaultPlan } from "./faults.js";
import { Memory } from "./memory.js";
import { levelOf, protectedCodes, protectSectors, setLevel } from "./option-bytes.js";
import type { ReadoutLevel } from "./option-bytes.js";
import type { ChipOptions, ChipTimings, SpecialReply } from "./options.js";
import { NO_QUIRKS, quirksOf } from "./quirks.js";
import type { ChipQuirks } from "./quirks.js";
import { seededBytes } from "./random.js";

/** Work of the flash controller. `finish` happens at its end; `interrupt` when power or reset cuts it off at `fraction`. */
export interface Operation {
  readonly durationMs: number;
  finish(): void;
  interrupt?(fraction: number): void;
}

interface TimedEvent {
  readonly atMs: number;
  /** Power or reset: what the chip would have sent after it never comes. */
  readonly fatal: boolean;
  run(): void;
}

interface RunningOperation extends Operation {
  readonly startMs: number;
  readonly endMs: number;
}

/** Told when a reset, a jump or the loss of power ends what the bootloader was doing. */
export interface LossListener {
  onLost(): void;
}

export class Mcu {
  readonly facts: ChipFacts;
  readonly clock: Clock;
  readonly quirks: ChipQuirks;
  readonly timings: ChipTimings;
  readonly memory: Memory;
  readonly faults = new FaultPlan();
  readonly violations: Violation[] = [];
  readonly counts = { erasedPages: 0, programmedBytes: 0, resets: 0 };
  readonly noise: () => number;
  readonly specialReplies: Readonly<Record<number, SpecialReply>>;
  jumpTarget: number | undefined;
  /** Readout level in force: what was in the option bytes at the last load. */
  level: ReadoutLevel = 0;
  /** When the chip resets itself because the host is silent; Infinity: never. */
  timeoutAtMs = Infinity;
  listener: LossListener | undefined;
  readonly #seed: number;
  #state: ChipState = "off";
  #nowMs: number;
  #events: TimedEvent[] = [];
  #operations: RunningOperation[] = [];
  #protectedPages: ReadonlySet<FlashPage> = new Set();
  #boot0: boolean;
  #nrst = true;
  #emptyFlag = false;

  constructor(options: ChipOptions, clock: Clock) {
    this.facts = options.facts;
    this.clock = clock;
    this.#nowMs = clock.now();
    this.#seed = options.seed ?? 1;
    this.noise = seededBytes(this.#seed ^ 0xe4a5e);
    const { productId, bootloaderVersion } = options.facts;
    this.quirks = { ...NO_QUIRKS, ...quirksOf(productId, bootloaderVersion), ...options.quirks };
    this.timings = { ...defaultTimings(options.facts), ...options.timings };
    this.memory = new Memory(options.facts, options.memory, this.#seed);
    this.specialReplies = options.specialReplies ?? {};
    this.#applyProtection(options);
    this.#boot0 = options.boot0 ?? true;
    for (const fault of options.faults ?? []) this.faults.add(fault);
  }

  /** What the options order goes into the option bytes, as if written before the last power-on. */
  #applyProtection({ readoutLevel, writeProtected }: ChipOptions): void {
    const layout = this.facts.optionLayout;
    if (readoutLevel !== undefined) setLevel(this.memory.optionBytes, layout, readoutLevel);
    if (writeProtected !== undefined) protectSectors(this.memory, layout, writeProtected);
    if (readoutLevel !== undefined || writeProtected !== undefined) this.memory.saveSide();
  }

  /** The chip's own time: that of the event it is in, else the clock's. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get state(): ChipState {
    return this.#state;
  }

  get isProtected(): boolean {
    return this.level !== 0;
  }

  violate(kind: ViolationKind, text: string): void {
    this.violations.push({ atMs: this.#nowMs, kind, text });
  }

  // ---- time ----

  /** Lets happen what is due by now, in order. */
  catchUp(): void {
    const now = this.clock.now();
    while (this.#nextMs() <= now) this.#step();
    if (now > this.#nowMs) this.#nowMs = now;
  }

  at(atMs: number, run: () => void, fatal = false): void {
    const event = { atMs, fatal, run };
    const index = this.#events.findIndex((other) => other.atMs > atMs);
    if (index < 0) this.#events.push(event);
    else this.#events.splice(index, 0, event);
  }

  /** When power or reset is already known to come by `ms`; else undefined. */
  lossBy(ms: number): number | undefined {
    return this.#events.find((event) => event.fatal && event.atMs <= ms)?.atMs;
  }

  #nextMs(): number {
    return Math.min(
      this.#events[0]?.atMs ?? Infinity,
      this.#operations[0]?.endMs ?? Infinity,
      this.timeoutAtMs,
    );
  }

  #step(): void {
    const operationMs = this.#operations[0]?.endMs ?? Infinity;
    const eventMs = this.#events[0]?.atMs ?? Infinity;
    const atMs = Math.min(operationMs, eventMs, this.timeoutAtMs);
    if (atMs > this.#nowMs) this.#nowMs = atMs;
    // An operation that ends at the very moment of an event has ended.
    if (operationMs === atMs) this.#operations.shift()!.finish();
    else if (eventMs === atMs) this.#events.shift()!.run();
    else this.reset("time-out");
  }

  // ---- flash controller ----

  /** Until when operations are in progress; in the past when none is. */
  get operationsEndMs(): number {
    return this.#operations.at(-1)?.endMs ?? -Infinity;
  }

  /**
   * Starts `operation` after those in progress, not before `notBeforeMs`.
   * @returns when it will be done
   */
  operate(operation: Operation, notBeforeMs: number): number {
    const startMs = Math.max(notBeforeMs, this.#nowMs, this.operationsEndMs);
    const endMs = startMs + operation.durationMs;
    const fault = this.faults.nextOperation();
    const done = fault?.kind === "not done" ? { ...operation, finish: nothing } : operation;
    this.#operations.push({ ...done, durationMs: operation.durationMs, startMs, endMs });
    if (fault?.kind === "power lost" || fault?.kind === "reset in operation") {
      const atMs = startMs + fault.fraction * operation.durationMs;
      this.at(
        atMs,
        () => (fault.kind === "power lost" ? this.#losePower(fault.backAfterMs) : this.reset("fault")),
        true,
      );
    }
    return endMs;
  }

  #losePower(backAfterMs: number | undefined): void {
    this.#stop("off");
    if (backAfterMs !== undefined) this.at(this.#nowMs + backAfterMs, () => this.#powerUp());
  }

  #cutOperations(): void {
    const [running] = this.#operations;
    this.#operations = [];
    if (!running || running.startMs > this.#nowMs || running.endMs === running.startMs) return;
    running.interrupt?.((this.#nowMs - running.startMs) / (running.endMs - running.startMs));
  }

  // ---- reset and boot ----

  /** BOOT0 is sampled when the reset ends. `loadOptions`: the option bytes take effect. */
  reset(cause: "time-out" | "software" | "fault" | "options" | "pin"): void {
    this.#stop("booting");
    this.counts.resets++;
    if (cause === "options") this.#loadOptions();
    this.at(this.#nowMs + this.timings.startupMs, () => this.#boot());
  }

  #stop(state: ChipState): void {
    this.#cutOperations();
    this.#events = [];
    this.timeoutAtMs = Infinity;
    this.#state = state;
    this.listener?.onLost();
  }

  #boot(): void {
    const wantsBootloader = this.#boot0 || (this.facts.emptyCheck && this.#emptyFlag);
    const level2 = this.level === 2 && !this.quirks.level2Commands;
    this.#state = wantsBootloader && !level2 ? "bootloader" : "application";
    if (this.#state === "bootloader" && this.quirks.emptyFlagCleared) this.#emptyFlag = false;
  }

  /** Go: the bootloader is left at `atMs`. Programs do not run here, but one in RAM that resets the chip is known by its constants. */
  jump(address: number, atMs: number): void {
    this.at(
      atMs,
      () => {
        this.jumpTarget = address;
        if (this.#isResetProgram(address)) this.reset("software");
        else this.#stop("application");
      },
      true,
    );
  }

  /** The address of AIRCR and the value that requests a system reset (Arm v6-M and v7-M architecture reference manuals, AIRCR). */
  #isResetProgram(address: number): boolean {
    if (this.memory.flash.has(address)) return false;
    const words = new Uint32Array(this.memory.read(address, RESET_PROGRAM_BYTES).buffer);
    return words.includes(0xe000_ed0c) && words.includes(0x05fa_0004);
  }

  #loadOptions(): void {
    const { optionBytes, writeProtected, flash } = this.memory;
    const layout = this.facts.optionLayout;
    this.level = levelOf(optionBytes, layout);
    this.#emptyFlag = flash.isEmpty;
    const codes = new Set([...writeProtected, ...protectedCodes(optionBytes, layout)]);
    this.#protectedPages = codes.size === 0 ? new Set() : this.#pagesOf(codes);
  }

  #pagesOf(codes: ReadonlySet<number>): ReadonlySet<FlashPage> {
    const { wrpSectorBytes } = this.facts.optionLayout;
    const { base, pages } = this.facts.flash;
    const codeOf = (page: FlashPage) =>
      wrpSectorBytes === undefined ? page.index : Math.floor((page.address - base) / wrpSectorBytes);
    return new Set(pages.filter((page) => codes.has(codeOf(page))));
  }

  get hasWriteProtection(): boolean {
    return this.#protectedPages.size > 0;
  }

  isWriteProtected(page: FlashPage): boolean {
    return this.#protectedPages.has(page);
  }

  // ---- pins ----

  setBoot0(high: boolean): void {
    this.#boot0 = high;
  }

  setNrst(high: boolean): void {
    if (high === this.#nrst) return;
    this.#nrst = high;
    if (this.#state === "off") return;
    if (high) this.reset("pin");
    else this.#stop("held in reset");
  }

  setPower(on: boolean): void {
    if (on === (this.#state !== "off")) return;
    if (on) this.#powerUp();
    else this.#stop("off");
  }

  #powerUp(): void {
    if (this.#state !== "off") return;
    this.#events = [];
    this.memory.powerOn(this.#seed);
    this.#loadOptions();
    this.#state = "held in reset";
    if (this.#nrst) this.reset("pin");
  }

  /** Power-on long enough ago: the chip has booted. */
  startBooted(): void {
    this.#loadOptions();
    this.#boot();
  }
}

const RESET_PROGRAM_BYTES = 128;

const nothing = (): void => undefined;

/** Sectors of F2, F4, F7 and H7 take about 8 ms per KiB (128 KiB: 1 s); pages about 20 ms whatever their size. */
const defaultTimings = ({ flash, startupMs }: ChipFacts): ChipTimings => {
  const bySector = flash.pages.some(({ size }) => size >= 16384);
  const pageEraseMs = (size: number): number => (bySector ? Math.max(20, size / 128) : 20);
  const sectorsMs = flash.pages.reduce((sum, { size }) => sum + pageEraseMs(size), 0) / 2;
  return {
    programMs: 1,
    pageEraseMs,
    massEraseMs: bySector ? sectorsMs : 40,
    checksumMsPerKiB: 0.02,
    optionBytesMs: 20,
    startupMs,
  };
};
