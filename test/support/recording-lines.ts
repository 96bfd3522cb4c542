import type { LineDriver } from "../../src/lines/line-driver.js";
import type { Level } from "../../src/lines/sequence.js";

/** Lines that are not there: writes down what would have been moved, and the waits when given as `wait`. */
export class RecordingLines implements LineDriver {
  readonly log: string[] = [];
  /** The move that fails, "nrst=0". */
  failAt: string | undefined;

  async set(values: ReadonlyMap<string, Level>): Promise<void> {
    const text = [...values].map(([name, level]) => `${name}=${level}`).join(" ");
    if (text === this.failAt) throw new Error(`${text} failed`);
    this.log.push(text);
  }

  async release(): Promise<void> {
    this.log.push("release");
  }

  readonly wait = async (ms: number): Promise<void> => void this.log.push(`wait ${ms}`);
}
