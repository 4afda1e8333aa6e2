import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { OptionError } from '@elman/core';
import { type TextScore, textScore } from '@elman/metrics';
import {
  type BackoffModel,
  cache,
  countNgrams,
  evaluate,
  fitWeights,
  type NextTokenModel,
  writeArpa,
} from '@elman/ngram';
import type { Tokenizer } from '@elman/tokenizers';
import { splitEnd } from './batches.ts';
import { commandLine } from './exit.ts';
import { prepareFolder } from './folder.ts';
import { formatCount, formatTable } from './format.ts';
import { type CacheSettings, saveNgram, smoothingOf, withCache } from './ngram-model.ts';
import { tokenizerOf } from './settings.ts';
import { stdout, writeJson } from './terminal.ts';
import { countCharacters, readCorpusAt, readSource, type SourceText } from './text.ts';
import { makeTokenizer } from './tokenizer.ts';
import { formatShare, unknownShare } from './unknown.ts';
import { expectNoRun } from './what-is-there.ts';

/** The command line of `elman ngram`. */
export interface NgramArguments {
  order: number;
  smoothing: string;
  corpus?: string;
  tokenizer?: string;
  sentences?: boolean;
  cache?: number;
  validation?: number | string;
  out?: string;
  overwrite?: boolean;
  arpa?: string;
  json?: boolean;
}

/** Counts the n-grams of a text, says how well they predict what is held out, and saves the model. */
export async function ngram(texts: readonly string[], args: NgramArguments): Promise<void> {
  const { order, smoothing, corpus, out, arpa } = args;
  for (const text of texts) await expectNoRun(text, 'a text');
  const smooth = smoothingOf(smoothing);
  const source = await readSource(texts, args);
  const tokenizer = await makeTokenizer(tokenizerOf(args), source.text);
  const parts = partsOf(tokenizer, source, args);
  const boundary = args.sentences ? endOfLine(tokenizer) : undefined;
  const folder = out === undefined ? undefined : await prepareFolder(out, args.overwrite === true);
  try {
    const began = performance.now();
    const counts = countNgrams(parts.train, { vocabSize: tokenizer.vocabSize, order, boundary });
    const seconds = (performance.now() - began) / 1000;
    const ngrams = smooth(counts);
    const mixture = args.cache === undefined ? undefined : cacheFor(ngrams, args.cache, parts.validation);
    const model = withCache(ngrams, mixture);
    const test = corpus === undefined ? undefined : (await readCorpusAt(texts, corpus)).test;
    const result = {
      tokens: parts.train.length,
      vocabSize: tokenizer.vocabSize,
      sizes: counts.sizes,
      bytes: counts.bytes,
      tokensPerSecond: parts.train.length / seconds,
      validation: scoreOf(model, tokenizer, source.validation ?? tokenizer.decode(parts.validation), parts.validation),
      test: test === undefined ? null : scoreOf(model, tokenizer, test, tokenizer.encode(test)),
      cache: mixture ?? null,
      folder: out ?? null,
      arpa: arpa ?? null,
    };
    if (arpa !== undefined) await saveArpa(arpa, ngrams, tokenizer, smoothing);
    const run = { texts: source.paths, ...(corpus !== undefined && { corpus }) };
    if (folder !== undefined) await saveNgram(folder.storage, { counts, smoothing, cache: mixture, tokenizer, run });
    if (args.json) return writeJson(result);
    stdout.write(`${describe(result).join('\n')}\n`);
    if (out !== undefined) stdout.write(`saved in ${out}\nto sample: ${commandLine('sample', out)}\n`);
  } finally {
    await folder?.close();
  }
}

/** What is counted, and what is held out. */
function partsOf(
  tokenizer: Tokenizer,
  { text, validation }: SourceText,
  { validation: share }: NgramArguments,
): { readonly train: Int32Array; readonly validation: Int32Array } {
  const ids = tokenizer.encode(text);
  if (validation !== undefined) return { train: ids, validation: tokenizer.encode(validation) };
  return splitEnd(ids, typeof share === 'number' ? share : null);
}

