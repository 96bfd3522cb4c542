/** The target that `connect` hands out: a session, its lock and its transport, one job at a time. */
import { BootlaceError } from "../errors.js";
import { asyncDispose } from "../disposable.js";
import type { Range } from "../devices/device.js";
import type { MemoryImage } from "../image/image.js";
import { reachOf, reachText } from "./boot/reach.js";
import { eraseFlash } from "./erase/erase.js";
import { uniqueIdOf } from "./chip/identify.js";
import {
  checkAddress,
  checkEraseWhat,
  checkIsImage,
  checkOptions,
  checkOptionValues,
  checkProtectWhat,
  checkRange,
  checkUnprotect,
  checkWords,
} from "./arguments.js";
import type {
  ChecksumOptions,
  ChecksumResult,
  ChipInfo,
  EraseOptions,
  EraseResult,
  EraseWhat,
  JobOptions,
  OptionsInfo,
  ProtectionResult,
  ProtectWhat,
  ReadOptions,
  SetOptionsOptions,
  SetOptionsResult,
  UnprotectOptions,
  VerifyOptions,
  VerifyResult,
  WriteOptions,
  WriteResult,
} from "./job.js";
import { JobRun } from "./run/job-run.js";
import { startProgram } from "./chip/leave.js";
import { protectChip, unprotectChip } from "./chip/protect.js";
import { checksumOfRange, proveChecksums } from "./look/range-checksum.js";
import { readSpan } from "./look/read.js";
import { readConfirmed } from "./look/read-confirmed.js";
import { optionsInfo, setOptions } from "./options/options.js";
import type { OptionValues } from "./options/plan.js";
import { resetChip } from "./chip/reset.js";
import type { Session } from "./chip/session.js";
import type { Target } from "./target.js";
import { verifyImage } from "./verify.js";
import { writeImage } from "./write/write.js";

export class ChipTarget implements Target {
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  #session: Session;

  /** @param release gives back the lock and the lines, closes the transport */
  constructor(
    session: Session,
    readonly release: () => Promise<void>,
  ) {
    this.#session = session;
  }

  get session(): Session {
    return this.#session;
  }

  get chip(): ChipInfo {
    return this.session.chip;
  }

  async info(options: JobOptions = {}): Promise<ChipInfo> {
    checkOptions("job", options);
    return this.#job(options, async () => {
      const { device, loader, chip } = this.session;
      await this.session.confirm?.();
      const uniqueId = device && !chip.readoutProtected ? await uniqueIdOf(loader, device) : undefined;
      const warning = chip.readoutProtected ? undefined : reachText(await reachOf(this.session), "a write");
      const notes = warning === undefined ? chip.notes : [...chip.notes, warning];
      return { ...chip, notes, uniqueId };
    });
  }

  async write(image: MemoryImage, options: WriteOptions = {}): Promise<WriteResult> {
    checkIsImage(image);
    checkOptions("write", options);
    return this.#turn(() => writeImage(this.session, image, options));
  }

  async verify(image: MemoryImage, options: VerifyOptions = {}): Promise<VerifyResult> {
    checkIsImage(image);
    checkOptions("verify", options);
    return this.#turn(() => verifyImage(this.session, image, options));
  }

  async read(range: Range, options: ReadOptions = {}): Promise<Uint8Array> {
    checkRange(range);
    checkOptions("read", options);
    const span = { address: range.start, length: range.end - range.start };
    return this.#job(options, async (run) => {
      let bytes = new Uint8Array(0);
      await run.phase("read", { total: span.length }, async (progress) => {
        bytes = Uint8Array.from(await (options.once ? readSpan : readConfirmed)(run, "read", span, progress));
      });
      return bytes;
    });
  }

  async erase(what: EraseWhat, options: EraseOptions = {}): Promise<EraseResult> {
    checkEraseWhat(what);
    checkOptions("erase", options);
    return this.#turn(() => eraseFlash(this.session, what, options));
  }

  async checksum(range: Range, options: ChecksumOptions = {}): Promise<ChecksumResult> {
    checkRange(range);
    checkWords(range);
    checkOptions("checksum", options);
    const work = options.prove ? proveChecksums : checksumOfRange;
    return this.#job(options, (run) => work(run, { address: range.start, length: range.end - range.start }));
  }

  async run(address = this.session.geometry.base, options: JobOptions = {}): Promise<void> {
    checkAddress(address);
    checkOptions("job", options);
    return this.#job(options, (run) => startProgram(run, address));
  }

  async reset(options: JobOptions = {}): Promise<void> {
    checkOptions("job", options);
    return this.#job(options, resetChip);
  }

  async protect(what: ProtectWhat, options: JobOptions = {}): Promise<ProtectionResult> {
    checkProtectWhat(what);
    checkOptions("job", options);
    return this.#job(options, (run) => protectChip(run, what));
  }

  async unprotect(what: "readout" | "write", options: UnprotectOptions = {}): Promise<ProtectionResult> {
    checkOptions("unprotect", options);
    checkUnprotect(what, options);
    return this.#job(options, async (run) => {
      const result = await unprotectChip(run, what);
      if (what === "readout" && result.known === "seen" && run.session.identifyAgain)
        this.#session = await run.session.identifyAgain();
      return result;
    });
  }

  async options(options: JobOptions = {}): Promise<OptionsInfo> {
    checkOptions("job", options);
    return this.#job(options, optionsInfo);
  }

  async setOptions(values: OptionValues, options: SetOptionsOptions = {}): Promise<SetOptionsResult> {
    checkOptionValues(values);
    checkOptions("setOptions", options);
    return this.#job(options, (run) => setOptions(run, values, options));
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#queue(this.release));
  }

  [asyncDispose](): Promise<void> {
    return this.close();
  }

  #job<T>(options: JobOptions, work: (run: JobRun) => Promise<T>): Promise<T> {
    return this.#turn(() => {
      const run = new JobRun(this.session, options);
      return run.conclude(() => work(run));
    });
  }

  async #turn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined)
      throw new BootlaceError("USAGE", "the target is closed", {
        hint: "Connect again: a closed target stays closed.",
      });
    return this.#queue(work);
  }

  /** Jobs wait for each other; one that failed does not keep the next one from running. */
  #queue<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
