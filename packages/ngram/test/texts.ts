import { Rng } from '@elman/core';

/** A chain in which each token is likely to be followed by its double and one. */
export function chain(length: number, vocabSize: number, seed: number): Int32Array {
  const rng = Rng.seeded(seed);
  const ids = new Int32Array(length);
  for (let i = 1; i < length; i++) {
    const likely = ((ids[i - 1] as number) * 2 + 1) % vocabSize;
    ids[i] = rng.uniform() < 0.7 ? likely : rng.integer(vocabSize);
  }
  return ids;
}

/** The entropy rate of that chain in bits, where doubling and one more can give any token. */
export function entropyOfChain(vocabSize: number): number {
  const rare = 0.3 / vocabSize;
  const likely = 0.7 + rare;
  return -likely * Math.log2(likely) - (vocabSize - 1) * rare * Math.log2(rare);
}

/** Random contexts of 0 to `longest` tokens. */
export function contexts(count: number, longest: number, vocabSize: number, seed: number): number[][] {
  const rng = Rng.seeded(seed);
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: i % (longest + 1) }, () => rng.integer(vocabSize)),
  );
}
