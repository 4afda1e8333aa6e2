import workerThreads from 'node:worker_threads';

/**
 * Where a worker ends: at which of its events, which are calls of a kernel (and half of it), and steps of the control
 * block.
 */
export type Death = {
  readonly event: number;
  /** Events that count: calls of kernels, in the middle of which it ends, or of those whose names begin so; or `all`. */
  readonly of: 'calls' | 'forward' | 'backward' | 'all';
  /** `exit` ends the thread, `trap` throws as WebAssembly does; `sleep` is no end: the worker goes on after 100 ms. */
  readonly how: 'exit' | 'trap' | 'sleep';
};

/** Runs in the worker, as text, in front of its program. */
function prepare({ event, of, how }: Death): void {
  let events = 0;
  const end = (): void => {
    if (how === 'trap') throw new WebAssembly.RuntimeError('unreachable');
    (globalThis as unknown as { process: { exit(): void } }).process.exit();
  };
  const step = (): void => {
    if (events++ === event) end();
  };
  if (of === 'all') {
    for (const name of ['compareExchange', 'store', 'notify'] as const) {
      const real = Atomics[name] as (...args: unknown[]) => number;
      (Atomics as unknown as { [name: string]: unknown })[name] = (...args: unknown[]): number => {
        step();
        const result = real(...args);
        step();
        return result;
      };
    }
  }
  const half = (count: number): number => (count % 8 === 0 ? 8 * Math.floor(count / 16) : Math.floor(count / 2));
  const wrapped = (name: string, real: (...args: number[]) => void) => {
    return (...args: number[]): void => {
      if (of === 'all') step();
      const counts = of === 'all' || of === 'calls' || name.startsWith(of);
      const isNow = counts && events++ === event;
      if (isNow && how === 'sleep') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      else if (isNow) {
        const [first, second, third] = args as [number, number, number];
        real(first, second, second + half(third - second), ...args.slice(3));
        end();
      }
      real(...args);
      if (of === 'all') step();
    };
  };
  const { Instance } = WebAssembly;
  class Dying {
    readonly exports: { [name: string]: unknown } = {};
    constructor(module: WebAssembly.Module, imports: WebAssembly.Imports) {
      for (const [name, real] of Object.entries(new Instance(module, imports).exports)) {
        const isKernel = typeof real === 'function' && name !== 'placeConstants';
        this.exports[name] = isKernel ? wrapped(name, real as (...args: number[]) => void) : real;
      }
    }
  }
  (WebAssembly as { Instance: unknown }).Instance = Dying;
}

/**
 * Calls `body` while each new worker, counted from 0, ends as `death` says, and ends the others after it. Returns how
 * many have ended by themselves. The calling thread lets each worker claim its parts first, until one has not been
 * claimed within 20 ms, or the first one within a second.
 */
export async function withDyingWorkers(death: (worker: number) => Death, body: () => Promise<void>): Promise<number> {
  const { Worker } = workerThreads;
  const { compareExchange } = Atomics;
  const workers: workerThreads.Worker[] = [];
  let ended = 0;
  // Some end before they claim a part where all events count.
  const patience = death(0).of === 'all' ? 20 : 1000;
  const claimed = new Set<number>();
  const gone = new Set<number>();
  workerThreads.Worker = class extends Worker {
    constructor(source: string, options: object) {
      super(`(${prepare})(${JSON.stringify(death(workers.length))}); ${source}`, options);
      workers.push(this);
      this.on('exit', () => ended++);
    }
  } as typeof Worker;
  Atomics.compareExchange = ((words: Int32Array, place: number, expected: number, value: number) => {
    const last = performance.now() + (claimed.has(place) ? 20 : patience);
    while (!gone.has(place) && Atomics.load(words, place) === expected) {
      if (performance.now() > last) gone.add(place);
    }
    if (!gone.has(place)) claimed.add(place);
    return compareExchange(words, place, expected, value);
  }) as typeof compareExchange;
  try {
    await body();
    // We are told of an end between tasks: on a busy machine some time later.
    const last = performance.now() + (death(0).how === 'sleep' ? 10 : 1000);
    do await new Promise((resolve) => setTimeout(resolve, 10));
    while (ended === 0 && performance.now() < last);
    return ended;
  } finally {
    workerThreads.Worker = Worker;
    Atomics.compareExchange = compareExchange;
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
