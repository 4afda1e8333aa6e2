import type { Attention, Tree } from '@elman/core';
import { type AttentionOptions, attentionChecks } from './attention-checks.ts';
import { describeChecks } from './describe-checks.ts';

/**
 * Tests in vitest that an attention satisfies the contract of `Attention` in `@elman/core`, one test for each requirement.
 *
 *   describeAttention('additive', () => additiveAttention({ querySize: 3, memorySize: 4, size: 5 }));
 */
export function describeAttention<P extends Tree>(
  name: string,
  make: () => Attention<P>,
  options: AttentionOptions = {},
): void {
  const checks = attentionChecks.map(({ title, run }) => ({
    title,
    run: () => run(make() as unknown as Attention<Tree>, options),
  }));
  describeChecks(`${name} satisfies the contract of an attention`, checks);
}
