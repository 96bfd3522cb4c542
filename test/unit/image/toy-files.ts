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
