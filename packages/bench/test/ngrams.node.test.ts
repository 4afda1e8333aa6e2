import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { NgramResults } from '../src/ngrams.ts';
import { bench } from './spawn.ts';

const folder = mkdtempSync(join(tmpdir(), 'elman-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('measures n-gram models of two files', async () => {
  const [train, test, json] = ['train', 'test', 'json'].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(train, ' the cat sat \n the dog sat \n the cat ran \n'.repeat(3));
  writeFileSync(test, 'the dog sat\n');
  const ended = await bench(['--ngram', `${train},${test}`, '--json', json]);
  expect(ended.code, ended.stderr).toBe(0);
  const { results }: { results: NgramResults } = JSON.parse(readFileSync(json, 'utf8'));
  expect(results).toMatchObject({ trainTokens: 36, testTokens: 4, vocabSize: 6 });
  expect(results.scores).toHaveLength(5 * 2 * 7);
  for (const { perplexity } of results.scores) {
    expect(perplexity).toBeGreaterThan(1);
    expect(perplexity).toBeLessThan(6);
  }
  expect(results.times.characters).toMatchObject({ tokens: 126, vocabSize: 13 });
  expect(ended.stdout).toContain('| Witten–Bell');
});

it('refuses one file', async () => {
  const ended = await bench(['--ngram', 'train']);
  expect(ended.stderr).toBe('bench: --ngram: expected two files, TRAIN,TEST, got fewer.\n');
  expect(ended.code).toBe(1);
});
