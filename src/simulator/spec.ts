/**
 * A simulated chip from what a user types: `sim:stm32g071?file=chip.bin&bus=uart&rdp=1`.
 * Strict: a key or a value that is not understood is an error that says what would be.
 */
import { BootlaceError } from "../errors.js";
import { deviceByName } from "../devices/name.js";
import type { Clock, SimulatedChip } from "./chip.js";
import { createChip } from "./create-chip.js";
import { factsOf } from "./device-facts.js";
import type { Bus, ChipFacts } from "./facts.js";
import { type AdapterFault, type OrderedFaults, parseFaults } from "./fault-words.js";
import { I2C_OPCODES, SPI_OPCODES, UART_OPCODES } from "./opcodes.js";
import type { I2cVersion, SpiVersion, UartVersion } from "./opcodes.js";
import type { ChipOptions } from "./options.js";
import type { ChipTimings } from "./timings.js";
import { NO_QUIRKS, QUIRK_CHOICES, QUIRK_NAMES } from "./quirks.js";
import type { ChipQuirks } from "./quirks.js";

/** What can stand behind the question mark. docs/simulator.md has the same table; a test compares them. */
export const SPEC_KEYS = {
  file: "keeps flash, option bytes and EEPROM in this file between runs",
  bus: "i2c, uart or spi; default i2c where the bootloader has it",
  protocol:
    "protocol version instead of the chip's: 1.0, 1.1, 1.2, 2.0 on I2C, 2.0 to 4.0 on UART, 1.0 to 1.3 and 2.0 on SPI",
  version: "bootloader version, V11.3",
  flash: "flash size in KiB",
  address: "I2C address, 0x51",
  clock: "of the modelled bus: Hz on I2C and SPI, baud on UART; default 400000, 1000000 or 115200",
  realtime: "waits as long as the modelled bus would take; a number is the clock",
  rdp: "readout protection level 0, 1 or 2 that the chip starts with",
  wrp: "write-protected sectors, 1,3",
  options: "option bytes of the chip: board (default: its pin BOOT0 counts) or factory",
  boot0: "level of BOOT0 at power-on: 1 (default) or 0",
  seed: "of the unique ID, of RAM and of what interrupted erases leave",
  program: "ms that programming 256 bytes takes",
  erase: "ms that erasing one page takes",
  mass: "ms that a mass erase takes",
  startup: "ms from reset to the first answer",
  timeout: "ms between two frames after which the chip resets; 0 for never",
  stretch: "ms of clock stretching after which the modelled adapter gives up",
  fault: "what goes wrong, power-lost:3 or target-locked",
  quirks: "switches, eraseReturnsEarly,wrongFrame:refuse",
} as const;

type Key = keyof typeof SPEC_KEYS;
export type SpecOptions = Readonly<Record<string, string | undefined>>;

export interface SimulatedTarget {
  readonly chip: SimulatedChip;
  readonly facts: ChipFacts;
  readonly bus: Bus;
  /** 7-bit; meaningless on UART and SPI. */
  readonly address: number;
  /** Of the modelled bus: Hz on I2C and SPI, baud on UART. */
  readonly clockHz: number;
  readonly realtime: boolean;
  readonly stretchLimitMs: number | undefined;
  /** What the modelled adapter fails with; a chip that is served elsewhere has another adapter. */
  readonly adapterFault?: AdapterFault | undefined;
}

/**
 * @param name part or family, "stm32g071"; or a product ID, "0x460"
 * @param extra on top, for tests: faults, hand-made answers
 * @throws BootlaceError USAGE, UNKNOWN_CHIP, FILE_FAILED, IMAGE_INVALID
 */
export const simulate = async (
  name: string,
  options: SpecOptions,
  clock: Clock,
  extra: Partial<ChipOptions> = {},
): Promise<SimulatedTarget> => {
  const spec = new Spec(name, options);
  const { chip: faults, adapter: adapterFault } = spec.faults();
  const facts = await spec.facts();
  const bus = spec.bus(facts);
  const address = spec.number("address") ?? facts.i2c?.address ?? 0;
  const memory = await spec.memory(facts);
  const chip = createChip({
    facts,
    clock,
    ...spec.chipOptions(bus),
    memory,
    ...extra,
    faults: [...faults, ...(extra.faults ?? [])],
  });
  return { chip, facts, bus, address, adapterFault, ...spec.link(bus) };
};

const DEFAULT_CLOCK: Readonly<Record<Bus, number>> = { i2c: 400_000, uart: 115_200, spi: 1_000_000 };

class Spec {
  readonly #name: string;
  readonly #options: Partial<Record<Key, string>>;

  constructor(name: string, options: SpecOptions) {
    this.#name = name;
    this.#options = options;
    const unknown = Object.keys(options).find((key) => !Object.hasOwn(SPEC_KEYS, key));
    if (unknown !== undefined) {
      throw this.#usage(`has no option "${unknown}"; there are ${Object.keys(SPEC_KEYS).join(", ")}`);
    }
  }

  /** @throws BootlaceError what opening shall fail with */
  faults(): OrderedFaults {
    const { fault } = this.#options;
    return fault === undefined ? { chip: [] } : parseFaults(fault);
  }

