/** What every reader is told. */
export interface ReadOptions {
  /** Name for messages. */
  readonly file: string;
  /** Most data bytes that the image may have. */
  readonly maxBytes: number;
  /** Nobody else changes the file's bytes. */
  readonly owned?: boolean | undefined;
}
