/**
 * Lets the event loop turn when `every` milliseconds have passed since it last did: handlers of Ctrl-C, progress bars and
 * pages stay alive. Reading a tensor does not always do so: on wasm it is a microtask.
 */
export function breather(every = 50): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < every) return;
    await turn();
    last = performance.now();
  };
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
