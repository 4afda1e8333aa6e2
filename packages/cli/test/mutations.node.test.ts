import { DataError, Rng } from '@elman/core';
import { zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { mutateBytes } from './mutations/bytes.ts';
import { caseOf, checkCase, type Failure, type Kind, Unusable } from './mutations/check.ts';
import { mutateJson } from './mutations/json.ts';
import { kinds } from './mutations/kinds/index.ts';

/** Of each kind. The same for a million: `packages/cli/bench/mutations.ts`. */
const CASES = 60;
const SEED = 1;

it.each(kinds)('every mutated $name is read as something valid, or refused in one line', async (kind) => {
  const counts = { read: 0, refused: 0 };
  const failures: Failure[] = [];
  for (let number = 0; number < CASES; number++) {
    const failure = await checkCase(kind, SEED, number, counts);
    if (failure !== undefined) failures.push(failure);
  }
  expect(failures).toEqual([]);
  expect(counts.read + counts.refused).toBe(CASES);
});

/** Of a folder the commands say what is there, and that is an error. */
const readable = kinds.filter(({ name }) => !name.startsWith('a folder'));
it.each(readable)('$name is read as it is', async (kind) => {
  for (const example of kind.examples) {
    await kind.read(kind.json === undefined ? example : kind.json.into(example, kind.json.from(example)));
  }
});

it('a case is a function of its seed, kind and number', () => {
  const [kind] = kinds as [Kind];
  expect(caseOf(kind, 1, 5)).toEqual(caseOf(kind, 1, 5));
  const cases = Array.from({ length: 20 }, (_, number) => caseOf(kind, 1, number).join());
  expect(new Set(cases).size).toBe(20);
});

it('mutations of JSON are JSON, and most of them something else', () => {
  const rng = Rng.seeded(3);
  const text = JSON.stringify({ a: [1, { b: 'c' }], d: null });
  const mutated = Array.from({ length: 300 }, () => mutateJson(text, rng));
  for (const json of mutated) expect(() => JSON.parse(json)).not.toThrow();
  expect(mutated.filter((json) => json !== text).length).toBeGreaterThan(200);
  expect(mutateJson('no JSON', rng)).toBe('no JSON');
  expect(mutateBytes(new Uint8Array(), rng)).toBeInstanceOf(Uint8Array);
});

it.each<[string, RegExp, () => unknown]>([
  ['an error of the engine', /^TypeError/, () => (undefined as unknown as { a: never }).a],
  ['something that is none', /^Unusable|^Error/, () => Promise.reject(new Unusable('no'))],
  ['a leak', /^left 1 tensors$/, () => void leaked.push(zeros([1]))],
  ['a large array', /^took 5\d\d MB$/, () => void arrays.push(new Uint8Array(512 * 2 ** 20))],
  [
    'an error without the file',
    /^does not name the file: no/,
    () => {
      throw new DataError('no');
    },
  ],
])('the check reports %s', async (_, problem, read) => {
  const kind: Kind = { name: 'broken', examples: [Uint8Array.of(1)], where: /a\.json/, read };
  const failure = await checkCase(kind, 1, 0, { read: 0, refused: 0 });
  for (const tensor of leaked.splice(0)) tensor.dispose();
  arrays.length = 0;
  expect(failure?.problem).toMatch(problem);
});
const leaked: ReturnType<typeof zeros>[] = [];
const arrays: Uint8Array[] = [];
