import { places } from './control.ts';
import type { Assignment } from './serve.ts';
import { type Started, startWorker } from './workers.ts';

/** The workers of a team, numbered from 1. */
export type TeamWorkers = {
  /** Workers that have ended after they had started. */
  readonly lost: number;
  /** Starts those of a team of this size that do not run. */
  start(size: number): void;
  /** Gives the parts from 1 on to workers that are ready, and returns how many that are. Not within a job. */
  assign(size: number): number;
  /** The worker to which a part was given. */
  workerOf(part: number): number;
  /** Whether a worker has certainly ended, and will write nothing more. It is started again with a later job. */
  hasEnded(worker: number): boolean;
  /** Whether the end of this worker would be known. */
  isWatched(worker: number): boolean;
};

/** A worker that ends so often before it is ready is not started again. */
const MOST_FAILURES = 3;

/** No workers yet. `words` is the control block. */
export function teamWorkers(words: Int32Array, assignment: Omit<Assignment, 'worker'>): TeamWorkers {
  const running: (Started | undefined)[] = [undefined];
  const failures: number[] = [];
  let order: number[] = [];
  let lost = 0;
  const forget = (worker: number): void => {
    running[worker] = undefined;
    const wasReady = Atomics.exchange(words, places.ready + worker, 0) !== 0;
    failures[worker] = wasReady ? 0 : (failures[worker] ?? 0) + 1;
    if (wasReady) lost++;
  };
  const isReady = (worker: number): boolean =>
    running[worker]?.hasExited === false && Atomics.load(words, places.ready + worker) !== 0;
  return {
    get lost() {
      return lost;
    },
    start(size) {
      for (let worker = 1; worker < size; worker++) {
        if (running[worker]?.hasExited) forget(worker);
        if (running[worker] !== undefined || (failures[worker] ?? 0) >= MOST_FAILURES) continue;
        running[worker] = startWorker({ ...assignment, worker });
        if (running[worker] === undefined) forget(worker);
      }
    },
    assign(size) {
      order = [];
      for (let worker = 1; worker < running.length; worker++) {
        const rank = worker < size && isReady(worker) ? order.push(worker) : 0;
        Atomics.store(words, places.ranks + worker, rank);
      }
      return order.length;
    },
    workerOf: (part) => order[part - 1] as number,
    hasEnded(worker) {
      if (running[worker]?.hasEnded()) forget(worker);
      return running[worker] === undefined;
    },
    isWatched: (worker) => running[worker]?.isWatched ?? false,
  };
}
