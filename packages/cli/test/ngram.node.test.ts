import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './in-process.ts';
import { workFolder } from './spawn.ts';

const work = workFolder();
const at = (name: string): string => join(work.path, name);

beforeAll(() => {
  mkdirSync(at('ptb'));
  for (const [part, lines] of Object.entries({ train: 60, valid: 7, test: 5 })) {
    writeFileSync(at(`ptb/ptb.${part}.txt`), ' the cat sat on the <unk> mat \n the dog ran \n'.repeat(lines));
  }
});
afterAll(() => work.remove());

describe('elman ngram', () => {
  it('counts, measures, and saves a model to sample from and to evaluate', async () => {
    const train = ['ngram', work.text, '--order', '4', '--validation', '0.2', '--out', at('four')];
    const { code, stdout } = await inProcess(train);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^tokens .* different\)\nn-grams {3}\d+ \+ \d+ \+ [\d.k]+ \+ [\d.k]+, \d\.\d MB\ncounted .* tokens\/s\nheld out {2}perplexity \d+\.\d\d · \d\.\d{4} bits\/char\nsaved in/,
    );
    const sampled = await inProcess(['sample', at('four'), '--length', '30', '--seed', '1', '--json']);
    expect(JSON.parse(sampled.stdout).text.length).toBeGreaterThan(20);
    const again = await inProcess(['sample', at('four'), '--length', '30', '--seed', '1', '--json']);
    expect(again.stdout).toBe(sampled.stdout);
    const text = readFileSync(work.text, 'utf8');
    writeFileSync(at('held'), text.slice(-Math.round(0.2 * text.length)));
    const { tokens, loss } = JSON.parse((await inProcess(['eval', at('four'), at('held'), '--json'])).stdout);
    expect(tokens).toBe(Math.round(0.2 * text.length) - 1);
    const told = JSON.parse((await inProcess([...train, '--overwrite', '--json'])).stdout);
    // The command predicts the first token, too, from nothing.
    expect(Math.abs(loss - told.validation.loss) * tokens).toBeLessThan(10);
  });

  it('has the test part of a corpus, which eval finds by itself, and an ARPA file', async () => {
    const corpus = ['ngram', at('ptb'), '--corpus', 'pennTreebankWords', '--order', '3', '--sentences'];
    const { code, stdout } = await inProcess([...corpus, '--out', at('ptb3'), '--arpa', at('three.arpa'), '--json']);
    expect(code).toBe(0);
    const { test, validation, vocabSize } = JSON.parse(stdout);
    expect(vocabSize).toBe(9);
    expect(test.perplexity).toBeCloseTo(validation.perplexity, 1);
    const { loss } = JSON.parse((await inProcess(['eval', at('ptb3'), '--json'])).stdout);
    expect(Math.exp(loss)).toBeCloseTo(test.perplexity, 1);
    const arpa = readFileSync(at('three.arpa'), 'utf8');
    expect(arpa).toMatch(/^\\data\\\nngram 1=10\n/);
    expect(arpa).toContain('\tthe cat\t');
    const characters = ['ngram', work.text, '--order', '2', '--arpa', at('characters.arpa')];
    expect((await inProcess(characters)).code).toBe(0);
    expect(readFileSync(at('characters.arpa'), 'utf8')).toContain('<U+0020>');
  });

  it('compresses by its model, and back', async () => {
    const model = ['--model', at('four')];
    const { code, stdout } = await inProcess(['compress', work.text, ...model, '-o', at('text.elmc'), '--json']);
    expect(code).toBe(0);
    const { compressed, modelBytes } = JSON.parse(stdout);
    expect(compressed).toBeLessThan(1.01 * modelBytes + 24);
    expect((await inProcess(['decompress', at('text.elmc'), ...model, '-o', at('back.txt')])).code).toBe(0);
    expect(readFileSync(at('back.txt'))).toEqual(readFileSync(work.text));
  });

  it('mixes in a cache, with the share that held-out text wants, and saves it', async () => {
    const cached = ['ngram', at('ptb'), '--corpus', 'pennTreebankWords', '--order', '2', '--cache', '9'];
    const { stdout } = await inProcess([...cached, '--out', at('cached'), '--json']);
    const { cache, test } = JSON.parse(stdout);
    expect(cache).toEqual({ size: 9, share: expect.any(Number) });
    expect(cache.share).toBeGreaterThan(0);
    const { loss } = JSON.parse((await inProcess(['eval', at('cached'), '--json'])).stdout);
    expect(loss).toBeCloseTo(test.loss, 1);
    expect((await inProcess([...cached.slice(0, 2), '--validation', '0', '--cache', '3'])).code).toBe(1);
  });

  it.each(['kneserNey:discounts=single', 'wittenBell', 'addK:k=0.1', 'stupidBackoff:factor=0.3'])(
    'smooths by %s',
    async (smoothing) => {
      const { code, stdout } = await inProcess(['ngram', work.text, '--smoothing', smoothing, '--json']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout).validation.loss).toBeGreaterThan(0);
    },
  );

  it.each([
    [['text.txt', '--smoothing', 'kneserney'], /got "kneserney"; did you mean kneserNey\?$/m],
    [['text.txt', '--smoothing', 'addK:k=0'], /addK: k: expected a finite number above 0/],
    [['text.txt', '--order', '21'], /order: expected at most 20, got 21/],
    [
      ['text.txt', '--tokenizer', 'word-level', '--sentences'],
      /--sentences: expected a tokenizer with a token for the end/,
    ],
    [['text.txt', '--smoothing', 'addK', '--arpa', 'x.arpa'], /--arpa: expected a method with backoff/],
    [['none.txt'], /none\.txt: there is no such file/],
    [['text.txt', '--out', 'four', '--arpa', 'x.arpa'], /has a model already \(ngram\.json\)/],
  ])('refuses %j and writes nothing', async (args, message) => {
    const paths = args.map((arg) => (/^(?:none|text|four)/.test(arg) ? at(arg) : arg));
    const { code, stderr } = await inProcess(['ngram', ...paths]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(existsSync('x.arpa')).toBe(false);
  });

  it('a damaged file is an error of one line, and what is no such model is said', async () => {
    const bytes = readFileSync(at('ptb3/ngram.bin'));
    bytes[60] = 99;
    writeFileSync(at('ptb3/ngram.bin'), bytes);
    const { code, stderr } = await inProcess(['sample', at('ptb3')]);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    const resumed = await inProcess(['train', '--resume', at('four')]);
    expect(resumed.stderr).toMatch(/expected a run of elman train, got an n-gram model; sample from it/);
  });
});
