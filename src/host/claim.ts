/** What has to be settled before anything is sent to an I2C address: no kernel driver owns it, and no other process works on it. */
import { BootlaceError, hex } from "../errors.js";
import { busNumberOf } from "./adapters.js";
import { boundDriver } from "./bound-driver.js";
import { lockTarget } from "./lock.js";
import type { LockOptions, TargetLock } from "./lock.js";
import { SYSTEM_ROOT } from "./sysfs.js";

export interface ClaimOptions extends LockOptions {
  /** Use the address although a kernel driver has it. */
  readonly force?: boolean | undefined;
}

/**
 * @param path of the bus, also a link to it
 * @param address 7-bit
 * @throws BootlaceError ADDRESS_OWNED naming the driver, TARGET_LOCKED naming the process
 */
export async function claimTarget(
  path: string,
  address: number,
  options: ClaimOptions = {},
): Promise<TargetLock> {
  if (options.force !== true) refuseOwned(path, address, options.root ?? SYSTEM_ROOT);
  return lockTarget(path, address, options);
}

function refuseOwned(path: string, address: number, root: string): void {
  const bus = busNumberOf(path, root);
  const owner = bus === undefined ? undefined : boundDriver(bus, address, root);
  if (owner === undefined) return;
  const device = owner.deviceName === undefined ? "" : ` (device ${owner.deviceName})`;
  throw new BootlaceError(
    "ADDRESS_OWNED",
    `${path} address ${hex(address, 2)} belongs to the kernel driver ${owner.driver}${device}`,
    {
      address,
      hint: `Unbind it first, as root: \`${owner.unbindCommand}\`; or pass --force if you know that it is idle.`,
    },
  );
}
