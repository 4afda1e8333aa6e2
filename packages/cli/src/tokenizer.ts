import { DataError, OptionError } from '@elman/core';
import { readText } from '@elman/data/node';
import {
  bpeTokenizer,
  byteTokenizer,
  characterTokenizer,
  type Tokenizer,
  wordLevelTokenizer,
  wordTokenizer,
} from '@elman/tokenizers';
import { didYouMean } from './near.ts';

const KINDS = ['characters', 'bytes', 'words', 'word-level'] as const;

/** Words that are kept; the rest become `<unk>`. */
const MAXIMUM_WORDS = 10_000;

/**
 * A tokenizer by name, made for a text: `characters`, `bytes`, `words`, `word-level` (what is between white space, as in a corpus
 * that is tokenized already), or a `tokenizer.json` of Hugging Face.
 * @throws {OptionError} for another name; {DataError} if the file cannot be used.
 */
export async function makeTokenizer(kind: string, text: string): Promise<Tokenizer> {
  if (kind === 'characters') return characterTokenizer.fromText(text);
  if (kind === 'bytes') return byteTokenizer();
  if (kind === 'words') return words(text);
  if (kind === 'word-level') return wordLevelTokenizer.fromTexts([text], { maximumVocabulary: MAXIMUM_WORDS });
  if (!kind.endsWith('.json')) {
    throw new OptionError(
      `tokenizer: expected characters, bytes, words, word-level or the path of a tokenizer.json, got "${kind}"${didYouMean(kind, KINDS) || '.'}`,
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readText(kind));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DataError(`tokenizer: ${kind}: expected JSON (${(error as Error).message}).`, { cause: error });
  }
  return bpeTokenizer.fromJson(parsed as never);
}

/** Words that occur twice. Whatever text has none is refused in terms of this command's options. */
function words(text: string): Tokenizer {
  try {
    return wordTokenizer.fromText(text, { maximumVocabulary: MAXIMUM_WORDS, minimumCount: 2 });
  } catch (error) {
    if (!DataError.isInstance(error)) throw error;
    throw new DataError('tokenizer: no word of the text occurs twice; give a longer text, or --tokenizer characters.', {
      cause: error,
    });
  }
}
