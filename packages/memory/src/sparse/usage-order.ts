/** The slots of a row in the order of their last use, as a list whose ends are known: any step costs as much as it moves. */
export class UsageOrder {
  /** When each was last used. */
  readonly lastAccess: Int32Array;
  /** After each slot the one used next; at the end, and before the start, stands the number of slots. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  #now = 0;

  constructor(lastAccess: Int32Array) {
    const slots = lastAccess.length;
    this.lastAccess = lastAccess;
    this.#next = new Int32Array(slots + 1);
    this.#previous = new Int32Array(slots + 1);
    for (const time of lastAccess) if (time > this.#now) this.#now = time;
    const order = Int32Array.from({ length: slots }, (_, slot) => slot);
    if (this.#now > 0) order.sort((a, b) => (lastAccess[a] as number) - (lastAccess[b] as number) || a - b);
    let before = slots;
    for (const slot of order) {
      this.#next[before] = slot;
      this.#previous[slot] = before;
      before = slot;
    }
    this.#next[before] = slots;
    this.#previous[slots] = before;
  }

  /** The slot that has not been used for the longest time, of equals the first. */
  get oldest(): number {
    return this.#next[this.lastAccess.length] as number;
  }

  /** The one after it; the number of slots after the last. */
  after(slot: number): number {
    return this.#next[slot] as number;
  }

  /** Some slots are used, all at once, given in rising order. */
  use(slots: readonly number[]): void {
    if (slots.length === 0) return;
    this.#now++;
    const end = this.lastAccess.length;
    const [next, previous] = [this.#next, this.#previous];
    for (const slot of slots) {
      this.lastAccess[slot] = this.#now;
      const [before, after] = [previous[slot] as number, next[slot] as number];
      next[before] = after;
      previous[after] = before;
      const last = previous[end] as number;
      next[last] = slot;
      previous[slot] = last;
      next[slot] = end;
      previous[end] = slot;
    }
  }
}
