import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imagePicture } from "../../../src/cli/image-picture.js";
import { MemoryImage } from "../../../src/image/image.js";

const at = (address: number, length: number) => ({ address, bytes: new Uint8Array(length) });

describe("the picture of a firmware", () => {
  it("shows its gaps", () => {
    const image = new MemoryImage([at(0x0800_0000, 0x400), at(0x0800_0800, 0x180)]);
    expect(imagePicture(image, 80)).toBe(
      "0x08000000  ####....#+\neach character is 256 bytes: # full, + in part, . gap\n",
    );
  });

  it("is none of a firmware in one piece, nor of pieces far apart", () => {
    expect(imagePicture(new MemoryImage([at(0x0800_0000, 0x4000)]), 80)).toBe("");
    expect(imagePicture(new MemoryImage([at(0x0800_0000, 0x4000), at(0x1fff_7800, 16)]), 80)).toBe("");
  });

  it("is never wider than the terminal nor longer than five lines and the legend", () => {
    const sizes = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 100_000 })),
      {
        minLength: 2,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(sizes, fc.integer({ min: 40, max: 200 }), (parts, columns) => {
        let address = 0x0800_0000;
        const segments = parts.map(([gap, length]) => {
          const segment = at(address + gap, length);
          address += gap + length;
          return segment;
        });
        const lines = imagePicture(new MemoryImage(segments), columns).split("\n");
        const rows = lines.slice(0, -2);
        expect(rows.length).toBeLessThanOrEqual(5);
        for (const row of rows) expect(row.length).toBeLessThan(columns);
      }),
    );
  });
});
