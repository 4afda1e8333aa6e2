import { Rng } from '@elman/core';
import { describe, expect, it } from 'vitest';
import { rangeDecoder, rangeEncoder } from '../src/index.ts';

type Symbol = readonly [cumulative: number, frequency: number, total: number];

function encoded(symbols: readonly Symbol[]): Uint8Array {
  const encoder = rangeEncoder();
  for (const symbol of symbols) encoder.encode(...symbol);
  return encoder.finish();
}

/** Decodes with the symbols as they were, and says where a target is not that of its symbol. */
function misread(symbols: readonly Symbol[], bytes: Uint8Array): number[] {
  const decoder = rangeDecoder(bytes);
  return symbols.flatMap(([cumulative, frequency, total], i) => {
    const target = decoder.target(total);
    decoder.decode(cumulative, frequency, total);
    return target >= cumulative && target < cumulative + frequency ? [] : [i];
  });
}

const bitsOf = (symbols: readonly Symbol[]): number =>
  symbols.reduce((sum, [, frequency, total]) => sum + Math.log2(total / frequency), 0);

/** Symbols of totals from 1 to 2³², most of which are very likely or very unlikely. */
function randomSymbols(seed: number, count: number): Symbol[] {
  const rng = Rng.seeded(seed);
  return Array.from({ length: count }, () => {
    const total = 2 ** Math.floor(rng.uniform(0, 33)) - (rng.uniform() < 0.5 ? 0 : rng.integer(1));
    const rare = 1 + Math.floor(rng.uniform() ** 20 * (total - 1));
    const frequency = rng.uniform() < 0.5 ? rare : Math.max(1, total - rare);
    const room = total - frequency;
    const cumulative = [0, room, Math.floor(rng.uniform() * room)][rng.integer(3)] as number;
    return [cumulative, frequency, total];
  });
}

describe('the range coder', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'gives back what was encoded, in few bytes: seed %s',
    (seed) => {
      for (const count of [0, 1, 2, 3, 10, 300]) {
        const symbols = randomSymbols(seed, count);
        const bytes = encoded(symbols);
        expect(misread(symbols, bytes)).toEqual([]);
        // 2³²/2⁴⁰ of a symbol at most, and the rest of the last byte.
        expect(bytes.length * 8).toBeLessThan(bitsOf(symbols) * (1 + 2 ** -7) + 16);
        expect(bytes.at(-1)).not.toBe(0);
      }
    },
  );

  it('carries over any number of bytes', () => {
    // The middle half of the interval again and again is around ½, until the last symbol says on which side the code is.
    const middle = Array.from({ length: 400 }, (): Symbol => [1, 2, 4]);
    const lasts: readonly (readonly [Symbol, first: number])[] = [
      [[0, 1, 4], 0x7f],
      [[3, 1, 4], 0x80],
    ];
    for (const [last, first] of lasts) {
      const symbols = [...middle, last, ...randomSymbols(1, 20)];
      const bytes = encoded(symbols);
      expect(bytes[0]).toBe(first);
      expect(bytes[40]).toBe(first === 0x7f ? 0xff : 0);
      expect(misread(symbols, bytes)).toEqual([]);
    }
    const thirds = Array.from({ length: 2000 }, (_, i): Symbol => [(i * i) % 3, 1, 3]);
    expect(misread(thirds, encoded(thirds))).toEqual([]);
  });

  it('is the number that arithmetic coding gives, worked by hand', () => {
    // [½, ¾) of [0, 1), then the second half of it: [⅝, ¾), of which 0.101 is the only number of three bits or less.
    expect([
      ...encoded([
        [2, 1, 4],
        [1, 1, 2],
      ]),
    ]).toEqual([0b1010_0000]);
    expect([
      ...encoded([
        [0, 1, 4],
        [0, 1, 1],
      ]),
    ]).toEqual([]);
    expect([...encoded(Array.from('Elman', (letter): Symbol => [letter.charCodeAt(0), 1, 256]))]).toEqual([
      ...new TextEncoder().encode('Elman'),
    ]);
  });

  it('refuses frequencies that are none', () => {
    const wanted = 'rangeCoder: expected whole numbers, a frequency of at least 1 within a total of at most 2³², got';
    const wrong: readonly Symbol[] = [
      [0, 0, 2],
      [1, 2, 2],
      [-1, 1, 2],
      [0.5, 1, 2],
      [0, 1, 2 ** 33],
      [0, Number.NaN, 1],
    ];
    for (const symbol of wrong) {
      expect(() => rangeEncoder().encode(...symbol)).toThrow(wanted);
      expect(() => rangeDecoder(new Uint8Array(8)).decode(...symbol)).toThrow(wanted);
    }
  });

  it('refuses bytes that no encoder writes', () => {
    const bytes = new Uint8Array(8).fill(0xff);
    expect(() => rangeDecoder(bytes).target(4)).not.toThrow();
    expect(() => rangeDecoder(bytes).target(2 ** 32 - 1)).toThrow('rangeDecoder: expected bytes of a range coder');
  });
});
