import { ElmanError } from '@elman/core';
import type { OntoName, PureName, SimdExports } from './instantiate.ts';
import type { PartFunction, Program } from './program.ts';

/**
 * Runs the parts of a job in parallel. Each number is computed by one part, as the same sum in the same order
 * on any thread: results are bit-identical for any number of threads, also if some end at any moment.
 */
export type Team = {
  /** The most parts that a job has. */
  readonly size: number;
  /** Threads that run. */
  readonly threads: number;
  /** Threads that have ended unexpectedly. */
  readonly lost: number;
  /** Sets the number of threads from the next job on. Workers start with the first job that is large enough. */
  resize(size: number): void;
  /**
   * Calls a function for the units 0 to `count`, in parts of multiples of `unit`. `operations` is the total amount of
   * arithmetic: small jobs run on one thread.
   *
   * @throws {ElmanError} if the function traps.
   */
  run(name: PureName, count: number, unit: number, operations: number, ...args: number[]): void;
  /** The same of a function that adds to what is there. `restore` puts back what the units `from` to `to` add to. */
  runOnto(
    restore: (from: number, to: number) => void,
    name: OntoName,
    count: number,
    unit: number,
    operations: number,
    ...args: number[]
  ): void;
  /**
   * The same of a function that a program of this workspace exports, with up to 63 arguments.
   *
   * @throws {ElmanError} if the program has no such function, or is disposed.
   */
  runProgram(program: Program, name: string, count: number, unit: number, operations: number, ...args: number[]): void;
};

/** A team of one. */
export function alone(simd: SimdExports): Team {
  return {
    size: 1,
    threads: 1,
    lost: 0,
    resize: () => undefined,
    run: (name, count, _unit, _operations, ...args) => call(simd[name], name, 0, 0, count, args),
    runOnto: (_restore, name, count, _unit, _operations, ...args) => call(simd[name], name, 0, 0, count, args),
    runProgram(program, name, count, _unit, _operations, ...args) {
      call(functionOf(program, name), name, 0, 0, count, args);
    },
  };
}

/** A function of a program. @throws {ElmanError} if it has no such function, or is disposed. */
export function functionOf({ exports, isDisposed }: Program, name: string): PartFunction {
  if (isDisposed)
    throw new ElmanError(`kernels: ${name}: expected a program that is in use, got one that is disposed.`);
  const found = exports[name];
  if (typeof found === 'function') return found;
  throw new ElmanError(`kernels: expected a function of the program: ${Object.keys(exports).join(', ')}; got ${name}.`);
}

/** Calls a function on this thread. @throws {ElmanError} in place of the engine's own error, if it traps. */
export function call(
  run: PartFunction,
  name: string,
  part: number,
  from: number,
  to: number,
  args: readonly number[],
): void {
  try {
    run(part, from, to, ...args);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : `${cause}`;
    throw new ElmanError(`kernels: ${name} stopped: ${reason}. Please report this, with the sizes of the net.`, {
      cause,
    });
  }
}
