/** The one way in which a firmware's signature is not good enough: nothing is sent to a chip, no port was opened. */
import { BootlaceError } from "../errors.js";

export const unsigned = (file: string, what: string, hint?: string): BootlaceError =>
  new BootlaceError("IMAGE_UNSIGNED", `${file}: ${what}`, {
    file,
    hint,
    chipState: "no port was opened",
  });
