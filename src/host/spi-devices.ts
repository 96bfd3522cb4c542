/** The SPI devices that Linux lets programs talk to: spidev nodes, from sysfs (Documentation/spi/spidev.rst of the kernel). */
import { join } from "node:path";
import { driverOf, exists, namesIn, SYSTEM_ROOT } from "./sysfs.js";

export interface SpiDevice {
  /** "/dev/spidev0.0": bus and chip select. */
  readonly path: string;
  /** False where spidev is bound and udev made no node. */
  readonly hasNode: boolean;
  /** Kernel driver of the controller. Undefined where sysfs does not say. */
  readonly driver?: string | undefined;
}

const NAME = /^spidev(\d+)\.(\d+)$/;

/** Every one, by bus and chip select. */
export function listSpiDevices(root = SYSTEM_ROOT): SpiDevice[] {
  const names = new Set(
    ["sys/class/spidev", "dev"].flatMap((folder) =>
      namesIn(join(root, folder)).filter((name) => NAME.test(name)),
    ),
  );
  return [...names].sort((a, b) => order(a) - order(b)).map((name) => describe(name, root));
}

const order = (name: string): number => {
  const [, bus = 0, select = 0] = NAME.exec(name)!;
  return Number(bus) * 1000 + Number(select);
};

function describe(name: string, root: string): SpiDevice {
  const bus = NAME.exec(name)![1]!;
  const driver = driverOf(join(root, `sys/class/spi_master/spi${bus}/device`));
  return {
    path: `/dev/${name}`,
    hasNode: exists(join(root, "dev", name)),
    driver,
  };
}
