/** What is said last of each target comes out in the order of the targets, whoever is done first. */
export class InOrder {
  readonly #waiting = new Map<number, () => void>();
  #next = 0;

  /** @param place of the target, from 0; each speaks once */
  say(place: number, words: () => void): void {
    this.#waiting.set(place, words);
    for (let ready = this.#take(); ready !== undefined; ready = this.#take()) ready();
  }

  #take(): (() => void) | undefined {
    const words = this.#waiting.get(this.#next);
    if (words !== undefined) this.#waiting.delete(this.#next++);
    return words;
  }
}
