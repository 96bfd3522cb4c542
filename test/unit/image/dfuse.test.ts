import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseImage } from "../../../src/image/parse.js";
import { imageOf, parse, plain, rejection, sparseParts } from "./support.js";
import { patched, toyDfuse, withDfuSuffix } from "./toy-files.js";

const VECTORS = Uint8Array.of(0x00, 0x90, 0x00, 0x20, 0xb9, 0x00, 0x00, 0x08);
const BASE = 0x0800_0000;
const one = toyDfuse([{ name: "ST...", elements: [{ address: BASE, bytes: [1, 2, 3, 4] }] }]);
/** The file with other bytes and a checksum that fits them. */
const resealed = (file: Uint8Array): Uint8Array => withDfuSuffix(file.slice(0, -16), 0x011a);
const TARGET = 11;
const ELEMENT = TARGET + 274;

describe("DfuSe", () => {
  it("lays each element at its address", () => {
    const image = parse(
      toyDfuse([
        {
          elements: [
            { address: BASE, bytes: [1, 2] },
            { address: BASE + 0x4000, bytes: [3] },
          ],
        },
      ]),
    );
    expect(image.format).toBe("dfuse");
    expect(plain(image)).toEqual([
      [BASE, [1, 2]],
      [BASE + 0x4000, [3]],
    ]);
    expect(image.notes.placeOf!(BASE + 1)).toEqual({ offset: ELEMENT + 8 + 1 });
  });

  it("reads back any sparse image, from one target or from several", () => {
    fc.assert(
      fc.property(sparseParts(2 ** 32), fc.boolean(), (parts, several) => {
        const elements = parts.map(([address, bytes]) => ({ address, bytes }));
        const targets = several ? elements.map((element) => ({ elements: [element] })) : [{ elements }];
        expect(plain(parse(toyDfuse(targets)))).toEqual(plain(imageOf(...parts)));
      }),
      { numRuns: 50 },
    );
  });

  it("takes a prefix that does not count the suffix, as some programs write it", () => {
    expect(plain(parse(resealed(patched(one, 6, one.length - 16))))).toEqual([[BASE, [1, 2, 3, 4]]]);
  });

  it("takes a file with two suffixes, left by a program that did not see the first", () => {
    expect(plain(parse(withDfuSuffix(one)))).toEqual([[BASE, [1, 2, 3, 4]]]);
  });

  it("refuses what is for another memory than the flash, naming it, unless that is left out", () => {
    const file = toyDfuse([
      { elements: [{ address: BASE, bytes: [1] }] },
      { alternate: 1, name: "Option Bytes", elements: [{ address: 0x1fff_7800, bytes: [0xaa] }] },
    ]);
    const error = rejection(() => parse(file));
    expect(error.message).toBe(
      "fw, offset 0x0000012C: the file holds what is for alternate setting 1 (Option Bytes), another memory than the flash (0)",
    );
    expect(error.commandHint).toBe("Leave it out with --only flash.");
    const image = parseImage(file, { file: "fw", flashOnly: true });
    expect(plain(image)).toEqual([[BASE, [1]]]);
    expect(image.notes.remarks).toEqual([
      "left out: what is for alternate setting 1 (Option Bytes), another memory than the flash (0)",
    ]);
  });
});

describe("DfuSe that is wrong", () => {
  it.each<[string, Uint8Array, string]>([
    [
      "no suffix",
      one.slice(0, -16),
      "0x00000129: the file ends without a DFU suffix: it was cut short or altered",
    ],
    [
      "a changed byte",
      patched(one, ELEMENT + 8, 9, 8),
      "0x00000129: the checksum in the DFU suffix is wrong: the file was cut short or altered",
    ],
    ["another version", resealed(patched(one, 5, 2, 8)), "0x00000000: no DfuSe file of version 1"],
    [
      "another size in the prefix",
      resealed(patched(one, 6, 5)),
      "0x00000006: its prefix says 5 bytes, but 297 stand before the suffix",
    ],
    [
      "more targets than there are",
      resealed(patched(one, 10, 2, 8)),
      "0x00000129: a target runs past the end of the file: 0 of 274 bytes",
    ],
    ["fewer targets", resealed(patched(one, 10, 0, 8)), "0x0000000B: 286 bytes stand behind the last target"],
    [
      "no signature of a target",
      resealed(patched(one, TARGET, 0x78, 8)),
      "0x0000000B: no target begins where one should",
    ],
    [
      "a target of 4 GiB",
      resealed(patched(one, TARGET + 266, 0xffff_ffff)),
      "0x0000011D: the elements of a target runs past the end of the file: 12 of 4294967295 bytes",
    ],
    [
      "4 billion elements",
      resealed(patched(one, TARGET + 270, 0xffff_ffff)),
      "0x00000129: an element runs past the end of its target",
    ],
    [
      "no element",
      resealed(patched(one, TARGET + 270, 0)),
      "0x00000115: the target has 12 bytes, its elements 0",
    ],
    [
      "an element of 4 GiB",
      resealed(patched(one, ELEMENT + 4, 0xffff_ffff)),
      "0x0000011D: the element for 0x08000000 (4294967295 bytes) runs past the end of its target",
    ],
    [
      "a smaller element",
      resealed(patched(one, ELEMENT + 4, 3)),
      "0x00000115: the target has 12 bytes, its elements 11",
    ],
    ["no element with bytes", toyDfuse([{ elements: [] }]), "0x0000000A: no target has bytes for the flash"],
    [
      "two that differ",
      toyDfuse([
        {
          elements: [
            { address: BASE, bytes: [1] },
            { address: BASE, bytes: [2] },
          ],
        },
      ]),
      "0x0000012E: gives 0x02 for 0x08000000, but offset 0x00000125 gave 0x01",
    ],
  ])("is refused for %s, naming the offset", (_, file, message) => {
    const error = rejection(() => parse(file));
    expect(error.code).toBe("IMAGE_INVALID");
    expect(error.message).toBe(`fw, offset ${message}`);
  });

  it("is refused at every place where it can be cut", () => {
    for (let length = 5; length < one.length; length++)
      expect(rejection(() => parse(one.slice(0, length))).code).toBe("IMAGE_INVALID");
  });
});

describe("a DFU suffix behind a raw binary", () => {
  const read = (bytes: Uint8Array, file = "fw.dfu", format?: "bin") =>
    parseImage(bytes, { file, format, defaultBase: BASE });

  it("is left out, with a remark", () => {
    const image = read(withDfuSuffix(VECTORS));
    expect(plain(image)).toEqual([[BASE, [...VECTORS]]]);
    expect(image.notes.remarks).toEqual(["the DFU suffix (16 bytes, for USB 0483:DF11) is left out"]);
    expect(read(withDfuSuffix(withDfuSuffix(VECTORS)), "fw.bin").byteLength).toBe(VECTORS.length);
  });

  it("is refused when its checksum is wrong, and kept where the user insists", () => {
    const altered = patched(withDfuSuffix(VECTORS), 4, 0xbb, 8);
    expect(rejection(() => read(altered, "fw.bin")).message).toBe(
      "fw.bin, offset 0x00000000: the checksum in the DFU suffix is wrong: the file was altered",
    );
    expect(read(altered, "fw.bin", "bin").byteLength).toBe(VECTORS.length + 16);
  });

  it("is missed where the name promises it", () => {
    expect(rejection(() => read(VECTORS)).message).toBe(
      "fw.dfu, offset 0x00000000: the file is named .dfu, but does not end in a DFU suffix: it was cut short",
    );
  });
});
