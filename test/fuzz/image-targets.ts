/**
 * Hostile images: whatever the bytes, a reader gives an image that keeps its promises or an IMAGE_INVALID that names
 * a line or an offset, at a cost near the size of the file.
 */

import { BootlaceError } from "../../src/errors.js";
import type { ImageFormat, MemoryImage } from "../../src/image/image.js";
import { parseImage } from "../../src/image/parse.js";
import { hexRecord, writeHex } from "../../src/image/write-hex.js";
import { srecRecord, writeSrec } from "../../src/image/write-srec.js";
import { imageOf } from "../unit/image/support.js";
import { toyDfuse, toyElf, toyUf2, withDfuSuffix, withSections } from "../unit/image/toy-files.js";
import type { FuzzTarget } from "./engine.js";
import type { Mutation } from "./mutate.js";
import type { Random } from "./random.js";

const FILE = "hostile";
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

function noise(random: Random, most: number): Uint8Array {
  return Uint8Array.from({ length: 1 + random.below(most) }, () => random.below(256));
}

function images(random: Random): MemoryImage[] {
  return [
    imageOf([0x0800_0000, noise(random, 300)]),
    imageOf([0, noise(random, 40)], [0xfff0, noise(random, 60)], [0x10_0000, noise(random, 9)]),
    imageOf([0xffff_ff00, noise(random, 256)]),
  ];
}

/** The same segments as a list, for the writers of toy files. */
const pieces = (image: MemoryImage) =>
  image.segments.map(({ address, bytes }) => ({ address, physical: address, bytes: bytes.subarray(0, 476) }));

/** Damages one record of a text and makes its checksum right again, so that the checks behind it are reached. */
function recordMutation(rewrite: (line: string, random: Random) => string): Mutation {
  return (input, random) => {
    const lines = textOf(input).split(/\r\n|\n|\r/);
    const index = random.below(lines.length);
    lines[index] = rewrite(lines[index]!, random);
    return bytesOf(lines.join(random.pick(["\n", "\n", "\r\n", "\r"])));
  };
}

/** Lines moved, doubled and left out. */
const moveLines: Mutation = (input, random) => {
  const lines = textOf(input).split("\n");
  const [line = ""] = lines.splice(random.below(lines.length), 1);
  const times = random.below(3);
  for (let time = 0; time < times; time++) lines.splice(random.below(lines.length + 1), 0, line);
  return bytesOf(lines.join("\n"));
};

const fieldOf = (line: string, from: number, to: number): number => parseInt(line.slice(from, to), 16) || 0;

const newHexRecord = recordMutation((line, random) => {
  const type = random.chance(0.7) ? fieldOf(line, 7, 9) : random.below(8);
  const offset = random.chance(0.5) ? fieldOf(line, 3, 7) : random.number() & 0xffff;
  const fixed = type === 2 || type === 4 ? 2 : type === 3 || type === 5 ? 4 : undefined;
  const data = Array.from(
    { length: random.chance(0.8) ? (fixed ?? random.below(40)) : random.below(256) },
    () => random.number() & 0xff,
  );
  return hexRecord(type, offset, data);
});

const newSrecRecord = recordMutation((line, random) => {
  const type = random.chance(0.5) ? random.below(10) : fieldOf(line, 1, 2) % 10;
  const width = [2, 2, 3, 4, 2, 2, 3, 4, 3, 2][type]!;
  const address = Array.from({ length: width }, () => random.number() & 0xff);
  if (type === 5 || type === 6) address.fill(0, 0, width - 1);
  const length = type >= 5 && random.chance(0.9) ? 0 : random.below(random.chance(0.9) ? 40 : 250);
  return srecRecord(type, address, noise(random, 250).subarray(0, length));
});

/** One 32-bit field of a table of equal rows: where ELF and UF2 keep addresses, offsets and lengths. */
const fieldMutation =
  (first: number, rowBytes: number, fields: number): Mutation =>
  (input, random) => {
    const copy = input.slice();
    const rows = Math.max(1, Math.min(4, Math.floor((copy.length - first) / rowBytes)));
    const at = first + rowBytes * random.below(rows) + 4 * random.below(fields);
    if (at + 4 > copy.length) return copy;
    const view = new DataView(copy.buffer);
    const old = view.getUint32(at, true);
    view.setUint32(at, random.chance(0.5) ? random.number() : old + random.below(65) - 32, true);
    return copy;
  };

function target(
  name: string,
  format: ImageFormat | undefined,
  shape: Pick<FuzzTarget, "seeds" | "mutations">,
): FuzzTarget {
  return {
    name: `image:${name}`,
    ...shape,
    memoryLimit: (inputBytes) => 64 * inputBytes + (4 << 20),
    run: (input) => outcomeOf(input, format),
  };
}

/** Parses, and throws when a promise of the readers is broken. */
function outcomeOf(input: Uint8Array, format: ImageFormat | undefined): string {
  const defaultBase = input.length % 7 === 0 ? undefined : 0x0800_0000;
  const flashOnly = input.length % 2 === 0;
  let image: MemoryImage;
  try {
    image = parseImage(input, { file: FILE, format, defaultBase, flashOnly });
  } catch (error) {
    return outcomeOfRejection(error, input);
  }
  checkImage(image, input);
  return `${image.format ?? "none"}: accepted, ${Math.min(image.segments.length, 9)} segments, entry ${image.entry !== undefined}`;
}

