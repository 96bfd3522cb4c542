/** The simulated chip as a whole: the microcontroller, its bootloader and the links, behind the interface of chip.ts. */
import type { ChipState, Clock, I2cAnswer, SimulatedChip, Violation } from "./chip.js";
import { VirtualClock } from "./clock.js";
import type { Bus } from "./facts.js";
import type { ChipFault } from "./faults.js";
import { I2cLink } from "./i2c-link.js";
import { Mcu } from "./mcu.js";
import { I2C_OPCODES, SPI_OPCODES, UART_OPCODES, versionByte } from "./opcodes.js";
import type { ChipOptions } from "./options.js";
import type { ChipQuirks } from "./quirks.js";
import { Session } from "./session.js";
import { FLOATING, SpiLink } from "./spi-link.js";
import { UartLink } from "./uart-link.js";

export const createChip = (options: ChipOptions): SimulatedChip => new Chip(options);

class Chip implements SimulatedChip {
  readonly name: string;
  readonly clock: Clock;
  readonly #options: ChipOptions;
  readonly #mcu: Mcu;
  readonly #i2c: I2cLink;
  readonly #uart: UartLink;
  readonly #spi: SpiLink;
  readonly #i2cAddress: number | undefined;
  readonly #counts = { i2cWrites: 0, i2cReads: 0, bytes: 0 };

  constructor(options: ChipOptions) {
    const { facts, clock = new VirtualClock() } = options;
    this.name = facts.name;
    this.clock = clock;
    this.#options = options;
    const mcu = new Mcu(options, clock);
    this.#mcu = mcu;
    this.#i2cAddress = options.i2cAddress ?? facts.i2c?.address;
    const hangs = quickWriteHangs(mcu.quirks.quickWrite, options.i2cProtocol ?? facts.i2c?.protocol);
    this.#i2c = new I2cLink(mcu, options.i2cTimeoutMs ?? facts.i2c?.timeoutMs ?? 1000, hangs);
    this.#uart = new UartLink(mcu);
    this.#spi = new SpiLink(mcu);
    mcu.listener = {
      onLost: () => {
        this.#i2c.stop();
        this.#uart.stop();
        this.#spi.stop();
      },
    };
    if (options.powered ?? true) mcu.startBooted();
  }

  get state(): ChipState {
    this.#mcu.catchUp();
    return this.#mcu.state;
  }

  get violations(): readonly Violation[] {
    this.#mcu.catchUp();
    return this.#mcu.violations;
  }

