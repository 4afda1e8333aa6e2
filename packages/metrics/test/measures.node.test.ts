import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bitsPerCharacter, exactMatch, perplexity } from '../src/index.ts';

it('exactMatch compares item for item', () => {
  expect(exactMatch(['a', 'b', 'c'], ['a', 'B', 'c'])).toBe(2 / 3);
  expect(exactMatch([[1, 2], Int32Array.of(3)], [[1, 2], [3]])).toBe(1);
  expect(exactMatch([[1, 2]], [[1]])).toBe(0);
  expect(() => exactMatch(['a'], [])).toThrow('exactMatch: references: expected 1');
});

it('the perplexity of a fair die is its number of sides', () => {
  expect(perplexity(Math.log(6))).toBeCloseTo(6, 12);
  expect(bitsPerCharacter(Math.LN2, 3, 6)).toBe(0.5);
});

it('loads without TensorFlow.js', () => {
  const code = `
    import { registerHooks } from 'node:module';
    registerHooks({ resolve(specifier, context, next) {
      if (specifier.includes('tensorflow')) throw new Error('loaded ' + specifier);
      return next(specifier, context);
    } });
    const { bleu } = await import('@elman/metrics');
    console.log(bleu(['a b c d'], ['a b c d']).score);
  `;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=source', '--input-type=module', '--eval', code],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8' },
  );
  expect(stdout, stderr).toMatch(/^100/);
});
