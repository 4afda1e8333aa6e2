import { DataError, type Json } from '@elman/core';
import { describe, expect, it } from 'vitest';
import { bpeTokenizer, tokenizerFromJSON } from '../src/index.ts';

type Sections = { readonly [section: string]: unknown };

const model = { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: [['a', 'b']] };
const added = {
  id: 3,
  content: '<x>',
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
};
const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true };
const strip = { type: 'Strip', strip_left: true, strip_right: true };

const load = (sections: Sections) => bpeTokenizer.fromJson({ version: '1.0', model, ...sections } as unknown as Json);
const withModel = (changes: Sections) => ({ model: { ...model, ...changes } });
const split = (Regex: string) => ({
  pre_tokenizer: { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false },
});

/** Refused features, by the name in the error. */
const unsupported: readonly (readonly [feature: string, sections: Sections])[] = [
  ['model: type WordPiece', { model: { type: 'WordPiece', vocab: {} } }],
  ['model: type Unigram', { model: { type: 'Unigram', vocab: [] } }],
  ['model: type WordLevel', { model: { type: 'WordLevel', vocab: {} } }],
  ['model: dropout 0.1', withModel({ dropout: 0.1 })],
  ['model: the field "sampling"', withModel({ sampling: 1 })],
  ['the field "extra"', { extra: null }],
  ['truncation', { truncation: { max_length: 8 } }],
  ['padding', { padding: { strategy: 'BatchLongest' } }],
  ['post_processor: type Other', { post_processor: { type: 'Other' } }],
  ['normalizer: type Precompiled', { normalizer: { type: 'Precompiled', precompiled_charsmap: '' } }],
  ['normalizer: type Nmt', { normalizer: { type: 'Nmt' } }],
  ['normalizer: type BertNormalizer', { normalizer: { type: 'BertNormalizer' } }],
  ['normalizer: type toString', { normalizer: { type: 'toString' } }],
  ['normalizers[1]: type Nmt', { normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Nmt' }] } }],
  ['normalizer: the field "locale"', { normalizer: { type: 'Lowercase', locale: 'tr' } }],
  ['pre_tokenizer: type UnicodeScripts', { pre_tokenizer: { type: 'UnicodeScripts' } }],
  ['pre_tokenizer: type FixedLength', { pre_tokenizer: { type: 'FixedLength', length: 5 } }],
  ['pre_tokenizer: the field "more"', { pre_tokenizer: { ...byteLevel, more: true } }],
  ['pretokenizers[0]: type X', { pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'X' }] } }],
  ['prepend_scheme first after a normalizer', { pre_tokenizer: metaspace, normalizer: strip }],
  [
    'prepend_scheme first after another pre-tokenizer',
    { pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, metaspace] } },
  ],
  ['decoder: type WordPiece', { decoder: { type: 'WordPiece', prefix: '##', cleanup: true } }],
  ['decoder: type CTC', { decoder: { type: 'CTC' } }],
  ['decoder: stop 1', { decoder: { type: 'Strip', content: ' ', start: 0, stop: 1 } }],
  ['added_tokens[0]: the field "color"', { added_tokens: [{ ...added, color: 'red' }] }],
  ['(?<w in the pattern (?<word>a)', split('(?<word>a)')],
  ['\\p{Foo} in', split('\\p{Foo}')],
  ['\\1 in', split('(a)\\1')],
  ['\\h in', split('\\h')],
  ['\\R in', split('\\R')],
  ['\\X in', split('\\X')],
  ['\\G in', split('\\Ga')],
  ['&& in', split('[a-z&&[^b]]')],
  ['a class in a class', split('[[:alpha:]]')],
  ['(?m: in', split('(?m:.)')],
  ['ss in whatever case', split('(?i:ss)')],
  ['é where case is ignored', split('(?i:é)')],
  ['a class of other than letters where case is ignored', split('(?i:[a-z])')],
  ['( where case is ignored', split('(?i:s(?:s))')],
  ['\\ where case is ignored', split('(?i:\\x73)')],
  ['{3,1} in', split('a{3,1}')],
  ['a brace that is no quantifier', split('a{x}')],
  ['+ where case is ignored', split('(?i:s+)')],
  ['{2}+ in', split('a{2}+')],
  ['{2}? in', split('a{2}?')],
  ['a quantifier after another', split('a+*')],
  ['a possessive quantifier in a lookbehind', split('(?<=a++)b')],
  ['* after an assertion', split('(?=a)*')],
];

describe('a tokenizer.json is refused by the name of', () => {
  for (const [feature, sections] of unsupported) {
    it(feature, () => {
      expect(() => load(sections)).toThrow(DataError);
      expect(() => load(sections)).toThrow(feature);
      expect(() => load(sections)).toThrow(/^tokenizers: tokenizer\.json: .* is not supported.*; use .*\.$/);
    });
  }
});

