/** What the jobs of one target share: the bootloader that answers and the facts about its chip. */
import type { Device, Geometry, Quirks } from "../../devices/device.js";
import type { Bootloader } from "../../protocol/bootloader.js";
import type { PageNumbers } from "./page-numbers.js";
import type { ChipInfo } from "../job.js";
import type { ChecksumSource } from "../look/checksummer.js";

export interface Session {
  readonly loader: Bootloader;
  readonly chip: ChipInfo;
  readonly device: Device | undefined;
  readonly geometry: Geometry;
  readonly quirks: Quirks;
  readonly numbers: PageNumbers;
  /** Who tells checksums of the flash; undefined where it has to be read. */
  readonly checksums?: ChecksumSource | undefined;
  /** Reads again what tells which pages there are: to be called before any is erased. */
  readonly confirm?: () => Promise<void>;
  /** Brings a chip back that does not come to a command boundary by itself, by its reset lines; absent where there are none. */
  readonly reenter?: () => Promise<void>;
  /** Restarts the chip by its reset lines; absent where there are none. */
  readonly restart?: () => Promise<void>;
  /** The session anew, with what could not be read before: the chip lost its readout protection. */
  readonly identifyAgain?: () => Promise<Session>;
}
