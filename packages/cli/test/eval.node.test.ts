import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { characterTokenizer, wordTokenizer } from '@elman/tokenizers';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluateText } from '../src/eval.ts';
import { formatShare, unknownShare } from '../src/unknown.ts';
import { savedModel, written } from './text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'elman-eval-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (text: string): string => {
  const path = join(folder, 'text.txt');
  writeFileSync(path, text);
  return path;
};

const KNOWN = 'the dog saw the cat and the cat saw the dog\n'.repeat(4);
const words = wordTokenizer.fromText(KNOWN);

describe('elman eval', () => {
  it('gives bits per character only where it knows the whole text', async () => {
    const model = await savedModel(words);
    const evaluated = (text: string, json = true) =>
      written(() => evaluateText(model.path, [file(text)], { backend: 'wasm', json }));
    const known = JSON.parse((await evaluated(KNOWN)).stdout);
    expect(known.unknownShare).toBe(0);
    expect(known.bitsPerCharacter).toBeCloseTo((known.loss * words.encode(KNOWN).length) / KNOWN.length / Math.LN2, 6);
    const none = JSON.parse((await evaluated('qui custodiet ipsos custodes '.repeat(9))).stdout);
    expect([none.unknownShare, none.bitsPerCharacter]).toEqual([expect.closeTo(36 / 37, 9), null]);
    const some = `${KNOWN}the ox\n`;
    expect(JSON.parse((await evaluated(some)).stdout).bitsPerCharacter).toBe(null);
    const { stdout } = await evaluated(some, false);
    expect(stdout).toMatch(/^tokens .*\nnats\/token .*\nperplexity .*\nunknown +2 %\ntokens\/s .*\n$/);
    expect((await evaluated(KNOWN, false)).stdout).toMatch(/\nbits\/char .*\nperplexity .*\nunknown +0 %\n/);
    model.remove();
  });
});

describe('the share of unknown pieces', () => {
  it('is that of words, or of characters', () => {
    expect(unknownShare(words, ['the ox'])).toBe(0.5);
    const characters = characterTokenizer.fromText('abc');
    expect(unknownShare(characters, ['ab', 'cx'])).toBe(0.25);
    expect(unknownShare(characters, ['abc'])).toBe(0);
  });

  it('counts what has no token at all', () => {
    const drops = { ...characterTokenizer.fromText('ab'), unknownId: undefined, encode: () => Int32Array.of(1) };
    expect(unknownShare(drops, ['axyz'])).toBe(0.75);
  });

  it.each([
    [0, '0 %'],
    [0.5, '50 %'],
    [1, '100 %'],
    [0.1234, '12.3 %'],
    [0.01234, '1.2 %'],
    [0.0000123, '0.0012 %'],
  ])('%f is written as %s', (share, wanted) => expect(formatShare(share)).toBe(wanted));
});
