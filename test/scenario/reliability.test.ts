/** What the fault sweep found, one story each: without the mend each of these fails. */
import { describe, expect, it } from "vitest";
import type { BootlaceError } from "../../src/errors.js";
import { MemoryImage } from "../../src/image/image.js";
import type { ChipFault } from "../../src/simulator/faults.js";
import { write } from "../../src/transport/transport.js";
import { Failed, FaultyTransport, systemFailure, type Appointment } from "../faults/faulty-transport.js";
import {
  BASE,
  ECC,
  holds,
  makeRig,
  PROTOCOLS,
  SMALL,
  TINY,
  wouldBoot,
  ZERO,
  type Model,
  type Rig,
} from "../faults/rig.js";
import { seeded } from "../fuzz/random.js";
import { noise } from "../support/sim-target.js";

const PAGE = 512;
const firmware = (seed: number, length = 3 * PAGE): MemoryImage =>
  new MemoryImage([{ address: BASE, bytes: noise(length, seed, BASE) }]);

const flashWith = (size: number, image: MemoryImage): Uint8Array => {
  const flash = new Uint8Array(size).fill(0xff);
  for (const { address, bytes } of image.segments) flash.set(bytes, address - BASE);
  return flash;
};

interface Story {
  readonly protocol?: string;
  readonly model?: Model;
  readonly image?: MemoryImage;
  readonly onChange?: (flash: Uint8Array) => void;
}

const OLD = firmware(1);
const NEW = firmware(2);

function rigFor({ protocol = "I2C 1.2", model = TINY, image = OLD, onChange }: Story = {}): Rig {
  return makeRig({
    protocol: PROTOCOLS.find(({ name }) => name === protocol)!,
    model,
    flash: flashWith(model.facts.flash.size, image),
    ...(onChange && { onChange }),
  });
}

/** A rig that notes every change of the flash after which the chip would start something else than one of these programs. */
function watchedRig(programs: readonly MemoryImage[], story: Story = {}): { rig: Rig; mixtures: number[] } {
  const mixtures: number[] = [];
  const onChange = (flash: Uint8Array): void => {
    const { facts } = story.model ?? TINY;
    if (wouldBoot(flash, facts) && !programs.some((image) => holds(flash, image))) mixtures.push(1);
  };
  return { rig: rigFor({ ...story, onChange }), mixtures };
}

const faulty = (rig: Rig, ...appointments: Appointment[]): FaultyTransport =>
  new FaultyTransport(rig.open(), appointments, seeded(1));

const failureOf = async (work: Promise<unknown>): Promise<BootlaceError> =>
  work.then(
    () => expect.fail("it did not fail"),
    (error: unknown) => error as BootlaceError,
  );

describe("a chip that loses its power", () => {
  it.each([0.1, 0.5, 0.9])(
    "at %f of the write of the vector table holds nothing that starts: these words are written alone, after everything else",
    async (fraction) => {
      const { rig, mixtures } = watchedRig([OLD, NEW]);
      const target = await rig.connect(rig.open());
      const fault = (operation: number): ChipFault => ({ kind: "power lost", operation, fraction });
      // Three erases, and three pages in blocks of 256 bytes of which the first is cut in two.
      rig.chip.inject(fault(3 + 6));
      const error = await failureOf(target.write(NEW, { check: "off" }));
      expect(error.code).toBe("NO_REPLY");
      expect(error.context.chipState).toBe(
        "everything but the first words of the image is written and verified; whether these are stored was not seen; whether the chip is still in its bootloader is not known",
      );
      expect(mixtures).toEqual([]);
      expect(rig.flash.subarray(8, 3 * PAGE)).toEqual(NEW.segments[0]!.bytes.subarray(8));
    },
  );
});

describe("a mass erase that is acknowledged and not done", () => {
  it("is noticed before anything is written over the old program, whose vectors would start a mixture", async () => {
    const bytes = (seed: number): MemoryImage => firmware(seed, 0x4000);
    const { rig, mixtures } = watchedRig([bytes(3), bytes(4)], { model: SMALL, image: bytes(3) });
    const target = await rig.connect(rig.open());
    rig.chip.inject({ kind: "not done", operation: 0 });
    await target.write(bytes(4), { check: "off" });
    expect(holds(rig.flash, bytes(4))).toBe(true);
    expect(mixtures).toEqual([]);
  });
});

