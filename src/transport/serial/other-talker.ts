/** Something that is no bootloader sends on a serial line: what came, as people read it, and what it may be. */

export const OTHER_TALKER_HINT =
  "Something else talks on this line: an application that runs because BOOT0 was low at the reset, or a login console of this machine " +
  "on the port. Set BOOT0 high and reset the chip; stop the console.";

const MOST_SHOWN = 16;

/** `0x6F 0x6B ("ok")`, the text only where all of it is printable. */
export function shownBytes(bytes: Iterable<number>): string {
  const first = [...bytes].slice(0, MOST_SHOWN);
  const digits = first.map((byte) => `0x${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(" ");
  const text = first.every((byte) => byte >= 0x20 && byte < 0x7f)
    ? ` ("${String.fromCharCode(...first)}")`
    : "";
  return `${digits}${text}`;
}
