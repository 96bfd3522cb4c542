/** I2C bootloaders without Get Checksum: bootlace with its checksum program. The floor and the control verify by reading, as stm32flash does. */
import { G071 } from "../bus-run.js";
import type { Row } from "../row.js";
import { warmCore } from "../warm-core.js";
import { type Asked, compare, NEW, OLD, ONE_PAGE, result } from "./writes.js";

const CASES: readonly (readonly [id: string, what: string, before: Uint8Array, asked: Asked])[] = [
  ["", "all pages differ", OLD, { faster: 1.7 }],
  ["-one-page", "one page changed", ONE_PAGE, { faster: 14 }],
  ["-unchanged", "nothing changed", NEW, { faster: 30 }],
];

export const legacy: readonly Row[] = (["1.0", "1.1"] as const).flatMap((version) =>
  CASES.map(([id, text, before, asked]) => ({
    id: `legacy-${version}${id}`,
    async run(context) {
      const what = `128 KiB, ${text}, protocol ${version} (no checksum) at 400 kHz`;
      context.note(what);
      await warmCore();
      const one = { chip: { ...G071, version }, speedHz: 400_000, before, words: ["--crc-program"] };
      const compared = await compare(one, { ...context, runs: before === OLD ? context.runs : 1 });
      return [result(`legacy-${version}${id}`, what, compared, asked)];
    },
  })),
);
