/** What programs read. Version 1: fields may be added, none changes its meaning or goes away. Addresses and sizes are numbers. */
import type { Range } from "../devices/device.js";
import { type BootlaceError, hex } from "../errors.js";
import type { ChipInfo } from "../flash/job.js";
import { commandName } from "../protocol/commands.js";
import { systemErrorOf } from "./failure.js";

export const JSON_VERSION = 1;

/** Fields that are undefined are left out: JSON.stringify does so. */

export const document = (type: string, fields: object): string =>
  `${JSON.stringify({ v: JSON_VERSION, type, ...fields })}\n`;

export function chipJson(chip: ChipInfo): object {
  const { device, geometry, commands, ...rest } = chip;
  return {
    ...rest,
    productIdHex: hex(chip.productId, 3),
    series: device?.series,
    parts: device?.parts,
    commands: commands.map((opcode) => ({ opcode, name: commandName(opcode) ?? "unknown" })),
    flash: {
      base: geometry.base,
      size: geometry.size,
      unit: geometry.unit,
      pages: geometry.pages.length,
      banks: geometry.banks,
      pageSizes: [...new Set(geometry.pages.map((page) => page.size))],
      writeAlign: geometry.writeAlign,
      erasedValue: geometry.erasedValue,
      massErase: geometry.massErase,
    },
  };
}

export const rangeJson = ({ start, end }: Range): object => ({ address: start, length: end - start });

export function errorJson(error: BootlaceError): object {
  const { command, stage, address, reply, file, line, offset, chipState, reason } = error.context;
  const system = systemErrorOf(error.cause);
  return {
    code: error.code,
    exitStatus: error.exitStatus,
    message: error.message,
    hint: error.commandHint,
    remedy: error.remedy,
    chipState,
    reason,
    command,
    stage,
    address,
    reply,
    file,
    line,
    offset,
    errno: system?.code,
    syscall: system?.syscall,
  };
}
