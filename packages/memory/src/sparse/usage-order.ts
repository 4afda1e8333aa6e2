/** The slots of a row in the order of their last use, as a doubly linked list: an update costs in proportion to the slots that it moves. */
export class UsageOrder {
  /** The access of each slot's last use. */
  readonly lastAccess: Int32Array;
  /** The successor of each slot; the number of slots marks the start and the end. */
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

  /** The least recently used slot; ties: the lower index. */
  get oldest(): number {
    return this.#next[this.lastAccess.length] as number;
  }

  /** The next slot; the number of slots after the last. */
  after(slot: number): number {
    return this.#next[slot] as number;
  }

  /** Marks slots, given in ascending order, as used at the same access. */
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
