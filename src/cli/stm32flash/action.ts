/** What one command of the drop-in does with the chip. */
export type Action =
  "info" | "read" | "write" | "erase" | "crc" | "write unprotect" | "read protect" | "read unprotect";
