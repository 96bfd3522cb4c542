/** What the fault sweep found, one story each: without the mend each of these fails. */
import { describe, expect, it } from "vitest";
import type { BootlaceError } from "../../src/errors.js";
import { MemoryImage } from "../../src/image/image.js";
import type { ChipFault } from "../../src/simulator/faults.js";
import { FaultyTransport, systemFailure, type Appointment } from "../faults/faulty-transport.js";
import {
  BASE,
  holds,
  makeRig,
  PROTOCOLS,
  SMALL,
  TINY,
  wouldBoot,
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
      const mixtures: number[] = [];
      const rig = rigFor({
        onChange: (flash) => {
          if (wouldBoot(flash, TINY.facts) && ![OLD, NEW].some((image) => holds(flash, image)))
            mixtures.push(1);
        },
      });
      const target = await rig.connect(rig.open());
      const fault = (operation: number): ChipFault => ({ kind: "power lost", operation, fraction });
      // Three erases, and three pages in blocks of 256 bytes of which the first is cut in two.
      rig.chip.inject(fault(3 + 6));
      const error = await failureOf(target.write(NEW, { check: "off" }));
      expect(error.code).toBe("NO_REPLY");
      expect(error.context.chipState).toBe(
        "everything but the first words of the image is written and verified; whether these are stored was not seen",
      );
      expect(mixtures).toEqual([]);
      expect(rig.flash.subarray(8, 3 * PAGE)).toEqual(NEW.segments[0]!.bytes.subarray(8));
    },
  );
});

describe("a mass erase that is acknowledged and not done", () => {
  it("is noticed before anything is written over the old program, whose vectors would start a mixture", async () => {
    const bytes = (seed: number): MemoryImage => firmware(seed, 0x4000);
    const mixtures: number[] = [];
    const rig = rigFor({
      model: SMALL,
      image: bytes(3),
      onChange: (flash) => {
        if (wouldBoot(flash, SMALL.facts) && ![3, 4].some((seed) => holds(flash, bytes(seed))))
          mixtures.push(1);
      },
    });
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
      "before the erase of the first page was acknowledged",
      0,
      "an erase that includes the first page of the image was begun, and its end was not seen",
    ],
    [
      "once it is blank",
      1,
      "the first page of the image is not complete, so the chip does not start a half-written program; it is still in its bootloader",
    ],
  ])("%s", async (_, erases, chipState) => {
    const rig = rigFor();
    let seen = 0;
    const erasing: Appointment = {
      at: 0,
      wants: (step) => step.kind === "write" && step.bytes[0] === 0x45 && seen++ === erases,
      act: (hit) => {
        hit.die("ENODEV");
        return Promise.reject(systemFailure("ENODEV"));
      },
    };
    const target = await rig.connect(faulty(rig, erasing));
    const error = await failureOf(target.write(NEW, { check: "off" }));
    expect(error.code).toBe("ADAPTER_GONE");
    expect(error.context.chipState).toBe(chipState);
  });
});
