import { selectBackend } from '@elman/backend';
import { engine, getBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';

/** One test for each check, on the best backend if none was chosen; tensors of a check are disposed of after it. */
export function describeChecks(
  title: string,
  checks: readonly { readonly title: string; run(): Promise<void> }[],
): void {
  beforeAll(async () => {
    if (!getBackend()) await selectBackend();
  });
  describe(title, () => {
    for (const check of checks) {
      it(check.title, async () => {
        engine().startScope('proof');
        try {
          await check.run();
        } finally {
          engine().endScope();
        }
      });
    }
  });
}
