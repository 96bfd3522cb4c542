/**
 * Reads DfuSe (.dfu), ST's file for USB DFU: targets, one for each alternate setting of the device, with elements that have
 * an address each; a DFU suffix with a checksum at the end. Source: UM0391, "DfuSe file format specification", rev 1.
 */

import { type BootlaceError, type ErrorContext, hex } from "../errors.js";
import { ImageBuilder } from "./builder.js";
import { dfuSuffixOf, SUFFIX_BYTES } from "./dfu-suffix.js";
import { has } from "./foreign.js";
import type { MemoryImage } from "./image.js";
import type { ReadOptions } from "./read-options.js";
import { rejected } from "./reject.js";

const PREFIX_BYTES = 11;
const TARGET_BYTES = 274;
const ELEMENT_BYTES = 8;
const NAME_OFFSET = 11;
const NAME_BYTES = 255;
/** The alternate setting of the internal flash on ST's devices. */
const FLASH = 0;

class DfuseReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #options: ReadOptions;
  readonly #builder: ImageBuilder;
  readonly #remarks: string[] = [];
  #at = PREFIX_BYTES;
  /** First byte after the targets. */
  readonly #end: number;

  constructor(bytes: Uint8Array, options: ReadOptions) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#options = options;
    this.#builder = new ImageBuilder({ ...options, format: "dfuse", poolBytes: bytes.length });
    this.#end = this.#findEnd();
  }

  read(): MemoryImage {
    if (this.#bytes.length < PREFIX_BYTES || !has(this.#bytes, 0, "DfuSe\x01"))
      throw this.#error(0, "no DfuSe file of version 1");
    const size = this.#view.getUint32(6, true);
    // dfuse-pack counts the suffix, other programs do not.
    if (size !== this.#end && size !== this.#end + SUFFIX_BYTES)
      throw this.#error(6, `its prefix says ${size} bytes, but ${this.#end} stand before the suffix`);
    const targets = this.#view.getUint8(10);
    for (let target = 0; target < targets; target++) this.#target();
    if (this.#at !== this.#end)
      throw this.#error(this.#at, `${this.#end - this.#at} bytes stand behind the last target`);
    if (this.#builder.used === 0) throw this.#error(10, "no target has bytes for the flash");
    return this.#builder.finish(undefined, { remarks: this.#remarks });
  }

  /** Where the suffixes begin: two are what a program leaves that did not see the first. */
  #findEnd(): number {
    let end = this.#bytes.length;
    for (;;) {
      const suffix = dfuSuffixOf(this.#bytes.subarray(0, end));
      if (suffix === undefined && end < this.#bytes.length) return end;
      if (suffix === undefined)
        throw this.#error(end, "the file ends without a DFU suffix: it was cut short or altered");
      if (!suffix.intact)
        throw this.#error(
          suffix.start,
          "the checksum in the DFU suffix is wrong: the file was cut short or altered",
        );
      end = suffix.start;
    }
  }

  #target(): void {
    const at = this.#at;
    this.#need(at, TARGET_BYTES, "a target");
    if (!has(this.#bytes, at, "Target")) throw this.#error(at, "no target begins where one should");
    const alternate = this.#view.getUint8(at + 6);
    const size = this.#view.getUint32(at + 266, true);
    const elements = this.#view.getUint32(at + 270, true);
    this.#need(at + TARGET_BYTES, size, "the elements of a target");
    const taken = alternate === FLASH || this.#leaveOut(at, alternate);
    this.#at += TARGET_BYTES;
    const end = this.#at + size;
    for (let element = 0; element < elements; element++) this.#element(end, taken);
    if (this.#at !== end)
      throw this.#error(
        at + 266,
        `the target has ${size} bytes, its elements ${this.#at - at - TARGET_BYTES}`,
      );
  }

  /** @returns false, after a remark */
  #leaveOut(at: number, alternate: number): false {
    const text = `what is for alternate setting ${alternate}${this.#name(at)}, another memory than the flash (0)`;
    if (this.#options.flashOnly !== true)
      throw this.#error(at + 6, `the file holds ${text}`, { hint: "Leave it out with --only flash." });
    this.#remarks.push(`left out: ${text}`);
    return false;
  }

  #name(at: number): string {
    if (this.#view.getUint32(at + 7, true) === 0) return "";
    const name = this.#bytes.subarray(at + NAME_OFFSET, at + NAME_OFFSET + NAME_BYTES);
    const end = name.findIndex((byte) => byte < 0x20 || byte > 0x7e);
    return end === 0 ? "" : ` (${String.fromCharCode(...name.subarray(0, end < 0 ? undefined : end))})`;
  }

  #element(end: number, taken: boolean): void {
    const at = this.#at;
    if (at + ELEMENT_BYTES > end) throw this.#error(at, "an element runs past the end of its target");
    const address = this.#view.getUint32(at, true);
    const size = this.#view.getUint32(at + 4, true);
    const from = at + ELEMENT_BYTES;
    if (from + size > end)
      throw this.#error(
        at,
        `the element for ${hex(address)} (${size} bytes) runs past the end of its target`,
        {
          address,
        },
      );
    if (taken) this.#builder.add(address, this.#bytes.subarray(from, from + size), from);
    this.#at = from + size;
  }

  #need(at: number, bytes: number, what: string): void {
    if (at + bytes > this.#end)
      throw this.#error(at, `${what} runs past the end of the file: ${this.#end - at} of ${bytes} bytes`);
  }

  #error(offset: number, what: string, more: ErrorContext = {}): BootlaceError {
    return rejected(this.#options.file, { offset }, what, more);
  }
}

/** @throws BootlaceError IMAGE_INVALID naming the offset of the field that is wrong */
export const readDfuse = (bytes: Uint8Array, options: ReadOptions): MemoryImage =>
  new DfuseReader(bytes, options).read();