/** Files that Hugging Face's library does not read, or reads inconsistently. */
const damaged: readonly (readonly [problem: string, sections: Sections])[] = [
  [
    'vocab: expected whole numbers below 6, twice its size, got {"b":1000000000}',
    withModel({ vocab: { a: 0, b: 1e9, ab: 2 } }),
  ],
  ['vocab: expected whole numbers', withModel({ vocab: { a: 0, b: -1, ab: 2 } })],
  ['vocab: expected whole numbers', withModel({ vocab: { a: 0, b: '1', ab: 2 } })],
  ['vocab: expected a different id for each token', withModel({ vocab: { a: 0, b: 0, ab: 2 } })],
  ['vocab: expected tokens with ids', withModel({ vocab: ['a'] })],
  ['merges: expected pairs of tokens that make a token, got ["a","c"]', withModel({ merges: [['a', 'c']] })],
  ['merges: expected pairs of tokens that make a token, got "a b c"', withModel({ merges: ['a b c'] })],
  ['merges: expected a list', withModel({ merges: null })],
  ['unk_token: expected a token of the vocabulary, got "<unk>"', withModel({ unk_token: '<unk>' })],
  ['fuse_unk: expected true or false, got 1', withModel({ fuse_unk: 1 })],
  ['added_tokens[0]: id: expected 3 for "<x>", got 1000000000', { added_tokens: [{ ...added, id: 1e9 }] }],
  ['added_tokens[0]: id: expected 0 for "a", got 3', { added_tokens: [{ ...added, content: 'a' }] }],
  ['added_tokens[1]: content: expected each token once', { added_tokens: [added, added] }],
  ['added_tokens[0]: content: expected a text', { added_tokens: [{ ...added, content: '' }] }],
  ['added_tokens: expected a list', { added_tokens: {} }],
  ['version: expected "1.0", got "2.0"', { version: '2.0' }],
  ['pre_tokenizer: pattern: expected a String or a Regex', split('')],
  ['decoder: expected an object', { decoder: 'ByteLevel' }],
  ['add_prefix_space: expected true or false, got none', { pre_tokenizer: { type: 'ByteLevel', trim_offsets: true } }],
  ['add_prefix_space: expected what prepend_scheme says', { pre_tokenizer: { ...metaspace, add_prefix_space: false } }],
  ['pre_tokenizer: behavior: expected one of Removed', { pre_tokenizer: { type: 'Punctuation', behavior: 'removed' } }],
];

describe('a tokenizer.json is refused for', () => {
  for (const [problem, sections] of damaged) {
    it(problem, () => {
      expect(() => load(sections)).toThrow(DataError);
      expect(() => load(sections)).toThrow(problem);
    });
  }
});

const nested = (depth: number): unknown =>
  depth === 0 ? null : { type: 'Sequence', normalizers: [nested(depth - 1)] };
const wrapped = (depth: number): Json =>
  depth === 0 ? { type: 'bytes' } : { type: 'boundary', tokenizer: wrapped(depth - 1) };

it.each<[string, () => unknown]>([
  ['normalizers in one another', () => load({ normalizer: nested(2000) })],
  ['tokenizers in one another', () => tokenizerFromJSON(wrapped(2000))],
])('%s are refused at 100 levels', (_, read) => {
  expect(read).toThrow(DataError);
  expect(read).toThrow(
    /^tokenizers: .*expected at most 100 levels of lists and objects, got more; the file is damaged\.$/,
  );
});

it('a pattern that the engine does not compile is refused at once, and one nested too deep', () => {
  expect(() => load(split('x'.repeat(200_000)))).toThrow('a pattern is too large for the engine');
  expect(() => load(split(`${'('.repeat(50_000)}x${')'.repeat(50_000)}`))).toThrow(DataError);
});

it.each([
  null,
  7,
  [],
  'bytes',
  { type: 'words' },
  { type: 'word-level', words: {}, lowercase: false },
  { type: 'boundary' },
])('tokenizerFromJSON refuses %j', (json) => {
  expect(() => tokenizerFromJSON(json as Json)).toThrow(DataError);
  expect(() => tokenizerFromJSON(json as Json)).toThrow(/^tokenizers: .*\.$/);
});

it('reads files without optional sections', () => {
  expect([...load({}).encode('abba')]).toEqual([2, 1, 0]);
});

describe('a character outside the vocabulary', () => {
  it('is left out without an unknown token, and is reported by unknowns', () => {
    const tokenizer = load({});
    expect(tokenizer.unknownId).toBe(undefined);
    expect([...tokenizer.encode('aébcé')]).toEqual([2]);
    expect(tokenizer.unknowns('aébcé')).toEqual(['é', 'c', 'é']);
  });

  it('is one unknown token or several, and is reported by unknowns', () => {
    for (const [fuse_unk, ids] of [
      [true, [0, 3, 1]],
      [false, [0, 3, 3, 1]],
    ] as const) {
      const vocab = { ...model.vocab, '<unk>': 3 };
      const tokenizer = load(withModel({ vocab, unk_token: '<unk>', fuse_unk }));
      expect(tokenizer.unknownId).toBe(3);
      expect([...tokenizer.encode('aé?b')]).toEqual(ids);
      expect(tokenizer.unknowns('aé?b')).toEqual(['é', '?']);
    }
  });

  it('is reported as bytes with a byte-level pre-tokenizer', () => {
    const tokenizer = load({ pre_tokenizer: byteLevel });
    expect([...tokenizer.encode('a é')]).toEqual([0]);
    expect(tokenizer.unknowns('a é')).toEqual(['<0x20>', '<0xC3>', '<0xA9>']);
  });

  it('is U+FFFD if it is a lone surrogate', () => {
    const tokenizer = load(withModel({ vocab: { ...model.vocab, '\uFFFD': 3 } }));
    expect([...tokenizer.encode('a\uD83Db')]).toEqual([0, 3, 1]);
  });
});