describe("an error says what the chip holds", () => {
  it.each([
    [
      "before the chip took the erase of the first page",
      0x45,
      0,
      "the flash was not changed; whether the chip is still in its bootloader is not known",
    ],
    [
      "when the list of pages was sent and the erase not acknowledged",
      0x00,
      0,
      "an erase that includes the first page of the image was begun, and its end was not seen; whether the chip is still in its bootloader is not known",
    ],
    [
      "once it is blank",
      0x45,
      1,
      "the first page of the image is not complete, so the chip does not start a half-written program; whether the chip is still in its bootloader is not known",
    ],
  ])("%s", async (_, firstByte, erases, chipState) => {
    const rig = rigFor();
    let erasing = 0;
    const failing: Appointment = {
      at: 0,
      wants: (step) => {
        if (step.kind !== "write") return false;
        if (step.bytes[0] === 0x45) erasing++;
        return erasing > erases && step.bytes[0] === firstByte;
      },
      act: (hit) => {
        hit.die("ENODEV");
        return Promise.reject(systemFailure("ENODEV"));
      },
    };
    const target = await rig.connect(faulty(rig, failing));
    const error = await failureOf(target.write(NEW, { check: "off" }));
    expect(error.code).toBe("ADAPTER_GONE");
    expect(error.context.chipState).toBe(chipState);
  });
});

/** Flips `bit` of byte `at` in the n-th reading that is `length` bytes long. */
const flipIn = (length: number, at: number, bit: number, nth = 0): Appointment => {
  let seen = 0;
  return {
    at: 0,
    wants: (step) => step.kind === "read" && step.length === length && seen++ === nth,
    act: async (hit) => {
      const [bytes] = await hit.run(hit.step);
      const out = bytes!.slice();
      out[at] = out[at]! ^ (1 << bit);
      return out;
    },
  };
};

describe("a bit that flips in an answer without a checksum", () => {
  it("Get: a command that is not there is not believed, and one that is there is not lost", async () => {
    const rig = rigFor({ protocol: "I2C 1.0" });
    // 0x44, opcode 7 of the list, becomes 0x45; 0x21, opcode 5, becomes 0xA1.
    for (const [at, bit] of [
      [2 + 6, 0],
      [2 + 4, 7],
    ] as const) {
      const target = await rig.connect(faulty(rig, flipIn(13, at, bit)));
      expect(target.chip.commands).toEqual([
        0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92,
      ]);
    }
  });

  it("Get ID: the ID of another chip at the same address must come twice", async () => {
    // 0x431 (STM32F411) and 0x433 (STM32F401xD/E) share address 0x39.
    const model: Model = {
      ...TINY,
      facts: { ...TINY.facts, productId: 0x431, i2c: { address: 0x39, protocol: "1.2", timeoutMs: 1000 } },
    };
    const rig = rigFor({ model });
    const target = await rig.connect(faulty(rig, flipIn(3, 2, 1)));
    expect(target.chip.productId).toBe(0x431);
  });

  it("size register: what is erased by its number is asked for again first", async () => {
    const rig = rigFor({ model: SMALL, image: firmware(3, 0x4000) });
    // 16 KiB become 48, which no member has, then 17; both times it is asked again. 64 from 0 would be one bit: none of 16, 32, 64.
    const target = await rig.connect(faulty(rig, flipIn(2, 0, 5)));
    expect(target.chip.geometry.size).toBe(0x4000);
  });

  it("bootloader ID: a second look before the first erase finds it, and the flash stays as it is", async () => {
    const rig = rigFor({ model: SMALL, image: firmware(3, 0x4000) });
    // 0x53 becomes 0x52.
    const target = await rig.connect(faulty(rig, flipIn(1, 0, 0, 1)));
    expect(target.chip.bootloaderVersion).toBe("V5.2");
    const error = await failureOf(target.write(firmware(4, 0x4000), { check: "off" }));
    expect(error).toMatchObject({
      code: "BUS_FAILED",
      message: "Read Memory at 0x1FFF1FFE: other bytes came when the chip was identified",
    });
    expect(error.context.chipState).toContain("the flash was not changed");
    expect(holds(rig.flash, firmware(3, 0x4000))).toBe(true);
  });

  it("unique ID: it is read until two answers are the same", async () => {
    const rig = rigFor();
    const target = await rig.connect(faulty(rig, flipIn(12, 3, 3)));
    expect((await target.info()).uniqueId).toBe(
      Buffer.from(rig.chip.peek(0x1fff_7590, 12)).toString("hex").toUpperCase(),
    );
  });
});

