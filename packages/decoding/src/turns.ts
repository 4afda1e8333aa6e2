/** For how long, in milliseconds, a loop may run before others get a turn. */
const PERIOD = 25;

/**
 * Lets the page paint, signals arrive and timers fire during a long loop: most backends answer at once, so that awaiting
 * them alone would never leave the queue of microtasks.
 */
export function turns(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < PERIOD) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}
