/**
 * What is known of the kernel drivers that people meet: how long a clock stretch may last and how long a message may be.
 * The kernel tells neither to programs. Read from Linux 6.1 (drivers/i2c/busses unless said otherwise).
 *
 * A longest message stands here where the driver has it on all its hardware. Where it depends on the hardware (i2c-mt65xx and i2c_qup:
 * 255 and 256 bytes on older chips; i2c-usbio: 52 on some bridges) the kernel refuses longer ones before anything is on the bus.
 */
import { release } from "node:os";

export interface AdapterLimit {
  /** As sysfs names the driver, or a pattern of adapter names: for drivers that serve other things too, and where sysfs names none. */
  readonly driver?: string | undefined;
  readonly adapterName?: RegExp;
  /** Kernels that the row is true of, "6.2": from this one on, or those before it. */
  readonly fromKernel?: string;
  readonly beforeKernel?: string;
  /** The driver waits this long and no longer, whatever I2C_TIMEOUT says. */
  readonly fixedTimeoutMs?: number;
  readonly maxWriteBytes?: number;
  readonly maxReadBytes?: number;
  /** What the driver says where nobody acknowledges the address, if it is none of the kernel's own words for it (ENXIO, EREMOTEIO). */
  readonly nackErrno?: "ETIMEDOUT" | "EIO";
  /** What the user should know beside the numbers. */
  readonly note?: string;
  readonly nextStep?: string | undefined;
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
  {
    driver: "xiic-i2c",
    fixedTimeoutMs: 10_000,
    maxReadBytes: 255,
    source: "i2c-xiic.c, XIIC_XFER_TIMEOUT and xiic_quirks",
  },
  { driver: "s3c-i2c", fixedTimeoutMs: 5000, source: "i2c-s3c2410.c, s3c24xx_i2c_doxfer" },
  { driver: "axxia-i2c", maxWriteBytes: 255, maxReadBytes: 255, source: "i2c-axxia.c, axxia_i2c_quirks" },
  { driver: "owl-i2c", maxWriteBytes: 240, maxReadBytes: 240, source: "i2c-owl.c, owl_i2c_quirks" },
  { driver: "bcm-iproc-i2c", maxReadBytes: 255, source: "i2c-bcm-iproc.c, M_RX_MAX_READ_LEN" },
  {
    driver: "tegra-bpmp-i2c",
    maxWriteBytes: 102,
    maxReadBytes: 116,
    source: "i2c-tegra-bpmp.c, tegra_bpmp_i2c_msg_len_check (EINVAL); include/soc/tegra/bpmp-abi.h",
  },
  { driver: "i2c_mlxcpld", maxWriteBytes: 36, maxReadBytes: 32, source: "i2c-mlxcpld.c, mlxcpld_i2c_quirks" },
  { driver: "i2c-qcom-cci", maxWriteBytes: 10, maxReadBytes: 12, source: "i2c-qcom-cci.c, cci_v1_data" },
  { driver: "nvidia-gpu", maxReadBytes: 4, source: "i2c-nvidia-gpu.c, gpu_i2c_quirks" },
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
    adapterName: /^CP2112 SMBus Bridge/,
    maxWriteBytes: 61,
    maxReadBytes: 128, // the chip has 512, but at 100 kHz ten looks end before 256 bytes have come: seen in Linux 6.1
    nackErrno: "ETIMEDOUT", // cp2112_xfer: any failure of the address
    note:
      "Of a longer message the driver sends its length modulo 256 and reports success. " +
      "It gives up on a transfer after ten looks at it, some 20 to 30 ms.",
    nextStep:
      "Use chips with protocol V1.1 or later (they answer BUSY instead of holding the clock); V1.0 is erased page by page and waited for.",
    source:
      "drivers/hid/hid-cp2112.c, cp2112_i2c_write_req (length in a u8), cp2112_read_req, XFER_STATUS_RETRIES",
  },
  {
    driver: "ft260",
    adapterName: /^FT260 usb-i2c bridge/,
    beforeKernel: "6.2",
    maxWriteBytes: 60,
    maxReadBytes: 180,
    nackErrno: "EIO", // ft260_check_status: every error bit
    note: "Of a longer message this kernel's driver makes several, each with its own START and STOP, and reports success.",
    source: "drivers/hid/hid-ft260.c of Linux 6.1, ft260_i2c_write and FT260_RD_DATA_MAX",
  },
  {
    driver: "ft260",
    adapterName: /^FT260 usb-i2c bridge/,
    fromKernel: "6.2",
    maxWriteBytes: 120,
    nackErrno: "EIO", // ft260_check_status: every error bit
    note: "Within a longer message the driver waits for a bus that is never idle, and fails with EIO.",
    source:
      "drivers/hid/hid-ft260.c of Linux 6.12, ft260_i2c_write: pieces of 60 bytes, those in the middle with no flag",
  },
  {
    driver: "mcp2221",
    adapterName: /^MCP2221 usb-i2c bridge/,
    note:
      "Messages may be as long as they like. The clock is 400 kHz unless the module parameter i2c_clk_freq says otherwise; " +
      "after each 60 bytes the driver waits a millisecond and takes a bus that is still busy for a failure.",
    source: "drivers/hid/hid-mcp2221.c, mcp_i2c_write and mcp_get_i2c_eng_state",
  },
  { driver: "i2c-cp2615", maxWriteBytes: 54, maxReadBytes: 54, source: "i2c-cp2615.c, MAX_I2C_SIZE" },
  { driver: "nct6694-i2c", maxWriteBytes: 64, maxReadBytes: 64, source: "i2c-nct6694.c of Linux 6.17" },
  {
    driver: "i2c_ljca",
    maxWriteBytes: 57,
    maxReadBytes: 57,
    source: "i2c-ljca.c of Linux 6.7, LJCA_I2C_MAX_XFER_SIZE",
  },
  { driver: "dln2-i2c", maxWriteBytes: 256, maxReadBytes: 256, source: "i2c-dln2.c, DLN2_I2C_MAX_XFER_SIZE" },
  {
    adapterName: /ch341/i,
    maxWriteBytes: 32,
    maxReadBytes: 32,
    note: "The CH341 takes messages of a few ten bytes and cannot wait while a chip stretches the clock.",
    nextStep: "Use chips with protocol V1.1 or later.",
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

/** Rows that speak of this adapter. @param kernel as uname -r has it, "6.1.0-49-amd64" */
export const limitsOf = (
  adapter: { readonly driver?: string | undefined; readonly name?: string | undefined },
  kernel: string = release(),
): readonly AdapterLimit[] =>
  LIMITS.filter(
    (row) =>
      (row.driver !== undefined && row.driver === adapter.driver) ||
      (row.adapterName !== undefined && row.adapterName.test(adapter.name ?? "")),
  ).filter((row) => isForKernel(row, kernel));

const isForKernel = ({ fromKernel, beforeKernel }: AdapterLimit, kernel: string): boolean =>
  (fromKernel === undefined || !isBefore(kernel, fromKernel)) &&
  (beforeKernel === undefined || isBefore(kernel, beforeKernel));

/** A kernel that does not tell its version counts as an old one. */
function isBefore(kernel: string, version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [, ownMajor = "0", ownMinor = "0"] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  return Number(ownMajor) < major || (Number(ownMajor) === major && Number(ownMinor) < minor);
}
