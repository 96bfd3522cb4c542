/** Proof that the sweep would notice: hosts that are wrong on purpose, and what it says of them. `npm run faults` is the sweep itself. */
import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../src/errors.js";
import { seeded } from "../fuzz/random.js";
import { courses, doubleFault, runOne, singleFaults, Tally } from "./campaign.js";
import { PROTOCOLS } from "./rig.js";
import { SESSIONS, type Session } from "./sessions.js";

const PROTOCOL = PROTOCOLS.filter(({ name }) => name === "I2C 1.2");
const session = (name: string): Session => SESSIONS.find((candidate) => candidate.name === name)!;

async function sweep(wrong: Session, stride: number): Promise<Tally> {
  const [course] = await courses(PROTOCOL, [wrong]);
  const tally = new Tally();
  for (const fault of singleFaults(course!, 1, stride)) tally.add(await runOne(fault));
  return tally;
}

describe("the sweep notices", () => {
  it("a host that says done whatever happened", async () => {
    const write = session("write onto blank");
    const run: Session["run"] = (target) => write.run(target).catch(() => ({ left: "bootloader" }));
    const tally = await sweep({ ...write, run }, 8);
    expect(tally.falseSuccesses).toBeGreaterThan(20);
  });

  it("a host that erases and writes from the start to the end", async () => {
    const write = session("write, same first page");
    const { address, bytes } = write.programs[0]!.segments[0]!;
    const tally = await sweep(
      {
        ...write,
        run: async (target) => {
          const { loader } = (target as unknown as { session: { loader: Loader } }).session;
          await loader.erasePageList([0, 1, 2, 3]);
          for (let at = 0; at < bytes.length; at += 200)
            await loader.writeMany([{ address: address + at, bytes: bytes.subarray(at, at + 200) }]);
          return {};
        },
        wrong: () => undefined,
      },
      8,
    );
    expect(tally.halfBoots).toBeGreaterThan(10);
    expect(tally.wrongFailures).toBeGreaterThan(10);
  });

  it("a host that blames the image, and one that says nothing was changed when it was", async () => {
    const write = session("write and go");
    const blaming = (error: BootlaceError): Promise<unknown> => write.run(failing(error));
    expect(
      (await sweepCode(write, () => blaming(new BootlaceError("IMAGE_INVALID", "no")))).wrongFailures,
    ).toBeGreaterThan(20);
    const context = { chipState: "the flash was not changed; the chip is still in its bootloader" };
    const lying = await sweepCode(write, async (target) => {
      await target.erase("all").catch(() => undefined);
      throw new BootlaceError("BUS_FAILED", "no", context);
    });
    expect(lying.wrongFailures).toBeGreaterThan(20);
    expect(lying.harmed).toBeGreaterThan(20);
  });

  it("nothing in a good host, and counts no run in which no fault was met", async () => {
    const [course] = await courses(PROTOCOL, [session("write and go")]);
    const tally = new Tally();
    const random = seeded(5);
    for (let run = 0; run < 100; run++) tally.add(await runOne(doubleFault(course!, random)));
    expect(tally.broken).toBe(0);
    expect(tally.runs).toBeGreaterThan(80);
    tally.add(await runOne({ ...course!, places: [], seed: 1 }));
    expect(tally.runs).toBeLessThanOrEqual(100);
  });
});

type Target = Parameters<Session["run"]>[0];
interface Loader {
  erasePageList(pages: readonly number[]): Promise<void>;
  writeMany(blocks: readonly { address: number; bytes: Uint8Array }[]): Promise<void>;
}

const failing = (error: BootlaceError): Target =>
  ({ write: () => Promise.reject(error) }) as unknown as Target;

/** Faultless recording with the good host, then the bad one. */
async function sweepCode(good: Session, run: Session["run"]): Promise<Tally> {
  const [course] = await courses(PROTOCOL, [good]);
  const tally = new Tally();
  for (const fault of singleFaults(course!, 1, 8))
    tally.add(await runOne({ ...fault, session: { ...good, run } }));
  return tally;
}
