import { describe, expect, it } from "vitest";
import { connect } from "../../../src/flash/connect.js";
import { productIdOf } from "../../../src/protocol/identify.js";
import { openSim } from "../../../src/transport/sim/sim.js";

describe("a Get ID reply", () => {
  it.each([
    ["two bytes, most significant first, on nearly every chip", [1, 0x04, 0x60], 0x460],
    ["the low byte alone with protocol 2.0 on UART", [0, 0x10], 0x410],
    ["metal fix, mask set and product ID on WB0 and WL3", [2, 0x01, 0x02, 0x3f], 0x3f],
    ["one byte more on WB09", [3, 0x01, 0x02, 0x06, 0x00], 0x06],
  ] as const)("is %s", (_, reply, productId) => {
    expect(productIdOf(Uint8Array.from(reply))).toBe(productId);
  });
});

describe("a simulated chip whose Get ID is unusual is known by its name", () => {
  it.each([
    ["stm32f103c8?bus=uart&protocol=2.0", 0x410],
    ["stm32wb09?bus=uart", 0x06],
    ["stm32wb05?bus=uart", 0x3b],
    ["stm32f103c8?bus=uart", 0x410],
  ] as const)("%s", async (name, productId) => {
    const target = await connect(await openSim(name));
    expect(target.chip.productId).toBe(productId);
    expect(target.chip.name).not.toContain("unknown");
  });
});
