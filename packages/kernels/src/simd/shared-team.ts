import { ElmanError } from '@elman/core';
import { MOST_THREADS, places, states } from './control.ts';
import type { SimdExports } from './instantiate.ts';
import { pause } from './pause.ts';
import type { PartFunction, Program } from './program.ts';
import type { Assignment } from './serve.ts';
import { call, functionOf, type Team } from './team.ts';
import { teamWorkers } from './team-workers.ts';

/** Jobs of fewer operations run on the calling thread. */
const SMALL = 200_000;
/** Spins of a waiting thread before it sleeps: a fraction of a millisecond. */
const LOOKS = 20_000;
/**
 * Milliseconds after which a worker whose end would not be known counts as gone, and more for long jobs: operations for
 * each.
 */
const PATIENCE = 60_000;
const OPERATIONS_PER_MS = 1e5;
/** Milliseconds between two questions whether a worker that was late has ended. */
const BETWEEN_QUESTIONS = 1000;

/**
 * A function of a program, or of the built module, and its range. `restore` puts back what the units `from` to `to` add to, before a
 * part that another thread has begun and left is computed again.
 */
type Job = {
  readonly name: string;
  readonly run: PartFunction;
  readonly program?: Program;
  readonly count: number;
  readonly unit: number;
  readonly operations: number;
  readonly args: readonly number[];
  readonly restore?: (from: number, to: number) => void;
};

/**
 * A team with workers on the same memory, which is shared. The calling thread does the first part of every job, then
 * those that no worker has claimed, and waits for the rest. A part whose worker has ended is done again here.
 */
export function withWorkers(
  simd: SimdExports,
  { module, memory, constants, control }: Pick<Assignment, 'module' | 'memory' | 'constants' | 'control'>,
): Team {
  const words = new Int32Array(memory.buffer, control, places.end);
  const numbers = new Float64Array(memory.buffer, control + 4 * places.numbers, (places.end - places.numbers) / 2);
  const names = Object.keys(simd);
  const workers = teamWorkers(words, { module, memory, constants, control, names, looks: LOOKS });
  let size = 1;
  let turn = 0;
  let asked = 0;
  let broken: ElmanError | undefined;

  const boundsOf = (part: number) =>
    [words[places.bounds + part] as number, words[places.bounds + part + 1] as number] as const;
  const begin = ({ name, program, count, unit, args }: Job, parts: number): void => {
    turn = (turn % 0x7fffff) + 1;
    words[places.name] = (program ? Object.keys(program.exports) : names).indexOf(name);
    words[places.program] = program?.number ?? 0;
    words[places.bytes] = program?.address ?? 0;
    words[places.byteLength] = program?.length ?? 0;
    words[places.parts] = parts;
    words[places.length] = args.length;
    numbers.set(args);
    for (let part = 0; part <= parts; part++) {
      const even = Math.round((part * count) / parts / unit) * unit;
      words[places.bounds + part] = part === parts ? count : Math.min(count, even);
    }
    for (let part = 1; part < parts; part++) Atomics.store(words, places.claims + part, turn * 256 + states.free);
    Atomics.store(words, places.turn, turn);
    Atomics.notify(words, places.turn);
  };
  const gone = (name: string): ElmanError => {
    broken = new ElmanError(
      `kernels: ${name}: a worker has not answered for ${PATIENCE / 1000} seconds, and may still write to the memory of the kernels: ` +
        'start the program again, or reload the page.',
    );
    return broken;
  };
  /** The rest of a part that is not done: claims it, or waits for the worker that has. */
  const finish = ({ name, run, operations, args, restore }: Job, part: number): void => {
    const claim = places.claims + part;
    const free = turn * 256 + states.free;
    if (Atomics.compareExchange(words, claim, free, turn * 256 + states.caller) === free) {
      call(run, name, part, ...boundsOf(part), args);
      if (performance.now() > asked + BETWEEN_QUESTIONS) {
        asked = performance.now();
        workers.hasEnded(workers.workerOf(part));
      }
      return;
    }
    for (let looks = 0, waited = 0; ; looks++) {
      const word = Atomics.load(words, claim);
      const state = word - turn * 256;
      if (state === states.done) return;
      if (state === states.failed) break;
      if (looks < LOOKS) continue;
      waited += pause(words, claim, word);
      if (Atomics.load(words, claim) !== word) continue;
      if (workers.hasEnded(state)) break;
      if (!workers.isWatched(state) && waited > PATIENCE + operations / OPERATIONS_PER_MS) throw gone(name);
    }
    restore?.(...boundsOf(part));
    call(run, name, part, ...boundsOf(part), args);
  };
  const divide = (job: Job): void => {
    if (broken !== undefined) throw broken;
    const { name, run, count, unit, operations, args } = job;
    if (operations >= SMALL) workers.start(size);
    const parts = operations < SMALL ? 1 : Math.min(1 + workers.assign(size), Math.ceil(count / unit));
    if (parts > 1) begin(job, parts);
    let failure: unknown;
    for (let part = 0; part < Math.max(1, parts); part++) {
      try {
        if (part > 0) finish(job, part);
        else call(run, name, 0, 0, parts > 1 ? boundsOf(0)[1] : count, args);
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
  };

  return {
    get size() {
      return size;
    },
    get threads() {
      return 1 + workers.assign(size);
    },
    get lost() {
      return workers.lost;
    },
    resize(wanted) {
      size = Math.max(1, Math.min(MOST_THREADS, wanted));
    },
    run(name, count, unit, operations, ...args) {
      divide({ name, run: simd[name], count, unit, operations, args });
    },
    runOnto(restore, name, count, unit, operations, ...args) {
      divide({ name, run: simd[name], count, unit, operations, args, restore });
    },
    runProgram(program, name, count, unit, operations, ...args) {
      divide({ name, run: functionOf(program, name), program, count, unit, operations, args });
    },
  };
}
