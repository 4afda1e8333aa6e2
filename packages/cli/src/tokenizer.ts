import { readFile } from 'node:fs/promises';
import { DataError, OptionError } from '@elman/core';
import { bpeTokenizer, byteTokenizer, characterTokenizer, type Tokenizer, wordTokenizer } from '@elman/tokenizers';
import { systemReason } from './errors.ts';
import { didYouMean } from './near.ts';

const KINDS = ['characters', 'bytes', 'words'] as const;

/** Words that are kept; the rest become `<unk>`. */
const MAXIMUM_WORDS = 10_000;

/**
 * A tokenizer by name, made for a text: `characters`, `bytes`, `words`, or a `tokenizer.json` of Hugging Face.
 * @throws {OptionError} for another name; {DataError} if the file cannot be used.
 */
export async function makeTokenizer(kind: string, text: string): Promise<Tokenizer> {
  if (kind === 'characters') return characterTokenizer.fromText(text);
  if (kind === 'bytes') return byteTokenizer();
  if (kind === 'words') return wordTokenizer.fromText(text, { maximumVocabulary: MAXIMUM_WORDS, minimumCount: 2 });
  if (!kind.endsWith('.json')) {
    throw new OptionError(
      `tokenizer: expected characters, bytes, words or the path of a tokenizer.json, got "${kind}"${didYouMean(kind, KINDS) || '.'}`,
    );
  }
  const json = await readFile(kind, 'utf8').catch((error) => {
    throw new DataError(`tokenizer: ${kind}: cannot be read (${systemReason(error) ?? String(error)}).`, {
      cause: error,
    });
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    throw new DataError(`tokenizer: ${kind}: expected JSON (${(error as Error).message}).`, { cause: error });
  }
  return bpeTokenizer.fromJson(parsed as never);
}