/** Held-out tokens that the share of a cache is fitted to, at most. */
const FITTED = 100_000;

/** A cache with the share of the probabilities that makes the held-out text most likely. */
function cacheFor(model: NextTokenModel, size: number, heldOut: Int32Array): CacheSettings {
  if (heldOut.length === 0) {
    throw new OptionError('--cache: expected held-out text, to which its share is fitted; leave --validation out.');
  }
  const models = [model, cache({ vocabSize: model.vocabSize, size })];
  const [, share = 0] = fitWeights(models, heldOut.subarray(0, FITTED));
  return { size, share };
}

/** How well a text with these ids is predicted; null if there is none. */
function scoreOf(model: NextTokenModel, tokenizer: Tokenizer, text: string, ids: Int32Array): TextScore | null {
  if (ids.length < 2) return null;
  return textScore(evaluate(model, ids).nats, {
    tokens: ids.length,
    characters: countCharacters(text),
    unknownShare: unknownShare(tokenizer, [text], [ids]),
  });
}

/** @throws {OptionError} if the end of a line is not one token. */
function endOfLine(tokenizer: Tokenizer): number {
  const [id, ...more] = tokenizer.encode('\n');
  if (id !== undefined && more.length === 0) return id;
  throw new OptionError(
    `--sentences: expected a tokenizer with a token for the end of a line, such as characters or word-level:endOfLine=true, got ${tokenizer.name}.`,
  );
}

/** Writes the file whole or not at all. */
async function saveArpa(path: string, model: NextTokenModel, tokenizer: Tokenizer, smoothing: string): Promise<void> {
  if (!('table' in model)) {
    throw new OptionError(`--arpa: expected a method with backoff, kneserNey or wittenBell, got ${smoothing}.`);
  }
  const words = Array.from({ length: tokenizer.vocabSize }, (_, id) => arpaWord(tokenizer.token(id)));
  const next = `${path}.next`;
  try {
    await pipeline(writeArpa(model as BackoffModel, { words }), createWriteStream(next));
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}

/** ARPA files have white space between words: a character of white space is written by its code. */
const arpaWord = (token: string): string =>
  token.replaceAll(
    /\s/gu,
    (space) => `<U+${(space.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}>`,
  );

type Result = {
  readonly tokens: number;
  readonly vocabSize: number;
  readonly sizes: readonly number[];
  readonly bytes: number;
  readonly tokensPerSecond: number;
  readonly validation: TextScore | null;
  readonly test: TextScore | null;
  readonly cache: CacheSettings | null;
};

function describe({ tokens, vocabSize, sizes, bytes, tokensPerSecond, validation, test, cache }: Result): string[] {
  const line = ({ perplexity, bitsPerCharacter, unknownShare }: TextScore): string =>
    [
      `perplexity ${perplexity.toFixed(2)}`,
      ...(bitsPerCharacter === null
        ? [`${formatShare(unknownShare)} unknown`]
        : [`${bitsPerCharacter.toFixed(4)} bits/char`]),
    ].join(' · ');
  return formatTable([
    ['tokens', `${tokens.toLocaleString('en')} (${vocabSize.toLocaleString('en')} different)`],
    [
      'n-grams',
      `${sizes.map((n) => (n < 1000 ? `${n}` : formatCount(n))).join(' + ')}, ${(bytes / 1e6).toFixed(1)} MB`,
    ],
    ['counted', `${formatCount(tokensPerSecond)} tokens/s`],
    ...(cache === null ? [] : [['cache', `the last ${cache.size}, a share of ${cache.share.toFixed(3)}`]]),
    ...(validation === null ? [] : [['held out', line(validation)]]),
    ...(test === null ? [] : [['test', line(test)]]),
  ]);
}
