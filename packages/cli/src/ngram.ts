import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { folderStorage } from '@elman/checkpoint/node';
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
import { type CacheSettings, saveNgram, smoothed, withCache } from './ngram-model.ts';
import { tokenizerOf } from './settings.ts';
import { stdout, writeJson } from './terminal.ts';
import { countCharacters, readCorpusAt, readSource } from './text.ts';
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
  const { order, smoothing, corpus, out } = args;
  for (const text of texts) await expectNoRun(text, 'a text');
  const source = await readSource(texts, args);
  const tokenizer = await makeTokenizer(tokenizerOf(args), source.text);
  const ids = tokenizer.encode(source.text);
  const parts =
    source.validation === undefined
      ? splitEnd(ids, typeof args.validation === 'number' ? args.validation : null)
      : { train: ids, validation: tokenizer.encode(source.validation) };
  const boundary = args.sentences ? endOfLine(tokenizer) : undefined;
  const began = performance.now();
  const counts = countNgrams(parts.train, { vocabSize: tokenizer.vocabSize, order, boundary });
  const seconds = (performance.now() - began) / 1000;
  const ngrams = smoothed(counts, smoothing);
  const mixture = args.cache === undefined ? undefined : cacheFor(ngrams, args.cache, parts.validation);
  const model = withCache(ngrams, mixture);
  const characters = countCharacters(source.text) / ids.length;
  const score = (held: Int32Array, text: string | undefined): TextScore | null =>
    held.length < 2 ? null : scoreOf(model, tokenizer, held, text ?? tokenizer.decode(held), characters);
  const test = corpus === undefined ? undefined : (await readCorpusAt(texts, corpus)).test;
  const result = {
    tokens: parts.train.length,
    vocabSize: tokenizer.vocabSize,
    sizes: counts.sizes,
    bytes: counts.bytes,
    tokensPerSecond: parts.train.length / seconds,
    validation: score(parts.validation, source.validation),
    test: test === undefined ? null : score(tokenizer.encode(test), test),
    cache: mixture ?? null,
    folder: out ?? null,
    arpa: args.arpa ?? null,
  };
  if (args.arpa !== undefined) await saveArpa(args.arpa, ngrams, tokenizer, smoothing);
  if (out !== undefined) {
    const folder = await prepareFolder(out, args.overwrite === true);
    try {
      const run = { texts: source.paths, ...(corpus !== undefined && { corpus }) };
      await saveNgram(folderStorage(out), { counts, smoothing, cache: mixture, tokenizer, run });
    } finally {
      await folder.close();
    }
  }
  if (args.json) return writeJson(result);
  stdout.write(`${describe(result).join('\n')}\n`);
  if (out !== undefined) stdout.write(`saved in ${out}\nto sample: ${commandLine('sample', out)}\n`);
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

function scoreOf(
  model: NextTokenModel,
  tokenizer: Tokenizer,
  ids: Int32Array,
  text: string,
  charactersPerToken: number,
): TextScore {
  const { nats } = evaluate(model, ids);
  const characters = text === '' ? ids.length * charactersPerToken : countCharacters(text);
  return textScore(nats, { tokens: ids.length, characters, unknownShare: unknownShare(tokenizer, [text], [ids]) });
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
