/** The target that `connect` hands out: a session, its lock and its transport, one job at a time. */
import type { Range } from "../devices/device.js";
import type { MemoryImage } from "../image/image.js";
import { stm32Crc } from "../protocol/crc.js";
import { eraseFlash } from "./erase/erase.js";
import { uniqueIdOf } from "./chip/identify.js";
import type {
  ChipInfo,
  EraseResult,
  EraseWhat,
  JobOptions,
  VerifyResult,
  WriteOptions,
  WriteResult,
} from "./job.js";
import { JobRun } from "./run/job-run.js";
import { startProgram } from "./chip/leave.js";
import { protectChip, unprotectChip } from "./chip/protect.js";
import { canChecksum, readSpan, readSurely } from "./look/read.js";
import { resetChip } from "./chip/reset.js";
import { persist } from "./run/retry.js";
import type { Session } from "./chip/session.js";
import type { Target } from "./target.js";
import { verifyImage } from "./verify.js";
import { writeImage } from "./write/write.js";

export class ChipTarget implements Target {
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  /** @param release gives back the lock and the lines, closes the transport */
  constructor(
    readonly session: Session,
    readonly release: () => Promise<void>,
  ) {}

  get chip(): ChipInfo {
    return this.session.chip;
  }

  info(): Promise<ChipInfo> {
    return this.#turn(async () => {
      const { device, loader, chip } = this.session;
      await this.session.confirm?.();
      const uniqueId = device && !chip.readoutProtected ? await uniqueIdOf(loader, device) : undefined;
      return { ...chip, ...(uniqueId !== undefined && { uniqueId }) };
    });
  }

  write(image: MemoryImage, options: WriteOptions = {}): Promise<WriteResult> {
    return this.#turn(() => writeImage(this.session, image, options));
  }

  verify(image: MemoryImage, options: JobOptions = {}): Promise<VerifyResult> {
    return this.#turn(() => verifyImage(this.session, image, options));
  }

  read({ start, end }: Range, options: JobOptions & { readonly once?: boolean } = {}): Promise<Uint8Array> {
    const span = { address: start, length: end - start };
    return this.#job(options, async (run) => {
      let bytes = new Uint8Array(0);
      await run.phase("read", { total: span.length }, async (progress) => {
        bytes = Uint8Array.from(await (options.once ? readSpan : readSurely)(run, "read", span, progress));
      });
      return bytes;
    });
  }

  erase(
    what: EraseWhat,
    options: JobOptions & { readonly erasePartial?: boolean } = {},
  ): Promise<EraseResult> {
    return this.#turn(() => eraseFlash(this.session, what, options));
  }

  checksum(
    { start, end }: Range,
    options: JobOptions = {},
  ): Promise<{ crc: number; by: "checksum" | "read back" }> {
    const span = { address: start, length: end - start };
    return this.#job(options, async (run) => {
      if (!canChecksum(run, span))
        return { crc: stm32Crc(await readSurely(run, "read", span)), by: "read back" };
      const crc = await persist(run, { phase: "read", address: start }, () =>
        this.session.loader.checksum(start, span.length),
      );
      return { crc, by: "checksum" };
    });
  }

  run(address = this.session.geometry.base, options: JobOptions = {}): Promise<void> {
    return this.#job(options, (run) => startProgram(run, address));
  }

  reset(options: JobOptions = {}): Promise<void> {
    return this.#job(options, resetChip);
  }

  protect(
    what: { readonly readout: true } | { readonly writeSectors: readonly number[] },
    options: JobOptions = {},
  ): Promise<void> {
    return this.#job(options, (run) => protectChip(run, what));
  }

  unprotect(what: "readout" | "write", options: JobOptions = {}): Promise<void> {
    return this.#job(options, (run) => unprotectChip(run, what));
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#turn(this.release));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #job<T>(options: JobOptions, work: (run: JobRun) => Promise<T>): Promise<T> {
    return this.#turn(() => {
      const run = new JobRun(this.session, options);
      return run.conclude(() => work(run));
    });
  }

  /** Jobs wait for each other; one that failed does not keep the next one from running. */
  #turn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
