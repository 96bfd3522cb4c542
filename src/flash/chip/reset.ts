/** Restarting a chip from its bootloader: by its reset lines, else by a small program in its RAM. */
import type { Range } from "../../devices/device.js";
import { leaveNotes, type LeaveWay } from "../../devices/leave.js";
import { BootlaceError, hex } from "../../errors.js";
import {
  RAM_PROGRAM_ROOM_BYTES,
  ramProgram,
  ramProgramFor,
  type RamProgramKind,
} from "../../protocol/ram-programs.js";
import type { JobRun } from "../run/job-run.js";
import { startInRam } from "./load-program.js";
import type { Session } from "./session.js";

/** @throws BootlaceError RESET_FAILED, or NOT_OFFERED where the chip can only be reset from outside */
export async function resetChip(run: JobRun): Promise<void> {
  const { session } = run;
  if (session.restart) return run.leaving(session.restart);
  const { program, area } = wayOut(session);
  const address = Math.ceil(area.start / 16) * 16;
  const bytes = ramProgram(program, address);
  await startInRam(run, "leave", { address, bytes }, () => run.leaving(() => session.loader.go(address)));
  run.note(`a program in the chip's RAM at ${hex(address)} was told to restart it`);
}

/** Ways that are programs; the first that the chip's notes name. A chip that was empty at power-on comes back to its bootloader after a plain reset. */
function wayOut(session: Session): { program: RamProgramKind; area: Range } {
  const { device, chip, quirks } = session;
  const area = device?.ram.accessible.find(({ start, end }) => end - start >= RAM_PROGRAM_ROOM_BYTES + 16);
  const { ways } = leaveNotes(device, chip.bootloaderId);
  const program =
    device && ways.map((way) => programOf(way, device.series)).find((kind) => kind !== undefined);
  if (area && program && !quirks.ramWriteBroken && !quirks.goBroken) return { program, area };
  throw new BootlaceError(
    "NOT_OFFERED",
    `${chip.name} cannot be reset through its bootloader: ${whyNot(session, area)}`,
    {
      hint: "Reset it by its NRST line (--reset-sequence) or by a power cycle; --go starts its program without a reset.",
    },
  );
}

const programOf = (way: LeaveWay, series: string): RamProgramKind | undefined =>
  way === "go" || way === "power-cycle" ? undefined : ramProgramFor(way, series);

function whyNot({ quirks, device }: Session, area: Range | undefined): string {
  if (quirks.ramWriteBroken) return "what is written to RAM arrives damaged";
  if (quirks.goBroken) return "its Go does not work";
  if (!device) return "it is not in the device table";
  return area ? "only a power cycle leaves its bootloader" : "no RAM is left for a program";
}
