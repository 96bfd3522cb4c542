/** Which controllers make the gaps between bytes themselves, so that a frame can be one transfer. */
import { join } from "node:path";
import { driverOf, resolveLink, SYSTEM_ROOT } from "../../host/sysfs.js";

/**
 * Drivers that wait between all words of any transfer as `word_delay` asks (Linux 6.1: drivers/spi/spi-ar934x.c, spi-orion.c). Others ignore
 * it (bcm2835, imx, dw), heed it in short transfers only (omap2-mcspi) or take it from elsewhere (atmel, sprd).
 */
const WAITING_DRIVERS: ReadonlySet<string> = new Set(["spi-ar934x", "orion_spi"]);

const NODE_NAME = /^spidev(\d+)\.\d+$/;

/** @param path of the device, also a link to it */
export function makesGaps(path: string, root = SYSTEM_ROOT): boolean {
  const node = resolveLink(join(root, path)) ?? path;
  const bus = NODE_NAME.exec(node.slice(node.lastIndexOf("/") + 1))?.[1];
  const driver =
    bus === undefined ? undefined : driverOf(join(root, `sys/class/spi_master/spi${bus}/device`));
  return driver !== undefined && WAITING_DRIVERS.has(driver);
}
