/** Product IDs whose chip is known by name and by nothing that a row needs. */
import { hex } from "../errors.js";

export interface NamedId {
  readonly productId: number;
  readonly name: string;
  /** What a user has to know: what the chip is, and what to do with it. */
  readonly sentence: string;
}

const processor = (productId: number, name: string): NamedId => ({
  productId,
  name,
  sentence: `${hex(productId, 3)} is ${name}, a processor without flash of its own: its ROM loads a boot stage into RAM, which is work for STM32CubeProgrammer or dfu-util.`,
});

const unlisted = (productId: number, name: string): NamedId => ({
  productId,
  name,
  sentence: `${hex(productId, 3)} is ${name}, of which one public list has the name only: give its flash with --flash-size and --page-size, from the data sheet.`,
});

/** STM32CubeMX and STM32CubeProgrammer data bases (N6, MP1, MP2); H2Lab's SignatureLayout catalogue (H7P, H54x/H55x). */
const IDS: readonly NamedId[] = [
  unlisted(0x47b, "STM32H7Pxx"),
  unlisted(0x47c, "STM32H54x/H55x"),
  processor(0x486, "STM32N6"),
  processor(0x500, "STM32MP15x"),
  processor(0x501, "STM32MP13x"),
  processor(0x505, "STM32MP2"),
];

export const namedWithoutRow = (productId: number): NamedId | undefined =>
  IDS.find((entry) => entry.productId === productId);
