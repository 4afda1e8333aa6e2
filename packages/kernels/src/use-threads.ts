import { OptionError } from '@elman/core';
import { sharedWorkspace } from './simd/workspace.ts';

/**
 * How many threads the kernels use from the next call on. Results are bit-identical for any number. Without this call:
 * the variable ELMAN_THREADS in Node, else as many as the machine has, at most eight; one where memory cannot be shared (a page
 * that is not cross-origin isolated).
 *
 * @throws {OptionError} if the count is not a whole number from 1 to 64.
 */
export function useThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > 64) {
    throw new OptionError(`useThreads: count: expected a whole number from 1 to 64, got ${count}.`);
  }
  sharedWorkspace()?.team.resize(count);
}
