import { byteToken } from '../utf8.ts';
import { readMerges } from './bpe-merges.ts';
import type { Section } from './section.ts';

/** A byte-pair model: pieces to ids. */
export interface BpeModel {
  /** Tokens of the model, without the added ones. */
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly unknownId: number | undefined;
  /** The ids of a piece; `lacks` is called with each unknown character. */
  encode(piece: string, lacks?: (character: string) => void): number[];
}

/** The `model` of a tokenizer.json. Its type is BPE, which old files leave out. */
export function readBpeModel(section: Section): BpeModel {
  const type = section.string('type', 'BPE');
  if (type !== 'BPE') section.unsupported(`type ${type}`);
  const vocabulary = readVocabulary(section);
  const dropout = section.any('dropout') ?? 0;
  if (dropout !== 0) section.unsupported(`dropout ${dropout}`);
  const prefix = section.string('continuing_subword_prefix', '');
  const suffix = section.string('end_of_word_suffix', '');
  const fusesUnknown = section.boolean('fuse_unk', false);
  const fallsBack = section.boolean('byte_fallback', false);
  const ignoresMerges = section.boolean('ignore_merges', false);
  const unknownToken = section.any('unk_token') == null ? undefined : section.string('unk_token');
  const unknownId = unknownToken === undefined ? undefined : vocabulary.get(unknownToken);
  if (unknownToken !== undefined && unknownId === undefined) section.damaged('unk_token', 'a token of the vocabulary');
  const merge = readMerges(section, vocabulary, prefix);
  section.end();

  /** The ids of the characters of a piece, before any merge. */
  function characterIds(piece: string, lacks?: (character: string) => void): number[] {
    const characters = Array.from(piece);
    const ids: number[] = [];
    // An unknown token is emitted when the next one is due or a known one follows; bytes precede it, as in Python.
    let isDue = false;
    const writeUnknown = () => {
      if (isDue) ids.push(unknownId as number);
      isDue = false;
    };
    for (const [i, character] of characters.entries()) {
      const token = `${i === 0 ? '' : prefix}${character}${i === characters.length - 1 ? suffix : ''}`;
      const id = vocabulary.get(token);
      const bytes = id === undefined && fallsBack ? byteIds(token, vocabulary) : undefined;
      if (id !== undefined) {
        writeUnknown();
        ids.push(id);
      } else if (bytes !== undefined) {
        ids.push(...bytes);
      } else {
        lacks?.(character);
        if (!fusesUnknown) writeUnknown();
        isDue = unknownId !== undefined;
      }
    }
    writeUnknown();
    return ids;
  }

  return {
    vocabulary,
    unknownId,
    encode(piece, lacks) {
      const whole = ignoresMerges ? vocabulary.get(piece) : undefined;
      return whole === undefined ? merge(characterIds(piece, lacks)) : [whole];
    },
  };
}

const ENCODER = new TextEncoder();

/** The ids of the bytes of a token, `<0xE2>` and the like; undefined if the vocabulary lacks one of them. */
function byteIds(token: string, vocabulary: ReadonlyMap<string, number>): number[] | undefined {
  const ids: number[] = [];
  for (const byte of ENCODER.encode(token)) {
    const id = vocabulary.get(byteToken(byte));
    if (id === undefined) return undefined;
    ids.push(id);
  }
  return ids;
}

function readVocabulary(section: Section): ReadonlyMap<string, number> {
  const given = section.any('vocab');
  if (typeof given !== 'object' || given === null || Array.isArray(given)) section.damaged('vocab', 'tokens with ids');
  const vocabulary = new Map(Object.entries(given as { readonly [token: string]: number }));
  for (const [token, id] of vocabulary) {
    // An id costs memory in every model, even if it is not used.
    if (!Number.isInteger(id) || id < 0 || id >= 2 * vocabulary.size) {
      section.damaged('vocab', `whole numbers below ${2 * vocabulary.size}, twice its size`, { [token]: id });
    }
  }
  const ids = new Set(vocabulary.values());
  if (ids.size < vocabulary.size) section.damaged('vocab', 'a different id for each token');
  return vocabulary;
}