/** Text without what differs from input to input. */
function outcomeOfRejection(error: unknown, input: Uint8Array): string {
  if (!(error instanceof BootlaceError) || error.code !== "IMAGE_INVALID") throw error;
  const { file, line, offset } = error.context;
  const inside = (value: number | undefined, least: number, most: number): boolean =>
    value !== undefined && Number.isInteger(value) && value >= least && value <= most;
  const lineGood = inside(line, 1, input.length + 1) && error.message.startsWith(`${FILE}, line ${line!}: `);
  const offsetGood = inside(offset, 0, input.length) && error.message.startsWith(`${FILE}, offset 0x`);
  if (file !== FILE || !(lineGood || offsetGood))
    throw new Error(`rejection without a place: ${error.message} ${JSON.stringify(error.context)}`);
  return error.message.replaceAll(/0x[0-9A-F]+|\d+|'.'/g, "#");
}

function checkImage(image: MemoryImage, input: Uint8Array): void {
  let end = -1;
  for (const { address, bytes } of image.segments) {
    if (bytes.length === 0 || address <= end || address + bytes.length > 2 ** 32)
      throw new Error(
        `segments are not ascending, apart and inside 4 GiB: ${address}, ${bytes.length} bytes`,
      );
    end = address + bytes.length;
    const place = image.notes.placeOf?.(address);
    if (place?.line === undefined && place?.offset === undefined)
      throw new Error("a segment without a place");
  }
  if (image.byteLength > input.length) throw new Error(`${image.byteLength} bytes out of ${input.length}`);
  const again = parseImage(bytesOf(writeHex(image)), { file: FILE, format: "hex" });
  const same = (index: number): boolean => {
    const [one, other] = [image.segments[index], again.segments[index]];
    return one?.address === other?.address && Buffer.compare(one!.bytes, other!.bytes) === 0;
  };
  if (again.segments.length !== image.segments.length || !image.segments.every((_, index) => same(index)))
    throw new Error("the image written as Intel HEX reads back different");
}

const hex = {
  seeds: (random: Random) => [
    ...images(random).map((image) => bytesOf(writeHex(image))),
    bytesOf(
      `${[hexRecord(2, 0, [0x12, 0]), hexRecord(0, 0xfff8, noise(random, 16)), hexRecord(3, 0, [1, 2, 3, 4])].join("\r\n")}\r\n:00000001FF\r\n`,
    ),
  ],
  mutations: [newHexRecord, newHexRecord, moveLines],
};

const srec = {
  seeds: (random: Random) =>
    images(random).flatMap((image) => [
      bytesOf(writeSrec(image)),
      bytesOf(writeSrec(image, { addressBytes: 4, bytesPerLine: 5 })),
    ]),
  mutations: [newSrecRecord, newSrecRecord, moveLines],
};

const elf = {
  seeds: (random: Random) =>
    images(random).flatMap((image) => {
      const file = toyElf(pieces(image), image.start);
      const offset = 52 + 32 * image.segments.length;
      const sections = [{ type: 1, flags: 2, address: image.start, offset, size: 4 }];
      return [file, withSections(file, sections)];
    }),
  mutations: [fieldMutation(52, 32, 8), fieldMutation(16, 36, 9)],
};

const uf2 = {
  seeds: (random: Random) => [
    ...images(random).map((image) => toyUf2(pieces(image))),
    toyUf2([0, 1, 2].map((index) => ({ address: index * 256, bytes: noise(random, 256), familyId: 7 }))),
  ],
  mutations: [fieldMutation(0, 512, 8), fieldMutation(508, 512, 1)],
};

/** Damages a DfuSe file and makes its suffix right again, so that the checks behind it are reached. */
const resealed =
  (damage: Mutation): Mutation =>
  (input, random) =>
    withDfuSuffix(damage(input.slice(0, -16), random), 0x011a);

const dfuse = {
  seeds: (random: Random) => [
    ...images(random).map((image) => toyDfuse([{ elements: image.segments }])),
    toyDfuse(
      images(random).map((image, index) => ({
        alternate: index >> 1,
        name: "memory",
        elements: image.segments.map(({ address, bytes }) => ({ address: address ^ (index << 20), bytes })),
      })),
    ),
  ],
  mutations: [fieldMutation(5, 6, 1), fieldMutation(277, 8, 5), fieldMutation(17, 1, 270)].flatMap(
    (damage) => [resealed(damage), damage],
  ),
};

const bin = { seeds: (random: Random) => [noise(random, 300), noise(random, 3)] };

/** One for each format as if forced by option, and one that finds the format in the content. */
export const IMAGE_TARGETS: readonly FuzzTarget[] = [
  target("hex", "hex", hex),
  target("srec", "srec", srec),
  target("elf", "elf", elf),
  target("uf2", "uf2", uf2),
  target("dfuse", "dfuse", dfuse),
  target("bin", "bin", bin),
  target("found", undefined, {
    seeds: (random) => [hex, srec, elf, uf2, dfuse, bin].flatMap(({ seeds }) => seeds(random)),
    mutations: [hex, srec, elf, uf2, dfuse].flatMap(({ mutations }) => mutations),
  }),
];
