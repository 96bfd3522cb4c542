/** Holding the flash against an image without changing anything. */
import type { Range } from "../devices/device.js";
import type { MemoryImage } from "../image/image.js";
import { checkUsable } from "./chip/usable.js";
import { partsOf } from "./write/memories.js";
import { mismatches } from "./look/check.js";
import { joined } from "./look/span.js";
import type { VerifyOptions, VerifyResult } from "./job.js";
import { JobRun } from "./run/job-run.js";
import type { Session } from "./chip/session.js";

export async function verifyImage(
  session: Session,
  image: MemoryImage,
  options: VerifyOptions,
): Promise<VerifyResult> {
  checkUsable(session);
  const parts = partsOf(session, image, { file: options.file ?? "the image", only: options.only });
  const segments = [...parts.flash.segments, ...parts.eeprom.segments];
  const total = parts.flash.byteLength + parts.eeprom.byteLength;
  const run = new JobRun(session, options);
  run.remark(parts.remarks);
  return run.conclude(async () => {
    const wanted = joined(segments);
    let differences: Range[] = [];
    await run.phase("verify", { total }, async (progress) => {
      const wrong = await mismatches(run, "verify", wanted, progress);
      differences = joined(wrong).map(({ address, bytes }) => ({
        start: address,
        end: address + bytes.length,
      }));
    });
    return {
      same: differences.length === 0,
      bytes: total,
      by: run.checkedBy!,
      differences,
      elapsedMs: run.elapsedMs,
    };
  });
}
