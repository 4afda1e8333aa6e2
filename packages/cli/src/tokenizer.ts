import { DataError, type Factory, OptionError } from '@elman/core';
import { readText } from '@elman/data/node';
import {
  bpeTokenizer,
  byteTokenizer,
  characterTokenizer,
  type Tokenizer,
  wordLevelTokenizer,
  wordTokenizer,
} from '@elman/tokenizers';
import { expectOptions } from './find/expect-options.ts';
import { type Options, readTyped } from './find/typed.ts';
import { didYouMean } from './near.ts';

/** Words that are kept by default; the rest become `<unk>`. */
const MAXIMUM_WORDS = 10_000;

/** A kind of tokenizer that is made for a text. */
type Kind = {
  readonly options: NonNullable<Factory['options']>;
  readonly make: (text: string, options: Options) => Tokenizer;
};

const OF_WORDS = { minimumCount: 'number', maximumVocabulary: 'number', lowercase: 'boolean' } as const;

const KINDS: { readonly [name: string]: Kind } = {
  characters: {
    options: { minimumCount: 'number' },
    make: (text, options) => characterTokenizer.fromText(text, options),
  },
  bytes: { options: {}, make: () => byteTokenizer() },
  words: { options: OF_WORDS, make: words },
  'word-level': {
    options: { ...OF_WORDS, endOfLine: 'boolean' },
    make: (text, options) => wordLevelTokenizer.fromTexts([text], { maximumVocabulary: MAXIMUM_WORDS, ...options }),
  },
};

/**
 * A tokenizer by name, made for a text, with its options, as in `words:maximumVocabulary=5000`: `characters`, `bytes`,
 * `words`, `word-level` (what is between white space, as in a corpus that is tokenized already); or a `tokenizer.json`
 * of Hugging Face.
 * @throws {OptionError} for another name or option; {DataError} if the file cannot be used.
 */
export async function makeTokenizer(kind: string, text: string): Promise<Tokenizer> {
  if (kind.endsWith('.json')) return fromFile(kind);
  const { name, options } = readTyped('tokenizer', kind);
  const found = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (found !== undefined) return found.make(text, expectOptions(`tokenizer: ${name}`, found.options, options));
  throw new OptionError(
    `tokenizer: expected characters, bytes, words, word-level or the path of a tokenizer.json, got "${kind}"${didYouMean(name, Object.keys(KINDS)) || '.'}`,
  );
}

async function fromFile(path: string): Promise<Tokenizer> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readText(path));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DataError(`tokenizer: ${path}: expected JSON (${error.message}).`, { cause: error });
  }
  return bpeTokenizer.fromJson(parsed as never);
}

/** By default, words that occur twice. Whatever text has none is refused in terms of this command's options. */
function words(text: string, options: Options): Tokenizer {
  try {
    return wordTokenizer.fromText(text, { maximumVocabulary: MAXIMUM_WORDS, minimumCount: 2, ...options });
  } catch (error) {
    if (!DataError.isInstance(error) || options.minimumCount !== undefined) throw error;
    throw new DataError('tokenizer: no word of the text occurs twice; give a longer text, or --tokenizer characters.', {
      cause: error,
    });
  }
}
