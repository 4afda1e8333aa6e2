import type { Memory, Tree } from '@elman/core';
import { describeChecks } from './describe-checks.ts';
import { type MemoryOptions, memoryChecks } from './memory-checks.ts';

/**
 * Proves in vitest that a memory keeps the contract of `Memory` in `@elman/core`, one test for each thing.
 *
 *   describeMemory('ntm', () => ntmMemory({ slots: 5, width: 3 }));
 */
export function describeMemory<S extends Tree>(name: string, make: () => Memory<S>, options: MemoryOptions = {}): void {
  const memory = make() as unknown as Memory<Tree>;
  const checks = memoryChecks
    .filter(({ applies }) => applies?.(memory) ?? true)
    .map(({ title, run }) => ({ title, run: () => run(make() as unknown as Memory<Tree>, options) }));
  describeChecks(`${name} keeps the contract of a memory`, checks);
}
