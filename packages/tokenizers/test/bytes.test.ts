import { expect, it } from 'vitest';
import { byteTokenizer } from '../src/index.ts';

const tokenizer = byteTokenizer();

it('is UTF-8', () => {
  expect([...tokenizer.encode('é😀')]).toEqual([0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80]);
  expect([...tokenizer.encode('\uFEFFa')]).toEqual([0xef, 0xbb, 0xbf, 0x61]);
  expect(tokenizer.decode(tokenizer.encode('\uFEFFa'))).toBe('\uFEFFa');
});

it('decodes invalid UTF-8 to �', () => {
  expect(tokenizer.decode([0x61, 0xff, 0x62])).toBe('a\uFFFDb');
  expect(tokenizer.decode([0xf0, 0x9f, 0x98])).toBe('\uFFFD');
  expect(tokenizer.decode([0xc3, 0x61])).toBe('\uFFFDa');
});

it('streams a character when it is complete', () => {
  const decoder = tokenizer.decoder();
  expect([0x61, 0xf0, 0x9f, 0x98, 0x80].map(decoder.push)).toEqual(['a', '', '', '', '😀']);
  expect(decoder.push(0xc3)).toBe('');
  expect(decoder.flush()).toBe('\uFFFD');
  expect(decoder.push(0x62)).toBe('b');
});

it('has readable names for bytes', () => {
  expect([0x41, 0x0a, 0x20, 0xe2].map(tokenizer.token)).toEqual(['A', '<0x0A>', '<0x20>', '<0xE2>']);
});