  async facts(): Promise<ChipFacts> {
    const match = await deviceByName(this.#name);
    if (match.kind !== "found") {
      throw new BootlaceError("UNKNOWN_CHIP", match.message, {
        hint: "`bootlace chips` lists the names that a simulated chip can have.",
      });
    }
    const flash = this.number("flash");
    const { version } = this.#options;
    return factsOf(match.device, {
      name: this.#name.toLowerCase(),
      flashSize: flash === undefined ? undefined : flash * 1024,
      version,
    });
  }

  bus(facts: ChipFacts): Bus {
    const bus = this.#choice("bus", ["i2c", "uart", "spi"] as const) ?? (facts.i2c ? "i2c" : "uart");
    const has = facts[bus];
    // A chip without I2C may be given one, for tests of hosts: then the address and the version have to be said.
    const given =
      bus === "i2c" && this.#options.address !== undefined && this.#options.protocol !== undefined;
    if (has || given) return bus;
    throw this.#usage(`has no bootloader on ${bus.toUpperCase()}`);
  }

  async memory({ name, flash }: ChipFacts): Promise<ChipOptions["memory"]> {
    const { file } = this.#options;
    if (file === undefined) return undefined;
    const last = flash.pages.at(-1)!;
    const { openMemoryFile } = await import("./memory-file.js");
    return openMemoryFile(file, name, {
      size: last.address + last.size - flash.base,
      erased: flash.erasedValue,
    });
  }

  chipOptions(bus: Bus): Partial<ChipOptions> {
    const level = this.#choice("rdp", ["0", "1", "2"] as const);
    const boot0 = this.#choice("boot0", ["0", "1"] as const);
    const wrp = this.#options.wrp?.split(",").map((code) => this.#parse("wrp", code));
    return {
      ...defined("i2cAddress", this.number("address")),
      ...this.#protocol(bus),
      ...defined("readoutLevel", level === undefined ? undefined : (Number(level) as 0 | 1 | 2)),
      ...defined("optionBytes", this.#choice("options", ["board", "factory"] as const)),
      ...defined("boot0", boot0 === undefined ? undefined : boot0 === "1"),
      ...defined("writeProtected", wrp),
      ...defined("seed", this.number("seed")),
      ...defined("i2cTimeoutMs", this.#timeout()),
      timings: this.#timings(),
      quirks: this.#quirks(),
    };
  }

  link(bus: Bus): Pick<SimulatedTarget, "clockHz" | "realtime" | "stretchLimitMs"> {
    const { realtime } = this.#options;
    const real = realtime === undefined || realtime === "1" ? undefined : this.number("realtime");
    const clockHz = real ?? this.number("clock") ?? DEFAULT_CLOCK[bus];
    if (clockHz <= 0)
      throw this.#usage(`option ${real === undefined ? "clock" : "realtime"} must be above 0`);
    return { clockHz, realtime: realtime !== undefined, stretchLimitMs: this.number("stretch") };
  }

  number(key: Key): number | undefined {
    const text = this.#options[key];
    return text === undefined ? undefined : this.#parse(key, text);
  }

  #parse(key: Key, text: string): number {
    if (/^(\d+(\.\d+)?|0x[0-9a-f]+)$/i.test(text)) return Number(text);
    throw this.#usage(`option ${key}: "${text}" is not a number`);
  }

  #choice<T extends string>(key: Key, choices: readonly T[]): T | undefined {
    const text = this.#options[key];
    if (text === undefined || choices.includes(text as T)) return text as T | undefined;
    throw this.#usage(`option ${key}: "${text}" is none of ${choices.join(", ")}`);
  }

  #protocol(bus: Bus): Partial<ChipOptions> {
    if (bus === "spi")
      return defined("spiProtocol", this.#choice("protocol", Object.keys(SPI_OPCODES) as SpiVersion[]));
    if (bus === "i2c") {
      return defined("i2cProtocol", this.#choice("protocol", Object.keys(I2C_OPCODES) as I2cVersion[]));
    }
    return defined("uartProtocol", this.#choice("protocol", Object.keys(UART_OPCODES) as UartVersion[]));
  }

  #timeout(): number | undefined {
    const ms = this.number("timeout");
    return ms === 0 ? Infinity : ms;
  }

  #timings(): Partial<ChipTimings> {
    return {
      ...defined("programMs", this.number("program")),
      ...defined("pageEraseMs", this.number("erase")),
      ...defined("massEraseMs", this.number("mass")),
      ...defined("startupMs", this.number("startup")),
    };
  }

  #quirks(): Partial<ChipQuirks> {
    const { quirks } = this.#options;
    if (quirks === undefined) return {};
    return Object.fromEntries(quirks.split(",").map((item) => this.#quirk(item)));
  }

  /** "name" for a switch, "name:value" for the others. */
  #quirk(item: string): readonly [string, boolean | number | string] {
    const [name = "", value] = item.split(":");
    if (!QUIRK_NAMES.includes(name)) {
      throw this.#usage(`knows no quirk "${name}"; there are ${QUIRK_NAMES.join(", ")}`);
    }
    const choices = (QUIRK_CHOICES as Readonly<Record<string, readonly string[]>>)[name];
    if (choices) {
      if (value !== undefined && choices.includes(value)) return [name, value];
      throw this.#usage(`quirk ${name} is one of ${choices.map((choice) => `${name}:${choice}`).join(", ")}`);
    }
    const isSwitch = typeof (NO_QUIRKS as unknown as Record<string, unknown>)[name] === "boolean";
    if (isSwitch && value === undefined) return [name, true];
    if (!isSwitch && value !== undefined) return [name, this.#parse("quirks", value)];
    throw this.#usage(
      isSwitch ? `quirk ${name} is a switch without a value` : `quirk ${name} needs a number, ${name}:1`,
    );
  }

  #usage(text: string): BootlaceError {
    return new BootlaceError("USAGE", `sim:${this.#name} ${text}`, {
      hint: "docs/simulator.md lists the options.",
    });
  }
}

const defined = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>);
