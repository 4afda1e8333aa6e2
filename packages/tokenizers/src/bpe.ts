import { DataError, type Json } from '@elman/core';
import { Tokenizer as Library } from '@huggingface/tokenizers';
import { bytesOf, pieces } from './byte-level.ts';
import { decodeAll, REPLACEMENT, type StreamingDecoder, type Tokenizer } from './tokenizer.ts';
import { type TrainBpeOptions, trainBpe } from './train-bpe.ts';
import { utf8Stream } from './utf8.ts';
import { windowStream } from './window.ts';

/** A byte-pair tokenizer in JSON: the tokenizer.json that it came from. */
export type BpeVocabulary = {
  readonly type: 'bpe';
  readonly tokenizer: Json;
};

/** What is read of a tokenizer.json here; the library reads the rest. */
interface TokenizerFile {
  readonly added_tokens?: readonly { readonly content: string }[] | null;
  readonly normalizer?: { readonly type?: string } | null;
  readonly pre_tokenizer?: { readonly type?: string; add_prefix_space?: boolean; use_regex?: boolean } | null;
  readonly decoder?: { readonly type?: string } | null;
  readonly model?: { readonly type?: string; readonly vocab?: object; readonly merges?: readonly unknown[] };
}

/**
 * Byte-pair encoding, in the format of Hugging Face (`tokenizer.json`) and by their library: frequent sequences of
 * letters or bytes become one token.
 *
 * No special tokens are added to a text; where they stand in it they are found. A byte-level vocabulary (GPT-2's kind,
 * and what `fromText` makes) knows every text: `decode(encode(text))` is `text.toWellFormed()`. Other vocabularies encode
 * what they lack as their own unknown token, or leave it out.
 *
 * @see Sennrich, Haddow & Birch 2016; byte-level: Radford et al. 2019 (GPT-2)
 */
export const bpeTokenizer: {
  /** Learns a byte-level vocabulary from a text: `fromJson(trainBpe(text, options))`. */
  fromText(text: string, options: TrainBpeOptions): Tokenizer;
  /** @throws {DataError} if the JSON is no tokenizer.json with a BPE model. */
  fromJson(tokenizerJson: Json): Tokenizer;
} = {
  fromText: (text, options) => fromJson(trainBpe(text, options)),
  fromJson,
};

function fromJson(json: Json): Tokenizer {
  const file = json as TokenizerFile | null;
  const { model } = file ?? {};
  const isBpe = (model?.type ?? 'BPE') === 'BPE' && model?.vocab !== undefined && Array.isArray(model.merges);
  if (!isBpe) {
    throw new DataError(
      `tokenizers: bpe: expected a tokenizer.json with a model of type BPE, its vocab and merges, got ${
        model?.type ?? 'none'
      }.`,
    );
  }
  const library = libraryOf(file as TokenizerFile);
  const vocabulary = library.get_vocab();
  const vocabSize = [...vocabulary.values()].reduce((highest, id) => Math.max(highest, id), -1) + 1;
  const isByteLevel = file?.decoder?.type === 'ByteLevel';
  const added = (file?.added_tokens ?? []).map(({ content }) => content);
  const slowly = (text: string) => library.encode(text, { add_special_tokens: false }).ids as (number | undefined)[];
  const encodePieces = isPlainByteLevel(file as TokenizerFile) ? cachedByPiece(slowly) : slowly;
  const tokenOf = (id: number): string | undefined => library.id_to_token(id);

  const unknownToken = (model as { unk_token?: string | null }).unk_token ?? undefined;
  const unknownId = unknownToken === undefined ? undefined : vocabulary.get(unknownToken);
  return {
    name: 'bpe',
    vocabSize,
    unknownId,
    unknowns: (text) =>
      Array.from(text.replace(/\p{Cs}/gu, REPLACEMENT)).filter((character) => {
        const ids = slowly(character);
        return ids.includes(undefined) || (unknownId !== undefined && ids.includes(unknownId));
      }),
    encode(text) {
      const isPlain = added.every((token) => !text.includes(token));
      const ids = isPlain ? encodePieces(text) : slowly(text);
      return Int32Array.from(ids.filter((id) => id !== undefined) as number[]);
    },
    decode(ids) {
      return decodeAll(this.decoder(), ids);
    },
    token: (id) => tokenOf(id) ?? REPLACEMENT,
    decoder: () =>
      isByteLevel ? byteLevelStream(tokenOf, new Set(added)) : windowStream(tokenOf, decodeWith(library)),
    toJSON: (): BpeVocabulary => ({ type: 'bpe', tokenizer: json }),
  };
}

/** The library wants every section to be there. */
function libraryOf(file: TokenizerFile): Library {
  const sections = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
  try {
    return new Library({ ...sections, ...file, added_tokens: file.added_tokens ?? [] }, {});
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0];
    throw new DataError(`tokenizers: bpe: this tokenizer.json cannot be used (${reason}); export it again.`, {
      cause: error,
    });
  }
}

const decodeWith = (library: Library) => (ids: number[]) =>
  library.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false });

/** Whether a text is cut into GPT-2's pieces and nothing else happens to it. */
function isPlainByteLevel({ normalizer, pre_tokenizer: cut }: TokenizerFile): boolean {
  const isGpt2 = cut?.type === 'ByteLevel' && cut.use_regex !== false && cut.add_prefix_space !== true;
  return isGpt2 && (normalizer ?? null) === null;
}

/** Encodes piece by piece, each different one once: a text repeats its words. */
function cachedByPiece(encode: (text: string) => (number | undefined)[]): typeof encode {
  const known = new Map<string, (number | undefined)[]>();
  return (text) => {
    const ids: (number | undefined)[] = [];
    for (const piece of pieces(text)) {
      let encoded = known.get(piece);
      if (encoded === undefined) {
        encoded = encode(piece);
        if (known.size >= 100_000) known.clear();
        known.set(piece, encoded);
      }
      for (const id of encoded) ids.push(id);
    }
    return ids;
  };
}

/** Tokens to bytes to text; added tokens, and ids that do not exist, stand for themselves between the bytes. */
function byteLevelStream(tokenOf: (id: number) => string | undefined, added: ReadonlySet<string>): StreamingDecoder {
  const stream = utf8Stream();
  return {
    push(id) {
      const token = tokenOf(id) ?? REPLACEMENT;
      const bytes = added.has(token) ? undefined : bytesOf(token);
      return bytes === undefined ? stream.flush() + token : stream.push(bytes);
    },
    flush: stream.flush,
  };
}
