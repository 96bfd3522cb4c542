/** Nobody at an I2C address: revisions of AN2606 up to 2014 print addresses in 8-bit form, and such a one is worth a word. */
import { BootlaceError } from "../../errors.js";

/** @returns the same failure, with the 7-bit address as its hint where a chip is known there and none at `address` */
export async function withAddressHint(error: unknown, address: number | undefined): Promise<unknown> {
  if (!(error instanceof BootlaceError) || error.code !== "NO_REPLY" || address === undefined) return error;
  const { sevenBitHint } = await import("../../devices/address.js");
  const hint = sevenBitHint(address);
  if (hint === undefined) return error;
  return new BootlaceError(error.code, error.message, { ...error.context, hint }, { cause: error.cause });
}