  get counters(): SimulatedChip["counters"] {
    this.#mcu.catchUp();
    return { ...this.#counts, ...this.#mcu.counts, ...this.#mcu.faults.counts };
  }

  get jumpTarget(): number | undefined {
    this.#mcu.catchUp();
    return this.#mcu.jumpTarget;
  }

  get readoutLevel(): 0 | 1 | 2 {
    this.#mcu.catchUp();
    return this.#mcu.level;
  }

  i2cWrite(address: number, bytes: Uint8Array, restart = false): I2cAnswer {
    this.#counts.i2cWrites++;
    if (!this.#selectI2c(address)) return { kind: "nack" };
    this.#counts.bytes += bytes.length;
    return this.#i2c.write(bytes, restart);
  }

  i2cRead(address: number, length: number, restart = false): I2cAnswer {
    this.#counts.i2cReads++;
    if (!this.#selectI2c(address)) return { kind: "nack" };
    this.#counts.bytes += length;
    return this.#i2c.read(length, restart);
  }

  i2cAbort(): void {
    this.#i2c.abort();
  }

  uartReceive(byte: number, parityOk = true): void {
    this.#mcu.catchUp();
    if (!this.#arrives() || !this.#options.facts.uart || this.#i2c.isSelected || this.#spi.isSelected) return;
    this.#counts.bytes++;
    const parityFits = parityOk || this.#options.facts.uart.parity === "none";
    if (this.#uart.isSelected) {
      if (parityFits) this.#uart.receive(byte);
      else this.#mcu.violate("order", "a character with wrong parity");
      return;
    }
    // Other bytes are not measured as a baud rate.
    if (UartLink.isSync(byte, parityFits)) this.#uart.start(this.#session("uart"));
  }

  uartTake(): { readonly atMs: number; readonly byte: number }[] {
    this.#mcu.catchUp();
    return this.#uart.take();
  }

  spiExchange(mosi: number, gapUs = Infinity): number {
    this.#mcu.catchUp();
    if (!this.#arrives() || !this.#options.facts.spi || this.#i2c.isSelected || this.#uart.isSelected)
      return FLOATING;
    this.#counts.bytes++;
    if (this.#spi.isSelected) return this.#spi.exchange(mosi, gapUs);
    if (SpiLink.isStart(mosi)) this.#spi.start(this.#session("spi"));
    return FLOATING;
  }

  setBoot0(high: boolean): void {
    this.#mcu.catchUp();
    this.#mcu.setBoot0(high);
  }

  setNrst(high: boolean): void {
    this.#mcu.catchUp();
    this.#mcu.setNrst(high);
  }

  setPower(on: boolean): void {
    this.#mcu.catchUp();
    this.#mcu.setPower(on);
  }

  inject(fault: ChipFault): void {
    this.#mcu.faults.add(fault);
  }

  calm(): void {
    this.#mcu.faults.clear();
  }

  peek(address: number, length: number): Uint8Array {
    this.#mcu.catchUp();
    return this.#mcu.memory.read(address, length);
  }

  poke(address: number, bytes: Uint8Array): void {
    this.#mcu.catchUp();
    this.#mcu.memory.poke(address, bytes);
  }

  wouldBoot(): boolean {
    this.#mcu.catchUp();
    const { flash, ram } = this.#options.facts;
    const vectors = new DataView(this.#mcu.memory.read(flash.base, 8).buffer);
    const stack = vectors.getUint32(0, true);
    const reset = vectors.getUint32(4, true);
    const areas = ram.stacks ?? ram.areas;
    const stackFits = areas.some(({ start, end }) => stack > start && stack <= end) && stack % 4 === 0;
    return stackFits && (reset & 1) === 1 && this.#mcu.memory.flash.has(reset - 1);
  }

  close(): void {
    this.#mcu.catchUp();
    this.#mcu.memory.close();
  }

  /** A frame reaches the bootloader, unless a test wants a reset right before it. */
  #arrives(): boolean {
    if (this.#mcu.state !== "bootloader") return false;
    if (!this.#mcu.faults.nextFrame()) return true;
    this.#mcu.reset("fault");
    return false;
  }

  /** Being addressed selects the interface, until reset. @returns false when nobody acknowledges the address */
  #selectI2c(address: number): boolean {
    this.#mcu.catchUp();
    if (address !== this.#i2cAddress || this.#uart.isSelected || this.#spi.isSelected) return false;
    if (!this.#arrives()) return false;
    if (!this.#i2c.isSelected) this.#i2c.start(this.#session("i2c"));
    return true;
  }

  /** A version that differs from the chip's own brings its own list of commands. */
  #session(bus: Bus): Session {
    const { facts, i2cProtocol, uartProtocol, i2cOpcodes, uartOpcodes } = this.#options;
    if (bus === "spi") {
      const { spiProtocol, spiOpcodes } = this.#options;
      const version = spiProtocol ?? facts.spi?.protocol ?? "1.1";
      const own = version === facts.spi?.protocol ? facts.spi.opcodes : undefined;
      return new Session(this.#mcu, bus, versionByte(version), spiOpcodes ?? own ?? SPI_OPCODES[version]);
    }
    if (bus === "i2c") {
      const version = i2cProtocol ?? facts.i2c?.protocol ?? "1.2";
      const own = version === facts.i2c?.protocol ? facts.i2c.opcodes : undefined;
      return new Session(this.#mcu, bus, versionByte(version), i2cOpcodes ?? own ?? I2C_OPCODES[version]);
    }
    const version = uartProtocol ?? facts.uart?.protocol ?? "3.1";
    const own = version === facts.uart?.protocol ? facts.uart.opcodes : undefined;
    return new Session(this.#mcu, bus, versionByte(version), uartOpcodes ?? own ?? UART_OPCODES[version]);
  }
}

const quickWriteHangs = (quirk: ChipQuirks["quickWrite"], protocol = "1.2"): boolean =>
  quirk === "hangs" || (quirk === "by protocol" && Number(protocol) < 1.2);
