/** Holding the flash against an image without changing anything. */
import type { Range } from "../devices/device.js";
import type { MemoryImage } from "../image/image.js";
import { checkInside, checkUsable } from "./write/check-image.js";
import { mismatches } from "./look/check.js";
import { joined } from "./look/span.js";
import type { JobOptions, VerifyResult } from "./job.js";
import { JobRun } from "./run/job-run.js";
import type { Session } from "./chip/session.js";

export async function verifyImage(
  session: Session,
  image: MemoryImage,
  options: JobOptions,
): Promise<VerifyResult> {
  checkUsable(session);
  checkInside(session, image, "the image");
  const run = new JobRun(session, options);
  run.remark(image);
  return run.conclude(async () => {
    const wanted = joined(image.segments);
    let differences: Range[] = [];
    await run.phase("verify", { total: image.byteLength }, async (progress) => {
      const wrong = await mismatches(run, "verify", wanted, progress);
      differences = joined(wrong).map(({ address, bytes }) => ({
        start: address,
        end: address + bytes.length,
      }));
    });
    return {
      same: differences.length === 0,
      bytes: image.byteLength,
      by: session.loader.canChecksum ? "checksum" : "read back",
      differences,
      elapsedMs: run.elapsedMs,
    };
  });
}
