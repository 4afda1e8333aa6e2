/** Milliseconds of a pause, at most. */
const MOST = 20;

/** A page's main thread may spin, but not sleep. */
const maySleep: boolean = typeof document === 'undefined';

/**
 * Waits until a word has changed, at most 20 ms. Returns the milliseconds that have passed, no more than that even if
 * the process was stopped or the machine slept: those do not count against a worker, which was stopped too.
 */
export function pause(words: Int32Array, place: number, value: number): number {
  if (maySleep) return Atomics.wait(words, place, value, MOST) === 'timed-out' ? MOST : 0;
  const start = performance.now();
  for (let looks = 0; Atomics.load(words, place) === value; looks++) {
    const passed = performance.now() - start;
    if (looks % 1000 === 0 && passed > MOST) return MOST;
  }
  return 0;
}
