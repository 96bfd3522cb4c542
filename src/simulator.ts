/** bootlace/simulator: chips that are not there, for tests of what is built on bootlace (docs/simulator.md). */
export { openSim, SimTransport } from "./transport/sim/sim.js";
export { createChip } from "./simulator/create-chip.js";
export { simulate, SPEC_KEYS, type SimulatedTarget, type SpecOptions } from "./simulator/spec.js";
export { factsOf, type FactsOptions } from "./simulator/device-facts.js";
export { RealClock, VirtualClock } from "./simulator/clock.js";
export type { ChipFault } from "./simulator/faults.js";
export type { ChipOptions, SpecialReply } from "./simulator/options.js";
export type { ChipQuirks } from "./simulator/quirks.js";
export type { ChipTimings } from "./simulator/timings.js";
export type { ChipFacts } from "./simulator/facts.js";
export type {
  ChipState,
  Clock,
  I2cAnswer,
  SimulatedChip,
  Violation,
  ViolationKind,
} from "./simulator/chip.js";
export type { SimLink } from "./transport/sim/sim-link.js";
export type { AdapterFault } from "./simulator/fault-words.js";
export type { Lasting } from "./simulator/faults.js";
export type { I2cVersion, UartVersion } from "./simulator/opcodes.js";
export type { ReadoutLevel } from "./simulator/option-bytes.js";
export type { ChipMemory } from "./simulator/memory-file.js";
export type { FlashFacts } from "./simulator/facts.js";
export type { OptionLayout } from "./simulator/option-layouts.js";
export type { ChipSideState } from "./simulator/memory-file.js";
export type { FlashPage } from "./simulator/facts.js";
export type { OptionForm } from "./simulator/option-layouts.js";
export type { Bus } from "./simulator/facts.js";
export type { SpiVersion } from "./simulator/opcodes.js";
