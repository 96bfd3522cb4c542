/** How a chip leaves its bootloader once there is firmware in it: the empty-check trap. */
import type { Device } from "./device.js";

export type LeaveWay = "go" | "system-reset" | "obl-launch" | "pempty" | "power-cycle";

export interface LeaveNotes {
  /** What starts the firmware just written to a chip that was empty at power-on, best first. */
  readonly ways: readonly LeaveWay[];
  /** A reset alone comes back to the bootloader when the flash was empty at the last power-on. */
  readonly resetReturns: boolean;
  /** A reset while the flash is empty runs into the blank flash; only power-on comes back to the bootloader. */
  readonly emptyResetCrashes: boolean;
  readonly because: string;
}

/** Series whose flash control register has OBL_LAUNCH, by their reference manuals. C5 is not confirmed. */
const HAS_OBL_LAUNCH: readonly string[] = ["C0", "F0", "G0", "L0", "L4", "U0", "WB", "WL"];

/** @param bootloaderId the ID byte read from the chip; without it the cautious answer */
export function leaveNotes(device: Device | undefined, bootloaderId?: number): LeaveNotes {
  if (!device?.emptyCheck)
    return {
      ways: ["go", "system-reset"],
      resetReturns: false,
      emptyResetCrashes: false,
      because: "This chip chooses by BOOT0 and option bytes alone.",
    };
  const { flag, clearedBy } = device.emptyCheck;
  const version = device.bootloaders.find(({ id }) => id !== undefined && id === bootloaderId)?.version;
  if (version !== undefined && clearedBy.includes(version))
    return {
      ways: ["go", "system-reset", "power-cycle"],
      resetReturns: false,
      emptyResetCrashes: true,
      because: `Bootloader ${version} clears the empty flag when it starts, so a reset starts the flash, blank or not (AN2606 Rev 70).`,
    };
  const ways: LeaveWay[] = ["go"];
  const canRunFromRam = device.ram.accessible.length > 0;
  if (flag === "PEMPTY" && canRunFromRam) ways.push("pempty");
  if (HAS_OBL_LAUNCH.includes(device.series) && canRunFromRam) ways.push("obl-launch");
  return {
    ways: [...ways, "power-cycle"],
    resetReturns: true,
    emptyResetCrashes: version === undefined && clearedBy.length > 0,
    because:
      "The empty flag is set at power-on and at option-byte load only; a chip that was blank then starts its bootloader after every plain reset.",
  };
}
