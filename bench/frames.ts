/**
 * The fewest frames with which a write and its verification can be done (AN4221 rev 14), for two purposes: the floor, which
 * is their time on the wire plus the chip's own times, and the control, a C client that sends exactly them.
 */
export interface ChipTimes {
  /** 256 bytes. */
  readonly programMs: number;
  readonly pageEraseMs: number;
  readonly massEraseMs: number;
  readonly checksumMsPerKiB: number;
}

export interface Session {
  /** Lines for bench/native/floor.c. */
  readonly script: string;
  readonly frames: number;
  /** Bits on the wire: 9 a byte, address included, START and STOP. Each status is asked for once. */
  readonly bits: number;
  /** Programming, erasing, computing the checksum. */
  readonly chipMs: number;
}

/** Wire and chip, nothing else. */
export const floorMs = (session: Session, speedHz: number): number =>
  (session.bits * 1e3) / speedHz + session.chipMs;

export interface SessionOptions {
  readonly image: Uint8Array;
  readonly address: number;
  /** Numbers for the Erase command. */
  readonly pages: readonly number[];
  /** They are all that the chip has: mass erase will do. */
  readonly whole: boolean;
  readonly version: 0x10 | 0x11 | 0x12;
  readonly times: ChipTimes;
  /** Reads everything back, as a chip without the checksum command needs it and stm32flash does on every chip. */
  readonly readsBack?: boolean;
}

const BLOCK = 256;
const GET_BYTES = { 0x10: 13, 0x11: 19, 0x12: 20 } as const;
/** AN4221: 512 pages a command; chips are known that take 511 only. */
const MOST_PAGES = 511;
/** How often the control asks again while the chip is busy. */
const INTERVAL_US = 200;

/** Connect, erase the pages, write the image in blocks of 256 bytes, verify by checksum (1.2) or by reading. */
export function writeSession(options: SessionOptions): Session {
  const { image, address, pages, whole, version, times, readsBack = version !== 0x12 } = options;
  const session = new SessionBuilder();
  const stretches = version === 0x10;
  session.command(0x00).read(GET_BYTES[version]).status();
  session.command(0x02).read(3).status();
  if (whole && times.massEraseMs < times.pageEraseMs * pages.length) {
    session.command(stretches ? 0x44 : 0x45).write(sealed(halfWord(0xffff)));
    session.status(times.massEraseMs, stretches);
  } else {
    session.erasePages(pages, times.pageEraseMs, stretches);
  }
  for (let at = 0; at < image.length; at += BLOCK) {
    const data = image.subarray(at, at + BLOCK);
    session
      .command(version === 0x10 ? 0x31 : 0x32)
      .write(sealed(word(address + at)))
      .status();
    session.write(sealed([data.length - 1, ...data]));
    session.status((times.programMs * data.length) / BLOCK, stretches);
  }
  if (readsBack) session.readBack(address, image.length);
  else session.checksum(address, image.length, times);
  return session.done();
}

class SessionBuilder {
  #lines: string[] = [];
  #bits = 0;
  #chipMs = 0;

  #frame(line: string, bytes: number): this {
    this.#lines.push(line);
    this.#bits += 9 * (1 + bytes) + 2;
    return this;
  }

  write(bytes: readonly number[]): this {
    return this.#frame(`w ${Buffer.from(bytes).toString("hex")}`, bytes.length);
  }

  read(length: number): this {
    return this.#frame(`r ${length}`, length);
  }

  /** @param stretches the chip holds the clock instead of saying busy: asking at once is best */
  status(busyMs = 0, stretches = false): this {
    this.#chipMs += busyMs;
    return this.#frame(`p ${stretches ? 0 : Math.round(busyMs * 1e3)} ${INTERVAL_US}`, 1);
  }

  command(opcode: number): this {
    return this.write([opcode, opcode ^ 0xff]).status();
  }

  erasePages(pages: readonly number[], pageEraseMs: number, stretches: boolean): void {
    for (let i = 0; i < pages.length; i += MOST_PAGES) {
      const some = pages.slice(i, i + MOST_PAGES);
      this.command(stretches ? 0x44 : 0x45).write(sealed(halfWord(some.length - 1)));
      this.status().write(sealed(some.flatMap(halfWord)));
      this.status(pageEraseMs * some.length, stretches);
    }
  }

  checksum(address: number, length: number, times: ChipTimes): void {
    this.command(0xa1)
      .write(sealed(word(address)))
      .status();
    this.write(sealed(word(length))).status();
    this.status((times.checksumMsPerKiB * length) / 1024).read(5);
  }

  readBack(address: number, length: number): void {
    for (let at = 0; at < length; at += BLOCK) {
      const bytes = Math.min(BLOCK, length - at);
      this.command(0x11)
        .write(sealed(word(address + at)))
        .status();
      this.write([bytes - 1, (bytes - 1) ^ 0xff])
        .status()
        .read(bytes);
    }
  }

  done(): Session {
    const { length } = this.#lines;
    return { script: this.#lines.join("\n") + "\n", frames: length, bits: this.#bits, chipMs: this.#chipMs };
  }
}

const halfWord = (value: number): number[] => [value >>> 8, value & 0xff];
const word = (value: number): number[] => [
  value >>> 24,
  (value >>> 16) & 0xff,
  (value >>> 8) & 0xff,
  value & 0xff,
];
const sealed = (bytes: readonly number[]): number[] => [...bytes, bytes.reduce((sum, byte) => sum ^ byte, 0)];
