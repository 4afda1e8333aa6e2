import { describeMemory } from '@elman/testkit';
import { expect, it } from 'vitest';
import { fastWeights, keyValueMemory, sparseAccessMemory } from '../src/index.ts';

describeMemory('fastWeights of features that sum to 1', () =>
  fastWeights({ keySize: 3, valueSize: 2, rule: 'delta', features: 'elu', decay: 0.9, normalized: true }),
);
describeMemory('keyValueMemory that is full', () => keyValueMemory({ slots: 3, keySize: 2, valueSize: 4 }));
describeMemory('sparseAccessMemory of all slots', () => sparseAccessMemory({ slots: 3, width: 4, nearest: 3 }));

it('refuses invalid options', () => {
  const sizes = { keySize: 2, valueSize: 2 };
  expect(() => fastWeights({ ...sizes, rule: 'oja' as never })).toThrow(
    /fastWeights: rule: expected hebbian or delta, got oja/,
  );
  expect(() => fastWeights({ ...sizes, decay: 1.5 })).toThrow(/decay: expected above 0 and up to 1, got 1.5/);
  expect(() => fastWeights({ ...sizes, rate: 0 })).toThrow(/rate: expected a number above 0/);
  expect(() => fastWeights({ ...sizes, features: 'relu' as never })).toThrow(
    /features: expected identity, softmax, elu/,
  );
  expect(() => keyValueMemory({ ...sizes, slots: 2, replaces: 'any' as never })).toThrow(/replaces: expected oldest/);
  expect(() => sparseAccessMemory({ slots: 0, width: 2 })).toThrow(/slots: expected a positive whole number, got 0/);
  expect(() => sparseAccessMemory({ slots: 4, width: 2, index: 'tree' as never })).toThrow(/expected linear or lsh/);
});
