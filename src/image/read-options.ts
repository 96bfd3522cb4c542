/** What every reader is told. */
export interface ReadOptions {
  /** Name for messages. */
  readonly file: string;
  /** Most data bytes that the image may have. */
  readonly maxBytes: number;
  /** ELF: take whole segments, also what lies in no section. */
  readonly elfSegments?: boolean | undefined;
  /** DfuSe: leave out what is for other memories than the flash, instead of refusing it. */
  readonly flashOnly?: boolean | undefined;
  /** Nobody else changes the file's bytes. */
  readonly owned?: boolean | undefined;
}
