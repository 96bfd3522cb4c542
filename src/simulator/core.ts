/**
 * The processor, as far as programs in RAM need it: ARMv6-M instructions (ARM DDI 0419), interrupts off, no exceptions but faults.
 * Programs in flash are not run here: to the simulated chip they are "the application".
 */

/** What the core reads and writes. */
export interface Bus {
  /** @returns undefined: a bus fault */
  load(address: number): number | undefined;
  /** @returns false: a bus fault */
  store(address: number, word: number): boolean;
}

/** "reset": SYSRESETREQ was set. "running": still at it after `maxSteps`, or it did what is not modelled. "lockup": a fault without a way on. */
export type CoreEnd = "reset" | "running" | "lockup";

const SCS = { start: 0xe000_e000, end: 0xe000_f000 } as const;
const VTOR = 0xe000_ed08;
const AIRCR = 0xe000_ed0c;
const HARD_FAULT = 3;
const [SP, PC] = [13, 15];

class Fault extends Error {}

export class Core {
  /** r0 to r15; r15 is the address of the next instruction. */
  readonly #r = new Int32Array(16);
  #n = false;
  #z = false;
  #c = false;
  #v = false;
  #vtor = 0;
  #inFault = false;
  #end: CoreEnd | undefined;
  /** Clock cycles, by the Cortex-M0's table (ARM DDI 0432, 3.3). */
  cycles = 0;

  /** @param hasVtor false on Cortex-M0: faults go to vectors that are not the program's */
  constructor(
    private readonly bus: Bus,
    private readonly hasVtor: boolean,
  ) {}

  /** Starts at the vector table at `address`, as the bootloader's Go does. */
  run(address: number, maxSteps: number): CoreEnd {
    try {
      this.#r[SP] = this.#load(address);
      this.#jump(this.#load(address + 4));
    } catch {
      return "lockup";
    }
    for (let step = 0; step < maxSteps && this.#end === undefined; step++) this.#tick();
    return this.#end ?? "running";
  }

  #tick(): void {
    try {
      this.#step();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#fault();
    }
  }

  /** Eight words would be pushed; nothing returns from here, so that they are only checked to have room. */
  #fault(): void {
    const handler = this.hasVtor ? this.bus.load(this.#vtor + HARD_FAULT * 4) : undefined;
    const room = this.bus.load((this.#r[SP]! - 32) >>> 0) !== undefined;
    if (this.#inFault || handler === undefined || !room) this.#end = "lockup";
    else this.#jump(handler);
    this.#inFault = true;
  }

  #jump(target: number): void {
    this.#r[PC] = target & ~1;
  }

  #load(address: number): number {
    this.cycles++;
    const at = address >>> 0;
    if (at % 4 !== 0) throw new Fault();
    if (at >= SCS.start && at < SCS.end) return at === VTOR && this.hasVtor ? this.#vtor : 0;
    const word = this.bus.load(at);
    if (word === undefined) throw new Fault();
    return word;
  }

  #store(address: number, word: number): void {
    this.cycles++;
    const at = address >>> 0;
    if (at % 4 !== 0) throw new Fault();
    if (at === AIRCR && word >>> 16 === 0x05fa && (word & 4) !== 0) this.#end = "reset";
    else if (at === VTOR) this.#vtor = word;
    else if (!(at >= SCS.start && at < SCS.end) && !this.bus.store(at, word)) throw new Fault();
  }

