import { bpeTokenizer, byteTokenizer, characterTokenizer, type Tokenizer, wordTokenizer } from '@elman/tokenizers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { continuationDecoder, type SampleArguments, sample } from '../src/sample.ts';
import { inProcess } from './in-process.ts';
import { savedModel, written } from './text-model.ts';

const TEXT =
  'Speak, good friend. The good old men speak of a good old world;\nthey do not know it well, but they speak.\n';
const words = wordTokenizer.fromText(TEXT);
const models: Awaited<ReturnType<typeof savedModel>>[] = [];
let folder: string;
beforeAll(async () => {
  models.push(await savedModel(words));
  folder = models[0]?.path as string;
});
afterAll(() => {
  for (const model of models) model.remove();
});

/** Runs `elman sample`. */
const sampled = (args: Partial<SampleArguments> = {}, path = folder) =>
  written(() => sample(path, { length: 40, temperature: 1, count: 1, seed: 3, backend: 'wasm', ...args }));
const textOf = async (args: Partial<SampleArguments>, path?: string): Promise<string> =>
  JSON.parse((await sampled({ ...args, json: true }, path)).stdout).text;
const idsOf = async (args: Partial<SampleArguments>): Promise<number[]> => [...words.encode(await textOf(args))];

describe('the options of elman sample have their effect', () => {
  it.each([
    ['temperature 0', { temperature: 0 }],
    ['top-k 1', { topK: 1 }],
    ['top-p near 0', { topP: 1e-6 }],
    ['min-p 1', { minP: 1 }],
  ])('%s is greedy', async (_, args) => {
    const greedy = await textOf({ temperature: 0, prompt: 'The' });
    expect(await textOf({ ...args, prompt: 'The' })).toBe(greedy);
    expect(await textOf({ ...args, prompt: 'The', seed: 4 })).toBe(greedy);
    expect(await textOf({ prompt: 'The' })).not.toBe(greedy);
  });

  it('typical-p near 0 leaves one token each time, though not the likeliest', async () => {
    const [one, other] = [await textOf({ typicalP: 1e-6 }), await textOf({ typicalP: 1e-6, seed: 4 })];
    expect(other).toBe(one);
    expect(one).not.toBe(await textOf({ temperature: 0 }));
  });

  it('repetition-penalty and no-repeat-ngram keep tokens from coming again', async () => {
    const repeats = (ids: number[]) => ids.length - new Set(ids).size;
    const args = { prompt: 'good', length: 15 };
    expect(repeats(await idsOf(args))).toBeGreaterThan(0);
    expect(repeats(await idsOf({ ...args, repetitionPenalty: 1e6, temperature: 0.01 }))).toBe(0);
    const once = await textOf({ ...args, noRepeatNgram: 1 });
    expect(once).not.toMatch(/\bgood\b/);
    const ids = [...words.encode(`good${once}`)].map((id) => words.token(id)).filter((token) => /\w/.test(token));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('length, seed and count do, too', async () => {
    expect((await textOf({ length: 1, prompt: 'old' })).trim().split(/\s/).length).toBe(1);
    expect(await textOf({ seed: 5 })).not.toBe(await textOf({ seed: 6 }));
    expect((await sampled({ count: 3 })).stdout.match(/\n---\n/g)).toHaveLength(2);
  });
});

describe('prompt and continuation', () => {
  it.each(['The good', 'The good\n', 'The good\r\n'])('-, the prompt is on standard input: %j', async (input) => {
    const args = ['sample', folder, '--json', '--seed', '3', '--length', '9', '--backend', 'wasm', '--prompt'];
    const { stdout } = await inProcess([...args, '-'], input);
    expect(stdout).toBe((await inProcess([...args, 'The good'])).stdout);
    expect(JSON.parse(stdout).prompt).toBe('The good');
  });

  const other = bpeTokenizer.fromJson({
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(['▁', 'S', 'p', 'e', 'a', 'k', 'g', 'o', 'd', '▁g'].map((piece, id) => [piece, id])),
      merges: ['▁ g'],
    },
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first' },
    decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first' },
  });
  const tokenizers: [string, Tokenizer][] = [
    ['words', words],
    ['characters', characterTokenizer.fromText(TEXT)],
    ['bytes', byteTokenizer()],
    ['pieces of bytes', bpeTokenizer.fromText(TEXT, { vocabSize: 280 })],
    ['pieces with marks for spaces', other],
  ];

  it.each(tokenizers)('are decoded as one text: %s', (_, tokenizer) => {
    for (const [prompt, next] of [
      ['Speak', ' good'],
      ['Speak ', 'good'],
      ['Speak', ''],
      ['', 'Speak good'],
      ['Spea', 'k good'],
    ] as const) {
      const given = tokenizer.encode(prompt);
      const whole = tokenizer.encode(prompt + next);
      // Where the ids of the whole begin with those of the prompt, what follows is the continuation.
      if (given.some((id, i) => whole[i] !== id)) continue;
      const decoder = continuationDecoder(tokenizer, given);
      const text = [...whole.subarray(given.length)].map((id) => decoder.push(id)).join('') + decoder.flush();
      expect(prompt + text).toBe(prompt + next);
    }
    const given = tokenizer.encode('Speak');
    const decoder = continuationDecoder(tokenizer, given);
    const whole = [...tokenizer.encode('Speak good')];
    const text =
      whole
        .slice(given.length)
        .map((id) => decoder.push(id))
        .join('') + decoder.flush();
    expect(text).toBe(' good');
  });

  it('stand side by side on the output, the prompt as it was given', async () => {
    const { stdout } = await sampled({ prompt: 'Speak', topK: 3, length: 8 });
    expect(stdout).toMatch(/^Speak(?![\w])/);
    const { text } = JSON.parse((await sampled({ prompt: 'Speak', topK: 3, length: 8, json: true })).stdout);
    expect(stdout).toBe(`Speak${text}${text.endsWith('\n') ? '' : '\n'}`);
    expect((await sampled({ prompt: '  speak   old ', length: 3 })).stdout).toMatch(/^ {2}speak {3}old \S/);
  });
});

describe('what the model does not know', () => {
  it('is said once of a prompt', async () => {
    const { stdout, stderr } = await sampled({ prompt: 'good zebras speak zebras', count: 2, json: true });
    expect(stderr).toBe('elman: prompt: the model does not know "zebras".\n');
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).unknown),
    ).toEqual([['zebras'], ['zebras']]);
    expect((await sampled({ prompt: 'good', length: 1 })).stderr).toBe('');
    const many = [...'abcdefghijk'].map((letter) => `${letter}${letter}`).join(' ');
    expect((await sampled({ prompt: many, length: 1 })).stderr).toMatch(/ "hh" and 3 more\.\n$/);
  });

  it('is not written, unless that is allowed', async () => {
    const few = wordTokenizer.fromText('a b', {});
    const model = await savedModel(few);
    models.push(model);
    const args = { length: 300, seed: 1 };
    expect(await textOf(args, model.path)).not.toContain('<unk>');
    expect(await textOf({ ...args, temperature: 0 }, model.path)).not.toContain('<unk>');
    expect(await textOf({ ...args, allowUnknown: true }, model.path)).toContain('<unk>');
  });

  it('is no beginning, where there is no prompt', async () => {
    const model = await savedModel(characterTokenizer.fromText('xyz'));
    models.push(model);
    expect((await sampled({ length: 5 }, model.path)).stderr).toBe('');
    expect(await textOf({ length: 200 }, model.path)).toMatch(/^[xyz]{200}$/);
  });
});
