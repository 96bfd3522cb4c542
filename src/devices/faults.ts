/** What is wrong with a device row. A test walks the table; whoever adds a chip reads the sentences. */
import { hex } from "../errors.js";
import type { BootloaderRow, Device, DualBank, Flash, Range, Sectors } from "./device.js";
import { KiB } from "./device.js";

/** One sentence for each fault; none for a sound row. */
export function faultsOf(row: Device): string[] {
  return [
    ...nameFaults(row),
    ...flashFaults(row.flash),
    ...rangeFaults(row),
    ...row.bootloaders.flatMap((bootloader) => bootloaderFaults(row, bootloader)),
    ...crossFaults(row),
  ];
}

/** The sentences whose condition does not hold. */
const unless = (checks: readonly (readonly [boolean, string])[]): string[] =>
  checks.filter(([holds]) => !holds).map(([, sentence]) => sentence);

const sum = (sectors: readonly Sectors[]): number =>
  sectors.reduce((total, { count, size }) => total + count * size, 0);
const within = (inner: Range, outer: Range): boolean => inner.start >= outer.start && inner.end <= outer.end;
const overlaps = (a: Range, b: Range): boolean => a.start < b.end && b.start < a.end;
const text = ({ start, end }: Range): string => `${hex(start)}..${hex(end)}`;
const ascending = (values: readonly number[]): boolean =>
  values.every((value, i) => i === 0 || value > values[i - 1]!);

function nameFaults({ productId, name, parts, series }: Device): string[] {
  return unless([
    [
      Number.isInteger(productId) && productId > 0 && productId < 0x1000,
      `product ID ${productId} has more than 12 bits`,
    ],
    [name.startsWith("STM32"), `name "${name}" does not begin with STM32`],
    [parts.length > 0, "no part is named"],
    [new Set(parts).size === parts.length, "a part is named twice"],
    ...parts.map(
      (part) =>
        [
          new RegExp(`^STM32${series}[0-9A-Zx]*$`).test(part),
          `part "${part}" is not of series ${series}`,
        ] as const,
    ),
  ]);
}

function flashFaults(flash: Flash): string[] {
  const { base, maxSize, sizesKiB, sectors, dualBank, alternates, writeAlign } = flash;
  const whole = { start: base, end: base + maxSize };
  return [
    ...unless([
      [base === 0x0800_0000 || base === 0x1004_0000, `flash at ${hex(base)}`],
      [sum(sectors) === maxSize, `sectors add up to ${sum(sectors)}, not to ${maxSize}`],
      [
        sizesKiB.length === 0 || sizesKiB.at(-1) === maxSize / KiB,
        "the last size is not the largest member's",
      ],
      [ascending(sizesKiB), "sizes do not ascend"],
      [[4, 8, 16, 32].includes(writeAlign), `writeAlign ${writeAlign}`],
      [sectors.every(({ size }) => size % writeAlign === 0), "a sector is not made of whole flash words"],
      [flash.unit === "sector" || sectors.length === 1, "pages of several sizes are called sectors"],
    ]),
    ...registerFaults(flash, whole),
    ...(dualBank ? dualBankFaults(dualBank, maxSize, sectors, sizesKiB) : []),
    ...alternates.flatMap((alternate) => [
      ...unless([
        [sum(alternate.sectors) === maxSize, `sectors of "${alternate.key}" do not add up`],
        [
          alternate.sizesKiB?.every((kib) => sizesKiB.includes(kib)) ?? true,
          `"${alternate.key}" names a size that no member has`,
        ],
        [
          alternates.filter(({ key }) => key === alternate.key).length === 1,
          `"${alternate.key}" is there twice`,
        ],
      ]),
      ...(alternate.dualBank ? dualBankFaults(alternate.dualBank, maxSize, alternate.sectors, sizesKiB) : []),
    ]),
  ];
}

function registerFaults({ sizeRegister, uidRegister }: Flash, whole: Range): string[] {
  return [sizeRegister, uidRegister]
    .filter((register) => register !== undefined)
    .filter((register) => register % 2 !== 0 || overlaps(whole, { start: register, end: register + 2 }))
    .map((register) => `register ${hex(register)} lies inside the flash or at an odd address`);
}

