/**
 * Writing pages that were erased. A block whose data may have reached the flash is never sent again over itself: its page is
 * erased and written anew (AN4221: writing what is not erased is not reported).
 */
import { isFilledWith, sameBytes } from "../../bytes.js";
import { BootlaceError, hex } from "../../errors.js";
import type { Block } from "../../protocol/bootloader.js";
import type { Dialogue } from "../../protocol/dialogue.js";
import { CommandFailure } from "../../protocol/link.js";
import { cannotBeStored, splitBlock } from "../chip/put-block.js";
import { blockBytesWithin, type PageBlocks } from "./blocks.js";
import { eraseAsked } from "../erase/ask-numbers.js";
import type { JobRun } from "../run/job-run.js";
import { Pace } from "../run/pace.js";
import { ProgramWait } from "./program-wait.js";
import { readSpan } from "../look/read.js";
import { Attempts } from "../run/retry.js";
import { meanwhile } from "../run/meanwhile.js";
import { monotonicMs } from "../../monotonic.js";

const MOST_REDOS = 8;

/** A multiple of every flash word, and short enough for any adapter. */
const LEAST_BLOCK_BYTES = 32;

interface Item {
  readonly page: PageBlocks;
  readonly block: Block;
  /** One of the page's last blocks: it is written when the rest is verified, and only then. */
  readonly isLast: boolean;
}

export class Programmer {
  readonly #redone = new Map<PageBlocks, number>();
  readonly #pace = new Pace();
  readonly #wait = new ProgramWait();
  #most = Infinity;
  /** Bytes of blocks acknowledged, those written again included only once. */
  bytes = 0;

  onProgress: (bytes: number) => void = () => undefined;

  constructor(readonly run: JobRun) {}

  /** Writes what belongs to each page before everything is verified. */
  async writeBodies(pages: readonly PageBlocks[]): Promise<void> {
    await this.#write(pages.flatMap((page) => page.blocks.map((block) => ({ page, block, isLast: false }))));
  }

  /** Writes what makes the program startable. @returns false when its page has to be done anew before that */
  async writeLast(page: PageBlocks): Promise<boolean> {
    return this.#write(page.last.map((block) => ({ page, block, isLast: true })));
  }

  /** Erases a page and writes it anew, without its last blocks. */
  async redo(page: PageBlocks, reason: string): Promise<void> {
    const attempt = (this.#redone.get(page) ?? 0) + 1;
    this.#redone.set(page, attempt);
    const { index, address } = page.plan.page;
    if (attempt > MOST_REDOS)
      throw new BootlaceError(
        "VERIFY_FAILED",
        `page ${index} at ${hex(address)} does not hold what was written to it: ${reason}`,
        { address },
      );
    this.run.retried({ phase: "write", address, attempt, reason });
    await eraseAsked(this.run, page.plan.page);
    await this.#write(page.blocks.map((block) => ({ page, block, isLast: false })));
  }

  /** @returns false when a last block may be half written */
  async #write(given: readonly Item[]): Promise<boolean> {
    const attempts = new Attempts(this.run, { phase: "write" });
    let items = this.#fitting(given);
    let ready: readonly Dialogue[] = []; // commands for the first items of the next list
    for (let next = 0; next < items.length;) {
      this.run.checkpoint();
      const end = next + this.#wait.listOf(this.#pace.commands);
      const list = items.slice(next, end);
      const [{ done, failure }, ahead] = await Promise.all([
        this.#send(list, this.#complete(ready, list)),
        meanwhile(() => this.#compileAhead(items.slice(end, end + this.#pace.commands))),
      ]);
      ready = failure ? [] : ahead;
      next += done;
      if (done > 0) attempts.progressed();
      if (!failure) continue;
      const from = await this.#goOnAfter(items, next, { attempts, failure });
      if (from === undefined) return false;
      next = from;
      items = [...items.slice(0, next), ...this.#fitting(items.slice(next))];
    }
    return true;
  }

  /** The chip holds the clock longer than the adapter bears while a block is programmed: shorter ones take less time. */
  #shorten(): void {
    this.#most = Math.max(LEAST_BLOCK_BYTES, this.#blockBytes >> 1);
  }

  get #blockBytes(): number {
    const { loader, geometry } = this.run.session;
    return blockBytesWithin(Math.min(this.#most, loader.writeBytes), geometry.writeAlign);
  }

  /** What became of a block whose end was not seen. */
  async #holdingOf({ address, bytes }: Block): Promise<"same" | "blank" | "other"> {
    const held = await readSpan(this.run, "write", { address, length: bytes.length });
    if (sameBytes(held, bytes)) return "same";
    const { erasedValue } = this.run.session.geometry;
    return isFilledWith(erasedValue, held) ? "blank" : "other";
  }

  /** Frames shrink when the adapter refuses their length. */
  #fitting(items: readonly Item[]): readonly Item[] {
    const most = this.#blockBytes;
    if (items.every(({ block }) => block.bytes.length <= most)) return items;
    return items.flatMap((item) => splitBlock(item.block, most).map((block) => ({ ...item, block })));
  }

  /** Not while the wait is searched for: each list of the search waits as the one before it taught. */
  #compileAhead(list: readonly Item[]): readonly Dialogue[] {
    return this.#wait.isFound ? this.#compile(list) : [];
  }

  /** The list may have become shorter or longer than what was compiled ahead. */
  #complete(ready: readonly Dialogue[], list: readonly Item[]): readonly Dialogue[] {
    return [...ready.slice(0, list.length), ...this.#compile(list.slice(ready.length))];
  }

  #compile(list: readonly Item[]): readonly Dialogue[] {
    const blocks = list.map(({ block }) => block);
    return this.run.session.loader.compileWrites(blocks, this.#wait.options);
  }

  async #send(
    list: readonly Item[],
    writes: readonly Dialogue[],
  ): Promise<{ done: number; failure?: CommandFailure }> {
    const startedAt = monotonicMs();
    try {
      const busy = await this.run.session.loader.sendWrites(writes);
      this.#wait.learn(busy / list.length);
      this.#pace.took(list.length, monotonicMs() - startedAt);
      this.#count(list);
      return { done: list.length };
    } catch (failure) {
      if (!(failure instanceof CommandFailure)) throw failure;
      this.#count(list.slice(0, failure.done));
      return { done: failure.done, failure };
    }
  }

  #count(list: readonly Item[]): void {
    for (const { block } of list) this.bytes += block.bytes.length;
    this.onProgress(this.bytes);
  }

  /**
   * @returns where to go on: at the same block when nothing of it can have been stored, else behind its page, which is done anew;
   *   undefined when that would leave the last block of a page startable before the rest is verified
   */
  async #goOnAfter(
    items: readonly Item[],
    next: number,
    { attempts, failure }: { attempts: Attempts; failure: CommandFailure },
  ): Promise<number | undefined> {
    const { page, isLast } = items[next]!;
    await attempts.failed(failure.cause);
    if (cannotBeStored(failure.cause)) return next;
    const { code } = failure.cause;
    if (code === "TIMED_OUT" || code === "BUS_FAILED") {
      this.#shorten();
      const held = await this.#holdingOf(items[next]!.block);
      if (held === "same") return next + 1;
      if (held === "blank") return next;
    }
    if (isLast) return undefined;
    const rest = items.findIndex((item, index) => index >= next && item.page !== page);
    await this.redo(page, failure.cause.message);
    return rest === -1 ? items.length : rest;
  }
}
