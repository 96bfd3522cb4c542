/** The microcontroller without its bootloader: power, reset, boot selection, flash operations in time, protection. */
import type { ChipState, Clock, Violation, ViolationKind } from "./chip.js";
import type { ChipFacts, FlashPage } from "./facts.js";
import { FaultPlan } from "./faults.js";
import type { OperationFault } from "./faults.js";
import { Memory } from "./memory.js";
import { bootConditionsOf, bootOptions, startsFrom } from "./boot-conditions.js";
import { levelOf, loadOptions, protectedCodes, protectSectors, setLevel } from "./option-bytes.js";
import type { ReadoutLevel } from "./option-bytes.js";
import type { ChipOptions, SpecialReply } from "./options.js";
import type { ChipTimings } from "./timings.js";
import { NO_QUIRKS, quirksOf } from "./quirks.js";
import type { ChipQuirks } from "./quirks.js";
import { seededBytes } from "./random.js";
import { runInRam } from "./run-program.js";
import { Timeline } from "./timeline.js";
import type { Operation } from "./timeline.js";
import { defaultTimings } from "./timings.js";

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
  readonly unhandledOpcodes: readonly number[];
  jumpTarget: number | undefined;
  /** Readout level in force: what was in the option bytes at the last load. */
  level: ReadoutLevel = 0;
  /** When the chip resets itself because the host is silent; Infinity: never. */
  timeoutAtMs = Infinity;
  listener: LossListener | undefined;
  readonly #seed: number;
  #state: ChipState = "off";
  readonly #timeline: Timeline;
  #protectedPages: ReadonlySet<FlashPage> = new Set();
  #boot0: boolean;
  #nrst = true;
  #emptyFlag = false;
  /** Option bytes in force: as they were at the last load. */
  #options = new Uint8Array(0);
  /** The next boot, whatever is selected. */
  #startsApplication = false;

  constructor(options: ChipOptions, clock: Clock) {
    this.clock = clock;
    this.#timeline = new Timeline(clock.now());
    this.#seed = options.seed ?? 1;
    this.noise = seededBytes(this.#seed ^ 0xe4a5e);
    const { productId, bootloaderVersion } = options.facts;
    this.quirks = { ...NO_QUIRKS, ...quirksOf(productId, bootloaderVersion), ...options.quirks };
    const { sizeRegisterKiB } = this.quirks;
    this.facts = { ...options.facts, sizeRegisterKiB: sizeRegisterKiB ?? options.facts.sizeRegisterKiB };
    this.timings = { ...defaultTimings(options.facts), ...options.timings };
    this.memory = new Memory(this.facts, options);
    this.specialReplies = options.specialReplies ?? {};
    this.unhandledOpcodes = options.unhandledOpcodes ?? [];
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
    return this.#timeline.nowMs;
  }

  get state(): ChipState {
    return this.#state;
  }

  get isProtected(): boolean {
    return this.level !== 0;
  }

  violate(kind: ViolationKind, text: string): void {
    this.violations.push({ atMs: this.nowMs, kind, text });
  }

  // ---- time ----

  /** Lets happen what is due by now, in order. */
  catchUp(): void {
    this.#timeline.runTo(this.clock.now(), this.#deadline, this.#expire);
  }

  readonly #deadline = (): number => this.timeoutAtMs;
  readonly #expire = (): void => this.reset("time-out");

  at(atMs: number, run: () => void, fatal = false): void {
    this.#timeline.at(atMs, run, fatal);
  }

  /** When power or reset is already known to come by `ms`; else undefined. */
  lossBy(ms: number): number | undefined {
    return this.#timeline.lossBy(ms);
  }

  // ---- flash controller ----

  /** Until when operations are in progress; in the past when none is. */
  get operationsEndMs(): number {
    return this.#timeline.operationsEndMs;
  }

  /**
   * Starts `operation` after those in progress, not before `notBeforeMs`.
   * @returns when it will be done
   */
  operate(operation: Operation, notBeforeMs: number): number {
    const fault = this.faults.nextOperation();
    const done =
      fault?.kind === "not done" ? { durationMs: operation.durationMs, finish: nothing } : operation;
    const { startMs, endMs } = this.#timeline.operate(done, notBeforeMs);
    if (fault?.kind === "power lost" || fault?.kind === "reset in operation") {
      const atMs = startMs + fault.fraction * operation.durationMs;
      this.at(atMs, () => this.#strike(fault), true);
    }
    return endMs;
  }

  #strike(fault: OperationFault): void {
    if (fault.kind === "reset in operation") return this.reset("fault");
    this.#stop("off");
    const backAfterMs = fault.kind === "power lost" ? fault.backAfterMs : undefined;
    if (backAfterMs !== undefined) this.at(this.nowMs + backAfterMs, () => this.#powerUp());
  }

  // ---- reset and boot ----

  /** BOOT0 is sampled when the reset ends. `loadOptions`: the option bytes take effect. */
  reset(cause: "time-out" | "software" | "fault" | "options" | "pin"): void {
    this.#stop("booting");
    this.counts.resets++;
    if (cause === "options") this.#loadOptions();
    this.at(this.nowMs + this.timings.startupMs, () => this.#boot());
  }

  #stop(state: ChipState): void {
    this.#timeline.cut();
    this.timeoutAtMs = Infinity;
    this.#state = state;
    this.listener?.onLost();
  }

  #boot(): void {
    const empty = this.facts.emptyCheck && this.#emptyFlag;
    const inputs = { options: this.#options, boot0: this.#boot0, empty };
    const from = startsFrom(bootConditionsOf(this.facts), inputs);
    const wantsBootloader = !this.#startsApplication && from === "bootloader";
    this.#startsApplication = false;
    const level2 = this.level === 2 && !this.quirks.level2Commands;
    this.#state = wantsBootloader && !level2 ? "bootloader" : "application";
    if (this.#state !== "bootloader") return;
    if (this.quirks.emptyFlagCleared) this.#emptyFlag = false;
    if (this.quirks.startOverwritesRam) this.memory.ram.fill(this.noise());
  }

  /** Go: the bootloader is left at `atMs`. Programs in flash do not run here; those in RAM do. */
  jump(address: number, atMs: number): void {
    this.at(
      atMs,
      () => {
        this.jumpTarget = address;
        this.#stop("application");
        if (!this.memory.flash.has(address)) this.#runInRam(address);
      },
      true,
    );
  }

  #runInRam(address: number): void {
    const { core } = this.facts;
    const { programFaultsFrom: faultsFrom, afterRamProgram } = this.quirks;
    const { end, cycles } = runInRam(this.memory, address, { core, faultsFrom });
    if (end !== "reset" || afterRamProgram === "nothing") return;
    this.#startsApplication = afterRamProgram === "application";
    this.at(this.nowMs + (cycles * 1000) / this.timings.coreHz, () => this.reset("software"), true);
  }

  #loadOptions(): void {
    const { optionBytes, writeProtected, flash } = this.memory;
    const layout = this.facts.optionLayout;
    loadOptions(optionBytes, layout);
    this.level = levelOf(optionBytes, layout);
    this.#options = bootOptions(optionBytes, this.facts, this.quirks.brokenOptionsLock);
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
    this.#timeline.cut();
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

const nothing = (): void => undefined;
