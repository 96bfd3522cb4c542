/** What an I2C adapter can do: the bits of ioctl I2C_FUNCS, include/uapi/linux/i2c.h. */
export const I2C_FUNC = {
  I2C: 0x0000_0001,
  "10BIT_ADDR": 0x0000_0002,
  PROTOCOL_MANGLING: 0x0000_0004,
  SMBUS_PEC: 0x0000_0008,
  NOSTART: 0x0000_0010,
  SLAVE: 0x0000_0020,
  SMBUS_BLOCK_PROC_CALL: 0x0000_8000,
  SMBUS_QUICK: 0x0001_0000,
  SMBUS_READ_BYTE: 0x0002_0000,
  SMBUS_WRITE_BYTE: 0x0004_0000,
  SMBUS_READ_BYTE_DATA: 0x0008_0000,
  SMBUS_WRITE_BYTE_DATA: 0x0010_0000,
  SMBUS_READ_WORD_DATA: 0x0020_0000,
  SMBUS_WRITE_WORD_DATA: 0x0040_0000,
  SMBUS_PROC_CALL: 0x0080_0000,
  SMBUS_READ_BLOCK_DATA: 0x0100_0000,
  SMBUS_WRITE_BLOCK_DATA: 0x0200_0000,
  SMBUS_READ_I2C_BLOCK: 0x0400_0000,
  SMBUS_WRITE_I2C_BLOCK: 0x0800_0000,
  SMBUS_HOST_NOTIFY: 0x1000_0000,
} as const;

/** True when the mask of an adapter has all bits of `wanted`. */
export const can = (functionality: number, wanted: number): boolean => (functionality & wanted) === wanted;
