/** Who tells checksums on this chip: its ROM, a program in its RAM, or nobody. */
import { crcProgramPlace } from "../../devices/crc-program.js";
import { BootlaceError } from "../../errors.js";
import type { ChecksumSource } from "../look/checksummer.js";
import type { ConnectOptions } from "../target.js";
import type { Session } from "./session.js";

/** @throws BootlaceError NOT_OFFERED where a program is asked for that this chip cannot run */
export function chooseChecksums(
  session: Session,
  wanted: ConnectOptions["crcProgram"] = "auto",
): ChecksumSource | undefined {
  const { checksums, device, quirks, chip, reenter } = session;
  if (checksums) return checksums;
  if (wanted === "never" || (wanted === "auto" && !reenter)) return undefined;
  const place = crcProgramPlace(device, quirks, chip.bootloaderVersion);
  if (!("because" in place)) return { kind: "program", place, trust: "untried" };
  if (wanted === "auto") return undefined;
  throw new BootlaceError("NOT_OFFERED", `no checksum program runs on ${chip.name}: ${place.because}`, {
    hint: "Leave --crc-program away: the flash is read instead.",
  });
}
