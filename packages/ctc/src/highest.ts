/** The `count` pushed items of the highest scores, unordered; ties: those pushed first. */
export interface Highest {
  /** Whether an item of this score would be kept; never for −∞. */
  keeps(score: number): boolean;
  push(score: number, item: number): void;
  /** Calls back with each, and empties the heap. */
  take(each: (item: number) => void): void;
}

/** A heap whose first item is the lowest that is kept; ties: the one pushed last. */
export function highest(count: number): Highest {
  const scores = new Float64Array(count);
  const items = new Float64Array(count);
  const order = new Float64Array(count);
  let size = 0;
  let pushed = 0;

  /** Whether the item at a is removed before that at b. */
  const isLower = (a: number, b: number): boolean =>
    (scores[a] as number) < (scores[b] as number) ||
    (scores[a] === scores[b] && (order[a] as number) > (order[b] as number));
  const swap = (a: number, b: number): void => {
    const [score, item, place] = [scores[a] as number, items[a] as number, order[a] as number];
    scores[a] = scores[b] as number;
    items[a] = items[b] as number;
    order[a] = order[b] as number;
    scores[b] = score;
    items[b] = item;
    order[b] = place;
  };
  const put = (at: number, score: number, item: number): void => {
    scores[at] = score;
    items[at] = item;
    order[at] = pushed++;
  };

  const keeps = (score: number): boolean =>
    size < count ? score > Number.NEGATIVE_INFINITY : score > (scores[0] as number);

  return {
    keeps,
    push(score, item) {
      if (!keeps(score)) return;
      if (size < count) {
        put(size, score, item);
        for (let at = size++; at > 0; ) {
          const parent = (at - 1) >> 1;
          if (!isLower(at, parent)) return;
          swap(at, parent);
          at = parent;
        }
        return;
      }
      put(0, score, item);
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        if (left >= size) return;
        const child = left + 1 < size && isLower(left + 1, left) ? left + 1 : left;
        if (!isLower(child, at)) return;
        swap(child, at);
        at = child;
      }
    },
    take(each) {
      for (let at = 0; at < size; at++) each(items[at] as number);
      size = 0;
      pushed = 0;
    },
  };
}
