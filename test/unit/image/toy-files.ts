/** Smallest ELF and UF2 files, built field by field, so that a test can make any one of them wrong. */

export interface ElfSegment {
  readonly type?: number;
  readonly physical: number;
  readonly virtual?: number;
  readonly bytes: ArrayLike<number>;
  readonly memoryBytes?: number;
}

export const ELF_HEADERS = 52;

/** An ELF32 little-endian Arm executable: header, program headers, then the segments' bytes. */
export function toyElf(segments: readonly ElfSegment[], entry = 0): Uint8Array {
  let at = ELF_HEADERS + 32 * segments.length;
  const total = segments.reduce((sum, { bytes }) => sum + bytes.length, at);
  const file = new Uint8Array(total);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  const halves: [number, number][] = [
    [16, 2], // e_type: executable
    [18, 40], // e_machine: Arm
    [40, ELF_HEADERS],
    [42, 32],
    [44, segments.length],
    [46, 40],
  ];
  for (const [offset, value] of halves) view.setUint16(offset, value, true);
  view.setUint32(20, 1, true);
  view.setUint32(24, entry, true);
  view.setUint32(28, ELF_HEADERS, true);
  segments.forEach(({ type = 1, physical, virtual = physical, bytes, memoryBytes }, index) => {
    const words = [type, at, virtual, physical, bytes.length, memoryBytes ?? bytes.length, 5, 4];
    words.forEach((word, field) => view.setUint32(ELF_HEADERS + 32 * index + 4 * field, word, true));
    file.set(Uint8Array.from(bytes), at);
    at += bytes.length;
  });
  return file;
}

export interface ElfSectionHeader {
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

/** The file with a table of sections behind it: the empty one that every table begins with, then these. */
export function withSections(file: Uint8Array, sections: readonly ElfSectionHeader[]): Uint8Array {
  const table = Math.ceil(file.length / 4) * 4;
  const out = new Uint8Array(table + 40 * (sections.length + 1));
  out.set(file);
  const view = new DataView(out.buffer);
  view.setUint32(32, table, true);
  view.setUint16(48, sections.length + 1, true);
  sections.forEach(({ type, flags, address, offset, size }, index) =>
    [type, flags, address, offset, size].forEach((word, field) =>
      view.setUint32(table + 40 * (index + 1) + 4 + 4 * field, word, true),
    ),
  );
  return out;
}

export interface DfuseElement {
  readonly address: number;
  readonly bytes: ArrayLike<number>;
}

export interface DfuseTarget {
  readonly alternate?: number;
  readonly name?: string;
  readonly elements: readonly DfuseElement[];
}

const words = (...values: readonly number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, index) => view.setUint32(4 * index, value, true));
  return new Uint8Array(view.buffer);
};
const text = (value: string, length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  bytes.set(Array.from({ length: value.length }, (_, index) => value.charCodeAt(index)));
  return bytes;
};
const concat = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(parts.flatMap((part) => [...part]));

/** UM0391: prefix, targets, suffix. The prefix counts the suffix, as dfuse-pack does. */
export function toyDfuse(targets: readonly DfuseTarget[]): Uint8Array {
  const parts = targets.map(({ alternate = 0, name, elements }) => {
    const body = concat(
      ...elements.map(({ address, bytes }) => concat(words(address, bytes.length), Uint8Array.from(bytes))),
    );
    const head = concat(
      text("Target", 6),
      Uint8Array.of(alternate),
      words(name === undefined ? 0 : 1),
      text(name ?? "", 255),
      words(body.length, elements.length),
    );
    return concat(head, body);
  });
  const body = concat(...parts);
  return withDfuSuffix(
    concat(text("DfuSe\x01", 6), words(11 + body.length + 16), Uint8Array.of(targets.length), body),
    0x011a,
  );
}

/** USB DFU 1.1, appendix B: the CRC is the common one without its last inversion. */
export function withDfuSuffix(bytes: Uint8Array, version = 0x0100): Uint8Array {
  const head = Uint8Array.of(
    0xff,
    0xff,
    0x11,
    0xdf,
    0x83,
    0x04,
    version & 0xff,
    version >> 8,
    0x55,
    0x46,
    0x44,
    16,
  );
  const all = concat(bytes, head);
  return concat(all, words(~crc32(all) >>> 0));
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes)
    for (let bit = 0; bit < 8; bit++) {
      const feedback = ((crc ^ (byte >> bit)) & 1) === 1;
      crc = (crc >>> 1) ^ (feedback ? 0xedb8_8320 : 0);
    }
  return ~crc >>> 0;
}

export interface Uf2Block {
  readonly address: number;
  readonly bytes: ArrayLike<number>;
  readonly flags?: number;
  readonly familyId?: number;
  readonly number?: number;
  readonly total?: number;
}

export function toyUf2(blocks: readonly Uf2Block[]): Uint8Array {
  const file = new Uint8Array(512 * blocks.length);
  const view = new DataView(file.buffer);
  blocks.forEach((block, index) => {
    const at = 512 * index;
    const { address, bytes, familyId, number = index, total = blocks.length } = block;
    const flags = block.flags ?? (familyId === undefined ? 0 : 0x2000);
    const words = [0x0a324655, 0x9e5d5157, flags, address, bytes.length, number, total, familyId ?? 0];
    words.forEach((word, field) => view.setUint32(at + 4 * field, word, true));
    file.set(Uint8Array.from(bytes).subarray(0, 476), at + 32);
    view.setUint32(at + 508, 0x0ab16f30, true);
  });
  return file;
}

/** A copy of the file with 16 or 32 bits at `offset` changed. */
export function patched(file: Uint8Array, offset: number, value: number, bits: 8 | 16 | 32 = 32): Uint8Array {
  const copy = file.slice();
  const view = new DataView(copy.buffer);
  if (bits === 8) view.setUint8(offset, value);
  else if (bits === 16) view.setUint16(offset, value, true);
  else view.setUint32(offset, value, true);
  return copy;
}
