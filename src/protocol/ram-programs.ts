/**
 * Small programs that are written to RAM and started with Go: ways out of the bootloader that a command does not offer.
 * Sources with their references lie in ram-programs/; a test assembles them and compares, another runs them in an emulator.
 */
import { fromHex } from "../bytes.js";

/** Machine code behind the two words of the vector table, as `objcopy -O binary` gives it. */
const CODE = {
  "system-reset": "72b604480449bff34f8f0160bff34f8ffee700000ced00e00400fa05",
  "obl-launch-f0":
    "72b60c4801690122d201114203d00a4941600a49416001690122520311430161bff34f8f06480749bff34f8f0160bff34f8ffee70020024023016745ab89efcd0ced00e00400fa05",
  "obl-launch-l0":
    "72b61148416801221200114203d00f49c1600f49c160416801229200114203d00c4941610c49416141680122920411434160bff34f8f09480949bff34f8f0160bff34f8ffee7000000200240efcdab8905040302c8d9eafb272625240ced00e00400fa05",
  "obl-launch-l4":
    "72b6114841690122d207114203d00f4981600f498160416901229207114203d00c49c1600c49c16041690122d20611434161bff34f8f09480949bff34f8f0160bff34f8ffee700000020024023016745ab89efcd3b2a19087f6e5d4c0ced00e00400fa05",
  "obl-launch-wb":
    "72b6114841690122d207114203d00f4981600f498160416901229207114203d00c49c1600c49c16041690122d20611434161bff34f8f09480949bff34f8f0160bff34f8ffee700000040005823016745ab89efcd3b2a19087f6e5d4c0ced00e00400fa05",
  "pempty-l4":
    "72b60b48012252040169114207d00261bff34f8f0169114201d00021016105480549bff34f8f0160bff34f8ffee70000002002400ced00e00400fa05",
  "empty-g0": "72b607480168012212049143016005480549bff34f8f0160bff34f8ffee70000002002400ced00e00400fa05",
  "empty-wb": "72b607480168012212049143016005480549bff34f8f0160bff34f8ffee70000004000580ced00e00400fa05",
} as const;

export type RamProgramKind = keyof typeof CODE;

export const RAM_PROGRAM_KINDS = Object.keys(CODE) as RamProgramKind[];

/** Initial SP and reset vector. */
const VECTORS_BYTES = 8;
/** Nothing is pushed but by a fault; well inside any RAM, and not at its end, which some bootloaders refuse (AN2606, L1xxxD, H74x). */
const STACK_ROOM_BYTES = 128;

/**
 * The bytes to write at `loadAddress`, and then to Go to.
 * @param loadAddress multiple of 4, in RAM that the bootloader leaves to the host; about 256 bytes are needed from there
 */
export function ramProgram(kind: RamProgramKind, loadAddress: number): Uint8Array {
  if (loadAddress % 4 !== 0)
    throw new RangeError(`a vector table lies at a multiple of 4, not at ${loadAddress}`);
  const code = fromHex(CODE[kind]);
  const program = new Uint8Array(VECTORS_BYTES + code.length);
  const vectors = new DataView(program.buffer);
  const stackTop = (loadAddress + program.length + STACK_ROOM_BYTES + 7) & ~7; // Procedure Call Standard: SP is a multiple of 8
  vectors.setUint32(0, stackTop, true);
  vectors.setUint32(4, (loadAddress + VECTORS_BYTES) | 1, true); // Thumb bit
  program.set(code, VECTORS_BYTES);
  return program;
}

/** Room that a program takes in RAM with its stack, in bytes, whatever its kind. */
export const RAM_PROGRAM_ROOM_BYTES = 256;

const BY_SERIES: Readonly<Record<"obl-launch" | "pempty", Readonly<Record<string, RamProgramKind>>>> = {
  "obl-launch": {
    F0: "obl-launch-f0",
    L0: "obl-launch-l0",
    L4: "obl-launch-l4",
    G0: "obl-launch-l4",
    C0: "obl-launch-l4",
    U0: "obl-launch-l4",
    WB: "obl-launch-wb",
    WL: "obl-launch-wb",
  },
  pempty: { L4: "pempty-l4", G0: "empty-g0", C0: "empty-g0", U0: "empty-g0", WB: "empty-wb", WL: "empty-wb" },
};

/**
 * The program for a way of leaving on chips of a series ("F0", "L4").
 * @returns undefined where the series has no such register
 */
export function ramProgramFor(
  way: "system-reset" | "obl-launch" | "pempty",
  series: string,
): RamProgramKind | undefined {
  return way === "system-reset" ? "system-reset" : BY_SERIES[way][series];
}
