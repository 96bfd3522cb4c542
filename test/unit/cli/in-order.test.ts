import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InOrder } from "../../../src/cli/in-order.js";

describe("what is said last of each target", () => {
  it("comes out in the order of the targets, each once, and as soon as it can", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), (arrivals) => {
        const order = new InOrder();
        const said: number[] = [];
        arrivals.forEach((place, i) => {
          order.say(place, () => said.push(place));
          const arrived = new Set(arrivals.slice(0, i + 1));
          const due = [0, 1, 2, 3, 4, 5].findIndex((at) => !arrived.has(at));
          expect(said).toEqual([0, 1, 2, 3, 4, 5].slice(0, due < 0 ? 6 : due));
        });
      }),
    );
  });
});
