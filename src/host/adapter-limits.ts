/**
 * What is known of the kernel drivers that people meet: how long a clock stretch may last and how long a message may be.
 * The kernel tells neither to programs. Read from Linux 6.1 (drivers/i2c/busses unless said otherwise).
 */
export interface AdapterLimit {
  /** As sysfs names the driver, or a pattern of adapter names for drivers that serve other things too. */
  readonly driver?: string;
  readonly adapterName?: RegExp;
  /** The driver waits this long and no longer, whatever I2C_TIMEOUT says. */
  readonly fixedTimeoutMs?: number;
  readonly maxWriteBytes?: number;
  readonly maxReadBytes?: number;
  /** What the user should know beside the numbers. */
  readonly note?: string;
  readonly nextStep?: string;
  readonly source: string;
}

const CONTROLLERS: readonly AdapterLimit[] = [
  {
    driver: "i2c-bcm2835",
    note:
      "The controller of Raspberry Pi 0 to 4 loses data when a chip stretches the clock inside a byte, and the Raspberry Pi " +
      "kernel ends a stretch after 35 ms unless its module parameter clk_tout_ms says otherwise.",
    nextStep:
      "Prefer chips with protocol V1.1 or later (they answer BUSY instead of stretching); with V1.0 put " +
      "`options i2c_bcm2835 clk_tout_ms=5000` into /etc/modprobe.d, or use the bit-banging overlay i2c-gpio.",
    source: "i2c-bcm2835.c, I2C_AQ_NO_CLK_STRETCH; Raspberry Pi kernel, parameter clk_tout_ms",
  },
  { driver: "imx-i2c", fixedTimeoutMs: 100, source: "i2c-imx.c, i2c_imx_trx_complete" },
  { driver: "imx-lpi2c", fixedTimeoutMs: 1000, source: "i2c-imx-lpi2c.c, lpi2c_imx_msg_complete" },
  { driver: "omap_i2c", fixedTimeoutMs: 1000, source: "i2c-omap.c, OMAP_I2C_TIMEOUT" },
  { driver: "rk3x-i2c", fixedTimeoutMs: 1000, source: "i2c-rk3x.c, WAIT_TIMEOUT" },
  { driver: "meson-i2c", fixedTimeoutMs: 500, source: "i2c-meson.c, I2C_TIMEOUT_MS" },
  { driver: "geni_i2c", fixedTimeoutMs: 1000, source: "i2c-qcom-geni.c, XFER_TIMEOUT" },
  { driver: "mxs-i2c", fixedTimeoutMs: 1000, source: "i2c-mxs.c, mxs_i2c_xfer_msg" },
  { driver: "ocores-i2c", fixedTimeoutMs: 1000, source: "i2c-ocores.c, ocores_xfer_core" },
  { driver: "xiic-i2c", fixedTimeoutMs: 10_000, source: "i2c-xiic.c, XIIC_XFER_TIMEOUT" },
  { driver: "s3c-i2c", fixedTimeoutMs: 5000, source: "i2c-s3c2410.c, s3c24xx_i2c_doxfer" },
  { driver: "axxia-i2c", maxWriteBytes: 255, maxReadBytes: 255, source: "i2c-axxia.c, axxia_i2c_quirks" },
  { driver: "owl-i2c", maxWriteBytes: 240, maxReadBytes: 240, source: "i2c-owl.c, owl_i2c_quirks" },
  { driver: "bcm-iproc-i2c", maxReadBytes: 255, source: "i2c-bcm-iproc.c, M_RX_MAX_READ_LEN" },
];

const USB_BRIDGES: readonly AdapterLimit[] = [
  {
    driver: "i2c-tiny-usb",
    fixedTimeoutMs: 2000,
    note: "Some firmwares of this adapter cannot wait while a chip stretches the clock.",
    source: "i2c-tiny-usb.c, usb_read and usb_write",
  },
  {
    driver: "cp2112",
    maxWriteBytes: 61,
    maxReadBytes: 512,
    note: "Messages go one by one; combined transactions are refused.",
    source: "drivers/hid/hid-cp2112.c, cp2112_i2c_write_req and cp2112_read_req",
  },
  { driver: "dln2-i2c", maxWriteBytes: 256, maxReadBytes: 256, source: "i2c-dln2.c, DLN2_I2C_MAX_XFER_SIZE" },
  {
    adapterName: /ch341/i,
    maxWriteBytes: 32,
    maxReadBytes: 32,
    note: "The CH341 takes messages of a few ten bytes and cannot wait while a chip stretches the clock.",
    nextStep: "Use chips with protocol V1.1 or later; frames shrink by themselves, or set --max-frame 32.",
    source: "CH341 driver outside the kernel tree (ch341-i2c-spi-gpio), issue 18",
  },
];

const OTHERS: readonly AdapterLimit[] = [
  {
    driver: "i2c-gpio",
    fixedTimeoutMs: 100,
    note: "Bit-banging: each stretch is waited for by the processor.",
    nextStep:
      "For chips with protocol V1.0 raise the limit in the device tree: i2c-gpio,timeout-ms = <5000>; others need nothing.",
    source: "i2c-gpio.c, i2c_gpio_probe; drivers/i2c/algos/i2c-algo-bit.c, sclhi",
  },
  {
    adapterName: /^(i915|AMDGPU|Radeon|nouveau|NVIDIA|card\d|DPDDC|AUX )/i,
    note: "This is a display's control bus. It works on the wires of a VGA or HDMI socket, and its driver uses it too.",
    nextStep: "Do not scan it; use it only when the display is not plugged in, or take another bus.",
    source: "drivers/gpu/drm: i915 gmbus, radeon_i2c.c",
  },
  {
    adapterName: /^SMBus /,
    note: "The PC's own SMBus: memory modules and the main board's sensors sit on it.",
    nextStep: "Use a USB adapter; this bus has no plain I2C.",
    source: "i2c-i801.c, i2c-piix4.c",
  },
];

const LIMITS: readonly AdapterLimit[] = [...CONTROLLERS, ...USB_BRIDGES, ...OTHERS];

/** Rows that speak of this adapter. */
export const limitsOf = (adapter: { driver?: string; name?: string }): readonly AdapterLimit[] =>
  LIMITS.filter(
    ({ driver, adapterName }) =>
      (driver !== undefined && driver === adapter.driver) ||
      (adapterName !== undefined && adapterName.test(adapter.name ?? "")),
  );