describe("a bus that dies", () => {
  it("while the rest of a page is read is said to have died: the page is not to blame", async () => {
    const rig = rigFor({ protocol: "I2C 1.0", image: firmware(1, 3 * PAGE) });
    let reads = 0;
    const dying: Appointment = {
      at: 0,
      // The last reading of the comparison is of 8 bytes; the rest of that page comes next.
      wants: (step) => step.kind === "read" && step.length === 248 && reads++ === 0,
      act: (hit) => {
        hit.die("EIO");
        return Promise.reject(systemFailure("EIO"));
      },
    };
    const target = await rig.connect(faulty(rig, dying));
    const error = await failureOf(target.write(firmware(2, 2 * PAGE + 8), { check: "off" }));
    expect(error.code).toBe("BUS_FAILED");
    expect(error.message).toContain("the bootloader did not come back to a command boundary within 5 s");
  });

  it("while the reply of Get Checksum is awaited on a UART is told as a bus error", async () => {
    const rig = rigFor({ protocol: "UART 3.3" });
    let delays = 0;
    const dying: Appointment = {
      at: 0,
      wants: (step) => step.kind === "read" && step.length === 1 && step.timeoutMs === 50 && delays++ === 0,
      act: (hit) => {
        hit.die("ENODEV");
        return Promise.reject(systemFailure("ENODEV"));
      },
    };
    const target = await rig.connect(faulty(rig, dying));
    const error = await failureOf(target.verify(OLD));
    expect(error).toMatchObject({ code: "ADAPTER_GONE" });
  });
});

/** The answer of the chip to frame number `frame` of the first command `opcode` is lost. */
const answerLost = (opcode: number, frame = 0): Appointment => {
  let frames = -1;
  return {
    at: 0,
    wants: (step) => {
      if (step.kind === "write" && (frames >= 0 || step.bytes[0] === opcode)) frames++;
      return frames === frame && step.kind === "poll";
    },
    act: async (hit) => {
      await hit.run({ kind: "read", length: 1 });
      throw new Failed("timeout");
    },
  };
};

describe("getting back to a command boundary on a UART", () => {
  it("writes nothing when the chip waits for data: 130 times 0x7F would be a valid block", async () => {
    const rig = rigFor({ protocol: "UART 3.1" });
    const target = await rig.connect(faulty(rig, answerLost(0x31, 1)));
    const result = await target.write(NEW, { check: "off" });
    expect(result.retries).toBeGreaterThan(0);
    expect(holds(rig.flash, NEW)).toBe(true);
    expect(rig.chip.violations.filter(({ kind }) => kind === "flash")).toEqual([]);
  });

  it("erases nothing when the chip waits for a list of Erase 0x43: 130 times 0x7F would be a list of page 127", async () => {
    const pages = Array.from({ length: 128 }, (_, index) => ({
      address: BASE + index * PAGE,
      size: PAGE,
      bank: 1 as const,
      index,
    }));
    const flash = { ...TINY.facts.flash, size: 128 * PAGE, pages };
    const model: Model = {
      facts: { ...TINY.facts, flash },
      options: { flashSize: 128 * PAGE, pageSize: PAGE },
    };
    const settings = { address: BASE + 127 * PAGE, bytes: noise(PAGE, 9) };
    const rig = rigFor({ protocol: "UART 2.2", model, image: new MemoryImage([...OLD.segments, settings]) });
    const target = await rig.connect(faulty(rig, answerLost(0x43)));
    await target.write(NEW, { check: "off" });
    expect(holds(rig.flash, new MemoryImage([...NEW.segments, settings]))).toBe(true);
    expect(rig.chip.counters.erasedPages).toBe(3);
  });

  it("outlasts a list of 32,640 pages, which 0x7F 0x7F announces to Erase 0x44", async () => {
    const rig = rigFor({ protocol: "UART 3.1" });
    const target = await rig.connect(faulty(rig, answerLost(0x44)));
    const result = await target.write(NEW, { check: "off" });
    expect(result.retries).toBe(1);
    expect(holds(rig.flash, NEW)).toBe(true);
    expect(rig.chip.counters.erasedPages).toBe(3);
  });

  it("finds a chip that has reset itself in the middle of a job", async () => {
    const rig = rigFor({ protocol: "UART 3.1" });
    const target = await rig.connect(rig.open());
    rig.chip.inject({ kind: "reset", frame: 40 });
    await target.write(NEW, { check: "off" });
    expect(holds(rig.flash, NEW)).toBe(true);
  });

  it("is done for a chip that an earlier run left waiting for data", async () => {
    const rig = rigFor({ protocol: "UART 3.1" });
    const first = rig.open();
    await first.exchange([write(Uint8Array.of(0x7f))]);
    await first.exchange([write(Uint8Array.of(0x31, 0xce)), write(Uint8Array.of(8, 0, 0, 0, 8))]);
    const target = await rig.connect(rig.open());
    await target.write(NEW, { check: "off" });
    expect(holds(rig.flash, NEW)).toBe(true);
    expect(rig.chip.violations).toEqual([]);
  });
});