function dualBankFaults(
  dualBank: DualBank,
  maxSize: number,
  sectors: readonly Sectors[],
  sizesKiB: readonly number[],
): string[] {
  const { bankSize, bank2FirstIndex, smaller, numbersStay, singleBankKiB } = dualBank;
  let [count, bytes] = [0, 0];
  for (const sector of sectors)
    for (let i = 0; i < sector.count && bytes < bankSize; i++, count++) bytes += sector.size;
  return unless([
    [smaller === "shorter" || bankSize * 2 === maxSize, `bank of ${bankSize} bytes is not half of the flash`],
    [bytes === bankSize, "the banks do not meet between two sectors"],
    [
      numbersStay ? bank2FirstIndex >= count : bank2FirstIndex === count,
      `bank 2 begins with number ${bank2FirstIndex}, bank 1 has ${count}`,
    ],
    [
      singleBankKiB?.every((kib) => sizesKiB.includes(kib)) ?? true,
      "singleBankKiB names a size that no member has",
    ],
  ]);
}

function rangeFaults(row: Device): string[] {
  const { ram, flash } = row;
  const whole = { start: flash.base, end: flash.base + flash.maxSize };
  const memory = [{ start: ram.start, end: ram.end ?? 2 ** 32 }, ...(ram.others ?? [])];
  const apart = [
    ...row.systemMemory,
    ...row.optionBytes,
    ...(row.otp ? [row.otp] : []),
    ...(row.dataEeprom ? [row.dataEeprom] : []),
  ];
  return [
    ...[...memory, ...apart, ...ram.accessible]
      .filter(({ start, end }) => !(start >= 0 && start < end && end <= 2 ** 32))
      .map((range) => `range ${text(range)} is empty or inverted`),
    ...apart
      .filter((range) => overlaps(range, whole))
      .map((range) => `range ${text(range)} overlaps the flash`),
    ...ram.accessible
      .filter((range) => !memory.some((area) => within(range, area)))
      .map((range) => `accessible range ${text(range)} is not in RAM`),
    ...(row.systemMemory.length > 0 ? [] : ["no system memory"]),
  ];
}

function bootloaderFaults(
  row: Device,
  { version, id, idAddress, i2c, usart, startupMs }: BootloaderRow,
): string[] {
  return unless([
    [/^V\d+\.\d+$/.test(version), `version "${version}"`],
    [id === undefined || (id >= 0 && id <= 0xff), `${version}: the ID is one byte`],
    [
      idAddress === undefined ||
        row.systemMemory.some((range) => within({ start: idAddress, end: idAddress + 1 }, range)),
      `${version}: ID address ${hex(idAddress ?? 0)} is outside the system memory`,
    ],
    [usart.length > 0, `${version}: no USART`],
    [
      startupMs === undefined || (startupMs > 0 && startupMs < 10_000),
      `${version}: start-up of ${startupMs ?? 0} ms`,
    ],
    ...usart.map(
      (entry) =>
        [/^V\d\.\d$/.test(entry.protocol), `${version}: USART protocol "${entry.protocol}"`] as const,
    ),
    ...i2c.flatMap((entry) => [
      [
        [entry.address, ...entry.alternatives].every((address) => address >= 0x08 && address <= 0x7b),
        `${version}: I2C address out of range`,
      ] as const,
      [
        !entry.alternatives.includes(entry.address),
        `${version}: an alternative repeats the I2C address`,
      ] as const,
      [/^V[12]\.\d$/.test(entry.protocol), `${version}: I2C protocol "${entry.protocol}"`] as const,
      [[400_000, 1_000_000].includes(entry.maxSpeedHz), `${version}: I2C at ${entry.maxSpeedHz} Hz`] as const,
      [
        entry.instance.split("/").length === entry.pins.split(", ").length,
        `${version}: pins do not match ${entry.instance}`,
      ] as const,
    ]),
  ]);
}

function crossFaults({ bootloaders, i2cTimeoutMs, emptyCheck }: Device): string[] {
  const names = bootloaders.map(({ product, version }) => `${product} ${version}`);
  const versions = bootloaders.map(({ version }) => version);
  return unless([
    [bootloaders.length > 0, "no bootloader"],
    [new Set(names).size === names.length, "a bootloader is there twice"],
    [
      i2cTimeoutMs === undefined || bootloaders.some(({ i2c }) => i2c.length > 0),
      "an I2C time-out without I2C",
    ],
    [
      i2cTimeoutMs === undefined || (i2cTimeoutMs >= 10 && i2cTimeoutMs <= 2200),
      `an I2C time-out of ${i2cTimeoutMs ?? 0} ms`,
    ],
    [
      emptyCheck?.clearedBy.every((version) => versions.includes(version)) ?? true,
      "clearedBy names a version that is not there",
    ],
  ]);
}
