import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { modulesText, target } from '../assembly/build.mjs';

it('embeds the compiled sources (else run: pnpm --filter @elman/kernels build:simd)', async () => {
  expect(readFileSync(target, 'utf8') === (await modulesText())).toBe(true);
});
