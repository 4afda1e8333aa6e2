import { DataError, Rng } from '@elman/core';
import { expect, it } from 'vitest';
import { countNgrams, decodeCounts, encodeCounts, kneserNey } from '../src/index.ts';

const ids = Int32Array.from({ length: 500 }, (_, i) => Rng.seeded('ids').fork(i).integer(7));
const options = { vocabSize: 7, order: 4 };

it.each([{}, { boundary: 3 }])('counts come back from their bytes, %j', (more) => {
  const counts = countNgrams(ids, { ...options, ...more });
  const again = decodeCounts(encodeCounts(counts));
  expect([again.vocabSize, again.order, again.boundary, again.sizes]).toEqual([7, 4, counts.boundary, counts.sizes]);
  expect(again.trie.nodes).toEqual(counts.trie.nodes);
  const [out, wanted] = [new Float32Array(7), new Float32Array(7)];
  for (let t = 3; t < 60; t++) {
    kneserNey(again).logProbabilities(ids.subarray(0, t), out);
    kneserNey(counts).logProbabilities(ids.subarray(0, t), wanted);
    expect(out).toEqual(wanted);
  }
});

it('refuses every damaged number, or reads counts of another text', () => {
  const bytes = encodeCounts(countNgrams(ids.subarray(0, 60), options));
  expect(() => decodeCounts(Uint8Array.of(1, 2, 3))).toThrow(
    'decodeCounts: not counts of n-grams; make the file again.',
  );
  expect(() => decodeCounts(bytes.subarray(0, -4), 'x.bin')).toThrow(/^x\.bin: expected \d+ n-grams, got \d+ bytes/);
  for (let at = 0; at < bytes.length; at += 4) {
    const changed = bytes.slice();
    new DataView(changed.buffer).setInt32(at, -5, true);
    // Of node 0 nothing is read, and a boundary below 0 is none.
    if (at === 16 || (at >= 24 && at < 40)) continue;
    expect(() => decodeCounts(changed), `${at}`).toThrow(DataError);
  }
});
