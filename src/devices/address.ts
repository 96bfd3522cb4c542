/** Who can answer at an I2C address. */
import { hex } from "../errors.js";
import type { CatalogueEntry } from "./catalogue.js";
import { CATALOGUE } from "./catalogue.js";
import type { Device } from "./device.js";
import { deviceByProductId } from "./load.js";

export interface AddressMatch {
  readonly device: Device;
  /** "STM32G03xxx/04xxx": several products can share a product ID, and not all have I2C. */
  readonly products: readonly string[];
  /** The document leaves the address in doubt; another reading gives another one. */
  readonly doubtful: boolean;
}

/** Every row that can answer at a 7-bit address, the certain ones first. */
export async function devicesAtAddress(address: number): Promise<readonly AddressMatch[]> {
  const sure = CATALOGUE.filter(({ addresses }) => addresses.includes(address));
  const doubtful = CATALOGUE.filter((entry) => entry.doubtful.includes(address));
  return Promise.all([...sure, ...doubtful].map((entry) => matchOf(entry, address)));
}

async function matchOf(entry: CatalogueEntry, address: number): Promise<AddressMatch> {
  const device = (await deviceByProductId(entry.productId))!;
  const products = device.bootloaders
    .filter(({ i2c }) => i2c.some((row) => row.address === address || row.alternatives.includes(address)))
    .map(({ product }) => product);
  return { device, products: [...new Set(products)], doubtful: !entry.addresses.includes(address) };
}

/** A sentence for an address that looks like the 8-bit form (revisions of AN2606 up to 2014 print that); else undefined. */
export function sevenBitHint(address: number): string | undefined {
  const at = (candidate: number): readonly CatalogueEntry[] =>
    CATALOGUE.filter(({ addresses, doubtful }) => [...addresses, ...doubtful].includes(candidate));
  if (!Number.isInteger(address) || address < 0 || address > 0xff || at(address).length > 0) return undefined;
  const half = address >> 1;
  const names = at(half).map(({ name }) => name);
  if (names.length > 0)
    return `${hex(address, 2)} is the 8-bit form of ${hex(half, 2)} (${names.join(", ")}); give ${hex(half, 2)}.`;
  return address > 0x7f
    ? `I2C addresses have 7 bits; if ${hex(address, 2)} is the 8-bit form, give ${hex(half, 2)}.`
    : undefined;
}