  #halfword(address: number): number {
    const word = this.bus.load((address & ~3) >>> 0);
    if (word === undefined) throw new Fault();
    return address & 2 ? word >>> 16 : word & 0xffff;
  }

  #step(): void {
    const pc = this.#r[PC]!;
    const code = this.#halfword(pc);
    this.#r[PC] = pc + 2;
    this.cycles++;
    this.#execute(code, pc);
  }

  #execute(code: number, pc: number): void {
    const form = code >>> 12;
    if (form <= 1) return this.#shiftOrAdd(code);
    if (form <= 3) return this.#immediate(code);
    if (code >>> 10 === 0b010000) return this.#register(code);
    if (code >>> 10 === 0b010001) return this.#high(code, pc);
    if (code >>> 11 === 0b01001)
      return this.#set(code >>> 8, this.#load(((pc + 4) & ~3) + (code & 0xff) * 4));
    if (code >>> 9 === 0b0101100) return this.#set(code, this.#load(this.#low(code, 3) + this.#low(code, 6)));
    if (code >>> 9 === 0b0101000)
      return this.#store(this.#low(code, 3) + this.#low(code, 6), this.#low(code, 0));
    if (form === 0b0110) return this.#wordAt(code);
    if (code >>> 11 === 0b10100) return this.#set(code >>> 8, ((pc + 4) & ~3) + (code & 0xff) * 4);
    if (form === 0b1100) return this.#multiple(code);
    if (form === 0b1101) return this.#branchIf(code, pc);
    if (code >>> 11 === 0b11100) return this.#branch(pc + 4 + (((code & 0x7ff) << 21) >> 20));
    if (code >>> 8 === 0b1011_1111 || code >>> 4 === 0b1011_0110_0111) return; // hints; cpsid and cpsie
    if (code === 0xf3bf) return this.#barrier();
    this.#end = "running"; // what no program of this project has: taken for one that goes on
  }

  #low(code: number, at: number): number {
    return this.#r[(code >>> at) & 7]!;
  }

  #set(register: number, value: number): void {
    this.#r[register & 7] = value;
  }

  #flags(value: number): void {
    this.#n = (value | 0) < 0;
    this.#z = (value | 0) === 0;
  }

  #result(register: number, value: number): void {
    this.#set(register, value);
    this.#flags(value);
  }

  #shiftOrAdd(code: number): void {
    const kind = (code >>> 11) & 3;
    const source = this.#low(code, 3);
    const amount = (code >>> 6) & 31;
    if (kind === 3) {
      const operand = code & 0x400 ? (code >>> 6) & 7 : this.#low(code, 6);
      this.#result(code, code & 0x200 ? this.#subtract(source, operand) : this.#add(source, operand));
    } else this.#result(code, this.#shift(kind, source, amount));
  }

  /** LSL, LSR, ASR by a number in the instruction; 0 stands for 32 in the last two. */
  #shift(kind: number, value: number, amount: number): number {
    if (kind === 0) {
      if (amount > 0) this.#c = ((value >>> (32 - amount)) & 1) === 1;
      return value << amount;
    }
    const by = amount === 0 ? 32 : amount;
    this.#c = ((value >>> (by - 1)) & 1) === 1;
    if (kind === 2) return value >> Math.min(by, 31);
    return by === 32 ? 0 : value >>> by;
  }

  #add(a: number, b: number): number {
    const sum = (a >>> 0) + (b >>> 0);
    this.#c = sum > 0xffff_ffff;
    this.#v = (((a ^ sum) & (b ^ sum)) | 0) < 0;
    return sum | 0;
  }

  #subtract(a: number, b: number): number {
    const difference = a - b;
    this.#c = a >>> 0 >= b >>> 0;
    this.#v = (((a ^ b) & (a ^ difference)) | 0) < 0;
    return difference | 0;
  }

  #compare(a: number, b: number): void {
    this.#flags(this.#subtract(a, b));
  }

  #immediate(code: number): void {
    const [register, value] = [code >>> 8, code & 0xff];
    const held = this.#r[register & 7]!;
    const kind = (code >>> 11) & 3;
    if (kind === 0) this.#result(register, value);
    if (kind === 1) this.#compare(held, value);
    if (kind === 2) this.#result(register, this.#add(held, value));
    if (kind === 3) this.#result(register, this.#subtract(held, value));
  }

  #register(code: number): void {
    const [a, b] = [this.#low(code, 0), this.#low(code, 3)];
    const kind = (code >>> 6) & 15;
    if (kind === 0) this.#result(code, a & b);
    else if (kind === 1) this.#result(code, a ^ b);
    else if (kind === 8) this.#flags(a & b); /* TST */
    else if (kind === 10) this.#compare(a, b);
    else if (kind === 12) this.#result(code, a | b);
    else if (kind === 14) this.#result(code, a & ~b);
    else if (kind === 15) this.#result(code, ~b);
    else this.#end = "running";
  }

  /** ADD, CMP, MOV with high registers, BX. */
  #high(code: number, pc: number): void {
    const kind = (code >>> 8) & 3;
    const to = (code & 7) | ((code >>> 4) & 8);
    const from = (code >>> 3) & 15;
    const value = from === PC ? pc + 4 : this.#r[from]!;
    if (kind === 3) return this.#branch(value & ~1);
    if (kind === 1) return this.#compare(this.#r[to]!, value);
    const result = kind === 0 ? this.#r[to]! + value : value;
    if (to === PC) this.#branch(result & ~1);
    else this.#r[to] = result;
  }

  #wordAt(code: number): void {
    const address = this.#low(code, 3) + ((code >>> 6) & 31) * 4;
    if (code & 0x800) this.#set(code, this.#load(address));
    else this.#store(address, this.#low(code, 0));
  }

  #multiple(code: number): void {
    const base = (code >>> 8) & 7;
    let address = this.#r[base]!;
    const loads = (code & 0x800) !== 0;
    for (let register = 0; register < 8; register++) {
      if (((code >>> register) & 1) === 0) continue;
      if (loads) this.#r[register] = this.#load(address);
      else this.#store(address, this.#r[register]!);
      address += 4;
    }
    if (!loads || ((code >>> base) & 1) === 0) this.#r[base] = address;
  }

  /** A branch to itself waits for an interrupt or for a reset on its way: nothing more comes of it here. */
  #branch(target: number): void {
    if (target === this.#r[PC]! - 2) this.#end = "running";
    this.cycles += 2;
    this.#jump(target);
  }

  #branchIf(code: number, pc: number): void {
    const condition = (code >>> 8) & 15;
    const basic = [this.#z, this.#c, this.#n, this.#v, this.#c && !this.#z, this.#n === this.#v];
    const holds = condition >>> 1 === 6 ? !this.#z && this.#n === this.#v : basic[condition >>> 1];
    if (holds === undefined)
      this.#end = "running"; // SVC and what is not defined
    else if (holds !== ((condition & 1) === 1)) this.#branch(pc + 4 + (((code & 0xff) << 24) >> 23));
  }

  /** DSB, DMB, ISB: the second halfword tells which, and all has been done anyway. */
  #barrier(): void {
    this.#r[PC]! += 2;
    this.cycles += 2;
  }
}