describe("the last words of an image", () => {
  it("are looked at together with their page when that had to be written anew", async () => {
    const rig = rigFor({ protocol: "UART 2.2" });
    const target = await rig.connect(rig.open());
    // The block before the last words: acknowledged, and not stored, in the second writing of the page.
    rig.chip.inject({ kind: "status replaced", status: 0, byte: 0x79 });
    const wrote = target.write(NEW, { check: "off" });
    // Three erases, six blocks, then the last words; their page is erased again and its block comes first.
    rig.chip.inject({ kind: "reset in operation", operation: 9, fraction: 0.5 });
    rig.chip.inject({ kind: "not done", operation: 11 });
    await wrote;
    expect(holds(rig.flash, NEW)).toBe(true);
  });
});

describe("a page that was right and is asked about together with one that was not", () => {
  it("is not blamed: with pages below 2 KiB a checksum tells about several", async () => {
    const next = new MemoryImage([
      {
        address: BASE,
        bytes: OLD.segments[0]!.bytes.map((byte, at) => (at >= 2 * PAGE ? byte ^ 0x55 : byte)),
      },
    ]);
    const rig = rigFor();
    const target = await rig.connect(rig.open());
    // Two erases, then the first block of the third page.
    rig.chip.inject({ kind: "not done", operation: 3 });
    expect((await target.write(next, { check: "off" })).pagesKept).toBe(1);
    expect(holds(rig.flash, next)).toBe(true);
  });
});

describe("protection", () => {
  const READOUT = { readout: true } as const;

  it("that was acknowledged and not set is noticed and set again", async () => {
    const rig = rigFor();
    const target = await rig.connect(rig.open());
    rig.chip.inject({ kind: "not done", operation: 0 });
    await target.protect(READOUT);
    expect(rig.chip.readoutLevel).toBe(1);
  });

  it("that is in force already is no failure: the same command twice ends the same way", async () => {
    const rig = rigFor();
    for (let run = 0; run < 2; run++) await (await rig.connect(rig.open())).protect(READOUT);
    expect(rig.chip.readoutLevel).toBe(1);
  });

  it("that a reset kept from being lifted is lifted at the next try", async () => {
    const rig = rigFor();
    await (await rig.connect(rig.open())).protect(READOUT);
    const target = await rig.connect(rig.open());
    rig.chip.inject({ kind: "reset in operation", operation: 0, fraction: 0.5 });
    await target.unprotect("readout", { eraseEverything: true });
    expect(rig.chip.readoutLevel).toBe(0);
    expect(rig.flash.every((byte) => byte === 0xff)).toBe(true);
  });

  it("that is acknowledged three times and never set is a failure", async () => {
    const rig = rigFor();
    const target = await rig.connect(rig.open());
    for (let operation = 0; operation < 3; operation++) rig.chip.inject({ kind: "not done", operation });
    expect(await failureOf(target.protect(READOUT))).toMatchObject({
      code: "VERIFY_FAILED",
      message: "the chip acknowledged Readout Protect and can still be read",
    });
  });

  it("of a chip that does not come back is not called done", async () => {
    const rig = rigFor();
    const target = await rig.connect(rig.open());
    rig.chip.setBoot0(false);
    expect(await failureOf(target.protect(READOUT))).toMatchObject({
      code: "NO_REPLY",
      message: "the chip did not come back to its bootloader, so that its protection could not be looked at",
    });
  });
});

describe("a refusal at the wrong moment", () => {
  it("does not make a chip count as protected when its register cannot be read anyway", async () => {
    const rig = rigFor({ model: ZERO, image: firmware(5, 600) });
    let reads = 0;
    const refusing: Appointment = {
      at: 0,
      // Its ID byte lies where this bootloader does not let it be read: asked for four times.
      wants: (step) => step.kind === "write" && step.bytes[0] === 0x11 && ++reads === 4,
      act: async (hit) => {
        hit.inner.chip.inject({ kind: "refused", status: 0 });
        await hit.run(hit.step);
        return undefined;
      },
    };
    const target = await rig.connect(faulty(rig, refusing));
    expect(target.chip.readoutProtected).not.toBe(true);
    await target.write(firmware(6, 600), { check: "off" });
    expect(holds(rig.flash, firmware(6, 600))).toBe(true);
  });
});

