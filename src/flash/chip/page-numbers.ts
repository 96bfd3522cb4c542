/** The numbers by which pages are erased. Those of bank 2 may be open until the chip was asked (ask-numbers.ts). */
import type { Geometry, Page } from "../../devices/device.js";

export class PageNumbers {
  /** What the first page of bank 2 may be numbered, likeliest first; empty when that is settled. */
  #open: readonly number[];
  #shift = 0;

  constructor({ bank2FirstOpen = [] }: Pick<Geometry, "bank2FirstOpen">) {
    this.#open = bank2FirstOpen;
  }

  get open(): readonly number[] {
    return this.#open;
  }

  /** @param first number of the first page of bank 2, by default as the geometry has it or as it was settled */
  of({ index, bank }: Page, first?: number): number {
    if (bank === 1) return index;
    return index + (first === undefined ? this.#shift : first - this.#open[0]!);
  }

  settle(first: number): void {
    this.#shift = first - this.#open[0]!;
    this.#open = [];
  }
}
