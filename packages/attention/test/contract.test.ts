import { Rng } from '@elman/core';
import { describeAttention } from '@elman/testkit';
import { getBackend, type Rank, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  additiveAttention,
  localAttention,
  locationAwareAttention,
  monotonicAttention,
  multiHeadAttention,
  multiplicativeAttention,
} from '../src/index.ts';

const sizes = { querySize: 3, memorySize: 4 };

describeAttention('additiveAttention', () => additiveAttention({ ...sizes, size: 5 }));
describeAttention('multiplicativeAttention', () => multiplicativeAttention(sizes));
describeAttention('multiplicativeAttention, dot', () =>
  multiplicativeAttention({ querySize: 4, memorySize: 4, score: 'dot', scaled: true }),
);
describeAttention('multiHeadAttention', () => multiHeadAttention({ ...sizes, size: 6, heads: 2 }));
describeAttention('locationAwareAttention', () => locationAwareAttention({ ...sizes, size: 5, width: 3, filters: 2 }));
describeAttention('monotonicAttention', () => monotonicAttention({ ...sizes, size: 5 }), { weightsSumToOne: false });
describeAttention('localAttention', () => localAttention(additiveAttention({ ...sizes, size: 5 }), { radius: 2 }), {
  weightsSumToOne: false,
});

it.runIf(['cpu', 'wasm'].includes(getBackend()))('refuses a mask with other numbers than 0 and 1', () => {
  const attention = multiplicativeAttention(sizes);
  const params = attention.init(Rng.seeded(1));
  const memory = zeros<Rank.R3>([1, 2, 4]);
  const source = { memory, keys: attention.keys(params, memory), mask: tensor2d([[1, Number.NaN]]) };
  expect(() => attention.attend(params, zeros([1, 3]), source, zeros([1, 2]))).toThrow(
    'multiplicativeAttention: mask: expected 0 or 1, got NaN at [0, 1]; 1 is for what is real.',
  );
});
