/**
 * What an I2C adapter can do: the mask of I2C_FUNCS (include/uapi/linux/i2c.h).
 * The first rows are those of `i2cdetect -F`, in its order; the test in a real kernel holds the two together.
 */

export const I2C_FUNC_I2C = 0x0000_0001;
export const I2C_FUNC_10BIT_ADDR = 0x0000_0002;
export const I2C_FUNC_PROTOCOL_MANGLING = 0x0000_0004;

interface FunctionalityRow {
  /** Key in JSON. */
  readonly key: string;
  /** What i2cdetect and the user's table call it. */
  readonly name: string;
  readonly bit: number;
}

/** What `i2cdetect -F` of i2c-tools 4 shows. */
export const I2CDETECT_ROWS: readonly FunctionalityRow[] = [
  { key: "i2c", name: "I2C", bit: I2C_FUNC_I2C },
  { key: "smbusQuick", name: "SMBus Quick Command", bit: 0x0001_0000 },
  { key: "smbusSendByte", name: "SMBus Send Byte", bit: 0x0004_0000 },
  { key: "smbusReceiveByte", name: "SMBus Receive Byte", bit: 0x0002_0000 },
  { key: "smbusWriteByte", name: "SMBus Write Byte", bit: 0x0010_0000 },
  { key: "smbusReadByte", name: "SMBus Read Byte", bit: 0x0008_0000 },
  { key: "smbusWriteWord", name: "SMBus Write Word", bit: 0x0040_0000 },
  { key: "smbusReadWord", name: "SMBus Read Word", bit: 0x0020_0000 },
  { key: "smbusProcessCall", name: "SMBus Process Call", bit: 0x0080_0000 },
  { key: "smbusBlockWrite", name: "SMBus Block Write", bit: 0x0200_0000 },
  { key: "smbusBlockRead", name: "SMBus Block Read", bit: 0x0100_0000 },
  { key: "smbusBlockProcessCall", name: "SMBus Block Process Call", bit: 0x0000_8000 },
  { key: "smbusPec", name: "SMBus PEC", bit: 0x0000_0008 },
  { key: "i2cBlockWrite", name: "I2C Block Write", bit: 0x0800_0000 },
  { key: "i2cBlockRead", name: "I2C Block Read", bit: 0x0400_0000 },
];

/** What i2cdetect leaves out; in JSON only, so that the table stays the same as its own. */
export const OTHER_ROWS: readonly FunctionalityRow[] = [
  { key: "tenBitAddress", name: "10-bit addresses", bit: I2C_FUNC_10BIT_ADDR },
  { key: "protocolMangling", name: "Protocol mangling", bit: I2C_FUNC_PROTOCOL_MANGLING },
  { key: "noStart", name: "No START", bit: 0x0000_0010 },
  { key: "slave", name: "Slave mode", bit: 0x0000_0020 },
  { key: "smbusHostNotify", name: "SMBus Host Notify", bit: 0x1000_0000 },
];

const SMBUS_BITS = 0x1fff_8008;

export const offers = (mask: number, bit: number): boolean => (mask & bit) !== 0;

/** The lines of `i2cdetect -F`, its heading included. */
export function functionalityTable(path: string, mask: number): string[] {
  const rows = I2CDETECT_ROWS.map(
    ({ name, bit }) => `${name.padEnd(32)} ${offers(mask, bit) ? "yes" : "no"}`,
  );
  return [`Functionalities implemented by ${path}:`, ...rows];
}

/** Every row by its JSON key. */
export const functionalityRecord = (mask: number): Record<string, boolean> =>
  Object.fromEntries([...I2CDETECT_ROWS, ...OTHER_ROWS].map(({ key, bit }) => [key, offers(mask, bit)]));

/** For one column: "I2C, mangling, 10-bit", "SMBus only", "none". */
export function shortFunctionality(mask: number): string {
  if (!offers(mask, I2C_FUNC_I2C)) return offers(mask, SMBUS_BITS) ? "SMBus only" : "none";
  const parts = ["I2C"];
  if (offers(mask, I2C_FUNC_PROTOCOL_MANGLING)) parts.push("mangling");
  if (offers(mask, I2C_FUNC_10BIT_ADDR)) parts.push("10-bit");
  return parts.join(", ");
}
