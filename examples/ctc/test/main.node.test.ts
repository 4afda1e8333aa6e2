import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { trigrams } from '../src/letters.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

it('trains briefly, decodes in three ways and shows a word', () => {
  const args = ['--conditions=source', main, '--updates', '8', '--words', '20'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('29339 parameters, 8 updates');
  expect(
    stdout.match(/^\| (the best path|prefix beam|the same, with trigrams).* \| [\d.]+% \| [\d.]+% \|$/gm),
  ).toHaveLength(3);
  expect(stdout).toMatch(/^Frame of each letter: [a-z] \d+(, [a-z] \d+)+$/m);
});

it('has a language model whose letters and end sum to probability 1', () => {
  const model = trigrams(['abba', 'bab', 'a']);
  for (const before of [[], [1], [1, 2], [5, 5]]) {
    let total = Math.exp(model(before, undefined));
    for (let label = 1; label < 27; label++) total += Math.exp(model(before, label));
    expect(total).toBeCloseTo(1, 10);
  }
});
