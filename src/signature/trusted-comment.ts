/** What the signer says of the firmware, under the signature: words like "chip=stm32g071 version=1.2.3". */
import { unsigned } from "./unsigned.js";

export interface Claims {
  readonly chip: string | undefined;
  /** Dotted numbers. */
  readonly version: string | undefined;
}

// They are looked for because a comment is shown on terminals.
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/;

/** @throws BootlaceError IMAGE_UNSIGNED for control characters, and for a word that is said twice */
export function claimsOf(comment: string, file: string): Claims {
  if (CONTROL.test(comment)) throw unsigned(file, "control characters in the trusted comment");
  const words = comment.split(/[\t ]+/).map((word) => word.split("=", 2));
  const only = (name: string): string | undefined => {
    const values = words.filter(([word, value]) => word === name && value !== undefined);
    if (values.length > 1) throw unsigned(file, `the trusted comment says ${name}= twice`);
    return values[0]?.[1];
  };
  return { chip: only("chip"), version: only("version") };
}
