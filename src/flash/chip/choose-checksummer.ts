/** Who tells checksums on this chip: its ROM, a program in its RAM, or nobody. */
import { crcProgramPlace } from "../../devices/crc-program.js";
import { BootlaceError } from "../../errors.js";
import type { Checksummer } from "../look/checksummer.js";
import { CrcProgram } from "../look/crc-program.js";
import type { ConnectOptions } from "../target.js";
import type { Session } from "./session.js";

/** @throws BootlaceError NOT_OFFERED where a program is asked for that this chip cannot run */
export function chooseChecksummer(
  session: Session,
  wanted: ConnectOptions["crcProgram"] = "auto",
): Checksummer | undefined {
  const { checksummer, device, quirks, chip, reenter } = session;
  if (checksummer) return checksummer;
  if (wanted === "never" || (wanted === "auto" && !reenter)) return undefined;
  const place = crcProgramPlace(device, quirks, chip.bootloaderVersion);
  if (!("because" in place)) return new CrcProgram(place);
  if (wanted === "auto") return undefined;
  throw new BootlaceError("NOT_OFFERED", `no checksum program runs on ${chip.name}: ${place.because}`, {
    hint: "Leave --crc-program away: the flash is read instead.",
  });
}
