/** Lines that stay and, on a terminal, lines below them that are drawn again and again. */
import type { Output, Style } from "./style.js";

/** Redrawing faster costs time on a slow terminal and nobody sees it. */
const REDRAW_MS = 50;

export class Screen {
  readonly #lines = new Map<string, () => string>();
  /** What stands below the lines that stay, without its colours. */
  #drawn: readonly string[] = [];
  #lastDrawMs = -Infinity;
  #ticker: NodeJS.Timeout | undefined;

  constructor(
    readonly output: Output,
    readonly style: Style,
    readonly now: () => number,
    /** Keys of live lines from top to bottom; others below them. */
    readonly order: readonly string[] = [],
  ) {}

  /** A line that stays, above the live ones. */
  print(line: string): void {
    this.output.write(`${this.#erased()}${line}\n${this.#picture()}`);
  }

  /** Sets the live line of `key`; `draw` is asked again while time passes. Ignored where nothing can be redrawn. */
  live(key: string, draw: () => string): void {
    if (!this.style.live) return;
    this.#lines.set(key, draw);
    this.#ticker ??= setInterval(() => this.redraw(), 2 * REDRAW_MS).unref();
    this.redraw();
  }

  /** Takes the live line of `key` away; `last` stays in its place. */
  settle(key: string, last?: string): void {
    this.#lines.delete(key);
    const tail = last === undefined ? "" : `${last}\n`;
    if (this.#drawn.length > 0 || tail !== "")
      this.output.write(`${this.#erased()}${tail}${this.#picture()}`);
    if (this.#lines.size === 0) this.#stopTicking();
  }

  /** Draws now unless it did so just before. */
  redraw(): void {
    if (this.#lines.size === 0 || this.now() - this.#lastDrawMs < REDRAW_MS) return;
    this.output.write(`${this.#erased()}${this.#picture()}`);
  }

  close(): void {
    this.#stopTicking();
    if (this.#drawn.length > 0) this.output.write("\n");
    this.#lines.clear();
    this.#drawn = [];
  }

  #stopTicking(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  /** Moves to the first live line and clears from there on. A terminal that was made narrower has folded the lines meanwhile. */
  #erased(): string {
    if (this.#drawn.length === 0) return "";
    const { columns } = this.style;
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
    const up = rows > 1 ? `\u001B[${rows - 1}A` : "";
    return `${up}\r\u001B[J`;
  }

  #picture(): string {
    const place = (key: string): number => this.order.indexOf(key) + 1 || Infinity;
    const lines = [...this.#lines].sort(([a], [b]) => place(a) - place(b)).map(([, draw]) => draw());
    this.#drawn = lines.map(withoutColours);
    this.#lastDrawMs = this.now();
    return lines.join("\n");
  }
}

const withoutColours = (line: string): string => line.replace(/\u001B\[[0-9;]*m/g, "");
