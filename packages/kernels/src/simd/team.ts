import type { PartName, SimdExports } from './instantiate.ts';
import { type Assignment, places, startWorker } from './workers.ts';

/**
 * Runs the parts of a job in parallel. Each number is computed by one part, as the same sum in the same order
 * on any thread: results are bit-identical for any number of threads.
 */
export type Team = {
  /** The most parts that a job has. */
  readonly size: number;
  /** Threads that have started. */
  readonly threads: number;
  /** Sets the number of threads from the next job on. Workers start with the first job that is large enough. */
  resize(size: number): void;
  /**
   * Calls a function for the units 0 to `count`, in parts of multiples of `unit`. `operations` is the total amount of
   * arithmetic: small jobs run on one thread.
   */
  run(name: PartName, count: number, unit: number, operations: number, ...args: number[]): void;
};

/** Jobs of fewer operations run on the calling thread. */
const SMALL = 200_000;
/** Spins of a waiting thread before it sleeps: a fraction of a millisecond. */
const LOOKS = 20_000;
/** Capacity of a control block, in threads. */
const MOST = 64;

/** Bytes of the control block of a team. */
export const CONTROL_BYTES: number = places.end * 4;

/** A team of one. */
export function alone(simd: SimdExports): Team {
  return {
    size: 1,
    threads: 1,
    resize: () => undefined,
    run: (name, count, _unit, _operations, ...args) => simd[name](0, 0, count, ...args),
  };
}

/** A team with workers on the same memory, which is shared. The caller does the first part of every job, and waits for the rest. */
export function withWorkers(
  simd: SimdExports,
  { module, memory, constants, control }: Pick<Assignment, 'module' | 'memory' | 'constants' | 'control'>,
): Team {
  const words = new Int32Array(memory.buffer, control, places.end);
  const numbers = new Float64Array(memory.buffer, control + 4 * places.arguments, (places.end - places.arguments) / 2);
  const names = Object.keys(simd);
  let size = 1;
  let started = 0;
  let job = 0;
  const start = (): void => {
    for (; started < size - 1; started++) {
      startWorker({ module, memory, constants, control, names, looks: LOOKS, places });
    }
  };
  const threads = (): number => Math.min(1 + Atomics.load(words, places.ready), size);
  return {
    get size() {
      return size;
    },
    get threads() {
      return threads();
    },
    resize(wanted) {
      size = Math.max(1, Math.min(MOST, wanted));
    },
    run(name, count, unit, operations, ...args) {
      if (operations >= SMALL) start();
      const parts = operations < SMALL ? 1 : Math.min(threads(), Math.ceil(count / unit));
      if (parts <= 1) {
        simd[name](0, 0, count, ...args);
        return;
      }
      words[places.name] = names.indexOf(name);
      words[places.length] = args.length;
      numbers.set(args);
      for (let part = 0; part <= parts; part++) {
        const even = Math.round((part * count) / parts / unit) * unit;
        words[places.bounds + part] = part === parts ? count : Math.min(count, even);
      }
      Atomics.store(words, places.done, 0);
      job = (job + 1) & 0x7fffff;
      Atomics.store(words, places.turn, job * 256 + parts);
      Atomics.notify(words, places.turn);
      try {
        simd[name](0, 0, words[places.bounds + 1] as number, ...args);
      } finally {
        waitFor(words, parts - 1);
      }
      if (Atomics.exchange(words, places.failed, 0) !== 0) throw new Error(`kernels: ${name} failed in a worker.`);
    },
  };
}

/** A page's main thread may spin, but not sleep. */
const maySleep: boolean = typeof document === 'undefined';

function waitFor(words: Int32Array, workers: number): void {
  for (let looks = 0; ; looks++) {
    const done = Atomics.load(words, places.done);
    if (done >= workers) return;
    if (looks > LOOKS && maySleep) Atomics.wait(words, places.done, done);
  }
}
