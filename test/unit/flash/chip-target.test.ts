import { expect, it } from "vitest";
import { connect } from "../../../src/flash/connect.js";

it("a target that was closed says so, whatever is asked of it, and may be closed again", async () => {
  const target = await connect("sim:stm32g071");
  const base = target.chip.geometry.base;
  const before = target.info(); // a job that was asked for before still has its turn
  await target.close();
  await expect(before).resolves.toMatchObject({ productId: 0x460 });
  const jobs = [
    () => target.info(),
    () => target.read({ start: base, end: base + 16 }),
    () => target.erase("all"),
    () => target.run(),
    () => target.reset(),
    () => target.protect({ readout: true }),
  ];
  for (const job of jobs)
    await expect(job()).rejects.toMatchObject({ code: "USAGE", message: "the target is closed" });
  await expect(target.close()).resolves.toBeUndefined();
});
