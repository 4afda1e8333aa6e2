import { Rng } from '@elman/core';

const kinds: readonly (readonly [from: number, to: number])[] = [
  [0x20, 0x7e],
  [0x20, 0x7e],
  [0x61, 0x7a],
  [0x09, 0x0d],
  [0x20, 0x22],
  [0x00, 0x1f],
  [0xa0, 0x24f],
  [0x300, 0x36f],
  [0x2000, 0x206f],
  [0x3040, 0x30ff],
  [0xd800, 0xdfff],
  [0xfe00, 0xffff],
  [0x1f300, 0x1f9ff],
  [0x10fff0, 0x10ffff],
];

/** A text of up to `length` code points of many kinds; surrogates in pairs and alone. */
function randomText(rng: Rng, length: number): string {
  let text = '';
  for (let n = rng.integer(length + 1); n > 0; n--) {
    const [from, to] = kinds[rng.integer(kinds.length)] as readonly [number, number];
    text += String.fromCodePoint(from + rng.integer(to - from + 1));
  }
  return text;
}

/** Texts of all lengths, the same in every run. */
export function randomTexts(seed: string, count = 200, length = 40): string[] {
  const rng = Rng.seeded(seed);
  return Array.from({ length: count }, () => randomText(rng, length));
}

/** Ids that exist, ids that do not, and numbers that are not ids. */
export function randomIds(rng: Rng, vocabSize: number, length: number): number[] {
  const odd = [-1, vocabSize, 2 ** 31, -(2 ** 31), 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER];
  return Array.from({ length }, () =>
    rng.integer(8) === 0 ? (odd[rng.integer(8)] as number) : rng.integer(vocabSize),
  );
}
