import type { Memory, Tree } from '@elman/core';
import { describeChecks } from './describe-checks.ts';
import { type MemoryOptions, memoryChecks } from './memory-checks.ts';

/**
 * Tests in vitest that a memory satisfies the contract of `Memory` in `@elman/core`, one test for each requirement.
 *
 *   describeMemory('ntm', () => ntmMemory({ slots: 5, width: 3 }));
 */
export function describeMemory<S extends Tree>(name: string, make: () => Memory<S>, options: MemoryOptions = {}): void {
  const memory = make() as unknown as Memory<Tree>;
  const checks = memoryChecks
    .filter(({ applies }) => applies?.(memory) ?? true)
    .map(({ title, run }) => ({ title, run: () => run(make() as unknown as Memory<Tree>, options) }));
  describeChecks(`${name} satisfies the contract of a memory`, checks);
}
