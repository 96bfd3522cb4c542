/** Which pages differ, by reading them until a difference shows. */
import type { CheckedBy } from "../events.js";
import { sameBytes } from "../../bytes.js";
import type { PageContent } from "./contents.js";
import { Comparison, SAMPLES, samplesOf, type Holding } from "./comparison.js";
import { readSpan } from "./read.js";

/** Of a page, before all of it is read: a page that differs mostly differs here. */
const PROBE_BYTES = 64;
const PIECE_BYTES = 1024;

/** Whether a page that differs is blank is not asked: reading all of it takes longer than erasing it. */
export class ByReading extends Comparison {
  get by(): CheckedBy {
    return "read back";
  }

  protected async compare(stretch: readonly PageContent[]): Promise<void> {
    const hopeless = stretch.length > SAMPLES * 2 && (await this.allDiffer(stretch));
    if (hopeless) this.settle(stretch, "other");
    else for (const content of stretch) this.settle([content], await this.#ask(content));
  }

  protected async allDiffer(stretch: readonly PageContent[]): Promise<boolean> {
    for (const content of samplesOf(stretch)) {
      const { address, bytes } = content.parts[0]!;
      if ((await this.#look(content, address, bytes.subarray(0, PROBE_BYTES))) === "same") return false;
    }
    return true;
  }

  async #ask(content: PageContent): Promise<Holding> {
    for (const { address, bytes } of content.parts)
      for (let done = 0; done < bytes.length;) {
        const piece = bytes.subarray(done, done + (done === 0 ? PROBE_BYTES : PIECE_BYTES));
        if ((await this.#look(content, address + done, piece)) === "other") return "other";
        done += piece.length;
      }
    return "same";
  }

  #look(content: PageContent, address: number, wanted: Uint8Array): Promise<Holding> {
    return this.orOther([content], async () => {
      const held = await readSpan(this.run, "compare", { address, length: wanted.length });
      return sameBytes(held, wanted) ? "same" : "other";
    });
  }
}