describe("a page that is done anew", () => {
  it("is looked at whole: not only where it was wrong the first time", async () => {
    const rig = rigFor({ protocol: "I2C 1.0" });
    const target = await rig.connect(rig.open());
    // Three erases; the second page's first block comes after one of the first page's halves and its second half.
    rig.chip.inject({ kind: "not done", operation: 5 });
    // Verified, erased again: now the other block of that page.
    rig.chip.inject({ kind: "not done", operation: 11 });
    await target.write(NEW, { check: "off" });
    expect(holds(rig.flash, NEW)).toBe(true);
  });

  it("gets its last words only when all else of it was looked at again", async () => {
    const { rig, mixtures } = watchedRig([OLD, NEW]);
    const target = await rig.connect(rig.open());
    // The last words are cut off; their page is erased (10), and the first of its blocks is not stored (11).
    rig.chip.inject({ kind: "reset in operation", operation: 9, fraction: 0.1 });
    rig.chip.inject({ kind: "not done", operation: 11 });
    await target.write(NEW, { check: "off" });
    expect(holds(rig.flash, NEW)).toBe(true);
    expect(mixtures).toEqual([]);
  });
});

describe("a chip that resets itself when it reads what an interrupted erase left", () => {
  const DATA = { address: BASE + 3 * PAGE - 100, bytes: noise(64, 8) };
  const image = new MemoryImage([{ address: BASE, bytes: noise(3 * PAGE - 200, 2, BASE) }]);
  const before = new MemoryImage([{ address: BASE, bytes: noise(3 * PAGE - 200, 1, BASE) }, DATA]);

  it("keeps what can be read beside the image, and the write goes on without the rest", async () => {
    const rig = rigFor({ model: ECC, image: before });
    const first = await rig.connect(rig.open());
    // The erase of the third page, which has data behind the image.
    rig.chip.inject({ kind: "power lost", operation: 2, fraction: 0.5 });
    expect((await failureOf(first.write(image, { check: "off" }))).code).toBe("NO_REPLY");
    rig.chip.setPower(true);
    const notes: string[] = [];
    const again = await rig.connect(rig.open());
    await again.write(image, {
      check: "off",
      onEvent: (event) => event.type === "note" && notes.push(event.text),
    });
    expect(holds(rig.flash, image)).toBe(true);
    expect(notes).toContain("200 bytes at 0x08000538, beside the image, cannot be read and are given up");
  });

  it("keeps all but the damaged word where a write was cut off", async () => {
    const rig = rigFor({ model: ECC, image: before });
    const target = await rig.connect(rig.open());
    // A word of 32 bytes behind the data, half written by someone else.
    rig.chip.inject({ kind: "reset in operation", operation: 0, fraction: 0 });
    await rig.open().exchange([]);
    const loader = (
      target as unknown as { session: { loader: { writeMany(blocks: readonly object[]): Promise<void> } } }
    ).session.loader;
    const word = { address: BASE + 3 * PAGE - 32, bytes: new Uint8Array(32).fill(0x55) };
    await loader.writeMany([word]).catch(() => undefined);
    const again = await rig.connect(rig.open());
    await again.write(image, { check: "off" });
    expect(holds(rig.flash, new MemoryImage([...image.segments, DATA]))).toBe(true);
  });

  it("is not asked four hundred times for the same bytes", async () => {
    const rig = rigFor({ model: ECC, image: before });
    const first = await rig.connect(rig.open());
    // Half of a block in the second page.
    rig.chip.inject({ kind: "power lost", operation: 6, fraction: 0.5 });
    expect((await failureOf(first.write(image, { check: "off" }))).code).toBe("NO_REPLY");
    rig.chip.setPower(true);
    const again = await rig.connect(rig.open());
    const { retries } = await again.write(image, { check: "off" });
    expect(holds(rig.flash, new MemoryImage([...image.segments, DATA]))).toBe(false); // it was lost with the first run
    expect(holds(rig.flash, image)).toBe(true);
    expect(retries).toBeLessThan(40);
  });
});
