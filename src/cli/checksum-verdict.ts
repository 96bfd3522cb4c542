/** How `bootlace checksum` ends, and the record of a proof: from these the table of proven chips grows (devices/crc-program.ts). */
import type { Range } from "../devices/device.js";
import { BootlaceError, hex } from "../errors.js";
import type { ChecksumProof, ChecksumResult, ChipInfo } from "../flash/job.js";
import { rangeJson } from "./json.js";
import { plural, timeText } from "./text.js";
import type { Verdict } from "./verdict.js";
import { rangesText } from "./whole-flash.js";

export type Sum = ChecksumResult & { readonly range: Range };

/** @param name of the chip's target, where there are several */
export function checksumVerdict(chip: ChipInfo, sums: readonly Sum[], name: string | undefined): Verdict {
  const results = sums.map((sum) => sumJson(chip, sum));
  const disproof = sums.map(({ proof }) => proof).find((proof) => proof?.agrees === false);
  return {
    text: sums.map((sum) => sumText(chip, sum)).join(", "),
    result: results.length === 1 ? results[0]! : { ranges: results },
    data: sums.map((sum) => dataLine(sum, sums.length > 1, name)).join(""),
    failure: disproof && disproved(chip, disproof),
  };
}

function sumText(chip: ChipInfo, { range, crc, by, proof }: Sum): string {
  const text = `CRC ${hex(crc)} of ${rangesText([range])} (${by})`;
  return proof ? `${text}; ${proofText(chip, proof)}` : text;
}

const sumJson = (chip: ChipInfo, { range, crc, by, proof }: Sum): object => ({
  crc,
  crcHex: hex(crc),
  by,
  ...rangeJson(range),
  proof: proof && proofJson(chip, proof),
});

/** Alone where one chip has one range; else with what it is of. */
function dataLine({ range, crc }: Sum, several: boolean, name: string | undefined): string {
  const parts = [hex(crc), ...(several ? [hex(range.start)] : []), ...(name === undefined ? [] : [name])];
  return `${parts.join("  ")}\n`;
}

const ASKED = {
  checksum: "Get Checksum",
  "checksum program": "the checksum program",
  "read back": "reading",
};

const onChip = ({ name, productId, bootloaderVersion }: ChipInfo): string =>
  `on ${name}, product ID ${hex(productId, 3)}, bootloader ${bootloaderVersion ?? "version not known"}`;

const proofText = (chip: ChipInfo, { asked, pieces, toldMs, readMs }: ChecksumProof): string =>
  `${ASKED[asked]} told the truth of ${plural(pieces, "piece")} ${onChip(chip)}: told in ${timeText(toldMs)}, read in ${timeText(readMs)}`;

function disproved(chip: ChipInfo, { asked, pieces, differences }: ChecksumProof): BootlaceError {
  const what = differences
    ? `told ${differences.length} of ${plural(pieces, "piece")} a checksum that is not of what the flash holds, the first at ${hex(differences[0]!.start)},`
    : "left no results that can be believed";
  return new BootlaceError("DIFFERENT", `${ASKED[asked]} ${what} ${onChip(chip)}`, {
    hint: "The flash is as it was. Please report this with the output of --json.",
  });
}

const proofJson = (chip: ChipInfo, { differences, ...proof }: ChecksumProof): object => ({
  ...proof,
  differences: differences?.map(rangeJson),
  productId: chip.productId,
  productIdHex: hex(chip.productId, 3),
  bootloaderId: chip.bootloaderId,
  bootloaderVersion: chip.bootloaderVersion,
  protocol: chip.protocol,
});
