import { describe, expect, it } from 'vitest';
import fixture from '../fixtures/code-points.json' with { type: 'json' };
import {
  classOf,
  MARK,
  members,
  NUMBER,
  normalForm,
  PUNCTUATION,
  property,
  RUST_WORD,
  SPACE,
  WORD,
} from '../src/tokenizer-json/unicode.ts';
import { NEWER } from '../src/tokenizer-json/unicode-tables.ts';

const END = 0xe0200;
const codes: number[] = [];
for (let code = 0; code < END; code = code === 0x334ff ? 0xe0000 : code + 1) {
  if (code < 0xd800 || code >= 0xe000) codes.push(code);
}

/** Code points of the fixture: starts and lengths of runs, each start relative to the end of the previous run, in base 36. */
function codesOf(runs: string): Uint8Array {
  const found = new Uint8Array(END);
  const numbers = runs.split(' ').map((number) => Number.parseInt(number, 36));
  let end = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    const start = end + (numbers[i] as number);
    end = start + (numbers[i + 1] as number);
    found.fill(1, start, end);
  }
  return found;
}

/** Code points assigned in both this engine and the fixture, or in neither: their versions of Unicode may differ. */
const unassigned = codesOf(fixture.categories.Cn);
const newer = new RegExp(`[${members(NEWER)}]`, 'u');
const known = codes.filter((code) => {
  const character = String.fromCodePoint(code);
  const isUnassignedHere = /\p{Cn}/u.test(character);
  return isUnassignedHere === (unassigned[code] === 1) || (!isUnassignedHere && newer.test(character));
});

const text = known.map((code) => String.fromCodePoint(code)).join('');

/** The symmetric difference of a class and the fixture. */
function differing(runs: string, inside: string): string[] {
  const wanted = codesOf(runs);
  const found = new Uint8Array(END);
  for (const [match] of text.matchAll(new RegExp(`${classOf(inside)}+`, 'gv'))) {
    for (const character of match) found[character.codePointAt(0) as number] = 1;
  }
  return known.filter((code) => found[code] !== wanted[code]).map((code) => code.toString(16));
}

describe('every code point is classified as in Python’s tokenizers', () => {
  for (const [name, runs] of Object.entries(fixture.categories)) {
    it(`\\p{${name}}`, () => expect(differing(runs, property(name) as string)).toEqual([]));
  }

  for (const [name, inside] of Object.entries({ SPACE, WORD, RUST_WORD, NUMBER, PUNCTUATION, MARK })) {
    const runs = fixture.classes[name as keyof typeof fixture.classes];
    it(name.toLowerCase(), () => expect(differing(runs, inside)).toEqual([]));
  }

  for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const) {
    it(form, () => {
      const wanted = codesOf(fixture.forms[form]);
      const normalize = normalForm(form);
      // Without ideographs and syllables, whose normal forms are algorithmic or trivial.
      const some = known.filter(
        (code) => code < 0x3400 || (code > 0xd7ff && code < 0x17000) || (code > 0x1a000 && code < 0x20000),
      );
      const differing = some.filter((code) => {
        const character = String.fromCodePoint(code);
        return (normalize(character) !== character) !== (wanted[code] === 1);
      });
      expect(differing.map((code) => code.toString(16))).toEqual([]);
    });
  }
});
