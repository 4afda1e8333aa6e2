import type { Json } from '@elman/core';
import { readVocabulary } from './read-vocabulary.ts';
import { decodeAll, REPLACEMENT, type Tokenizer } from './tokenizer.ts';
import { readTokenizerJson } from './tokenizer-json/tokenizer-json.ts';
import { type TrainBpeOptions, trainBpe } from './train-bpe.ts';

/** A byte-pair tokenizer in JSON: its tokenizer.json. */
export type BpeVocabulary = {
  readonly type: 'bpe';
  readonly tokenizer: Json;
};

/**
 * Byte-pair encoding, in the format of Hugging Face (`tokenizer.json`): frequent sequences of letters or bytes become one
 * token.
 *
 * The ids and texts are those of Python's `tokenizers` 0.23 with `add_special_tokens=False` and
 * `skip_special_tokens=False`; features of a file that are not supported are refused by name. Special tokens are
 * recognised in a text, and none are added.
 *
 * A byte-level vocabulary (as of GPT-2 and `fromText`) covers every text: `decode(encode(text))` is
 * `text.toWellFormed()`. Others encode unknown characters as their unknown token, or leave them out. A lone surrogate,
 * which Python does not have, is read as U+FFFD.
 *
 * @see Sennrich, Haddow & Birch 2016; byte-level: Radford et al. 2019 (GPT-2)
 */
export const bpeTokenizer: {
  /** Learns a byte-level vocabulary from a text: `fromJson(trainBpe(text, options))`. */
  fromText(text: string, options: TrainBpeOptions): Tokenizer;
  /** @throws {DataError} if the JSON is not a tokenizer.json with a BPE model, or has unsupported features. */
  fromJson(tokenizerJson: Json): Tokenizer;
} = {
  fromText: (text, options) => fromJson(trainBpe(text, options)),
  fromJson,
};

function fromJson(json: Json): Tokenizer {
  const { vocabSize, unknownId, tokenOf, encode, unknowns, decoder } = readVocabulary(
    'tokenizers: tokenizer.json',
    json,
    () => readTokenizerJson(json),
  );
  return {
    name: 'bpe',
    vocabSize,
    unknownId,
    encode: (text) => Int32Array.from(encode(text)),
    unknowns,
    decode: (ids) => decodeAll(decoder(), ids),
    token: (id) => tokenOf(id) ?? REPLACEMENT,
    decoder,
    toJSON: (): BpeVocabulary => ({ type: 'bpe', tokenizer: json }),
  };
}
