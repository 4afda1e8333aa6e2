import { ShapeError } from '@elman/core';
import { zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { hasSimpleRnnSequence, type SimpleRnnSequence, simpleRnnSequence } from '../src/index.ts';
import { describeSequence } from './describe-sequence.ts';
import { simpleRnnCases } from './sequence-cases.ts';

for (const [activation, sequence] of Object.entries(simpleRnnCases)) {
  describeSequence(`simpleRnnSequence, ${activation}`, sequence);
}

const fitting = (): SimpleRnnSequence => ({
  projected: zeros([2, 3, 4]),
  recurrentKernel: zeros([4, 4]),
  h: zeros([2, 4]),
});

it('rejects inputs of other shapes and dtypes', () => {
  const wrong: [Partial<SimpleRnnSequence>, string][] = [
    [{ recurrentKernel: zeros([4, 8]) }, 'simpleRnnSequence: recurrentKernel'],
    [{ projected: zeros([2, 3, 8]) }, 'simpleRnnSequence: projected'],
    [{ h: zeros([3, 4]) }, 'simpleRnnSequence: h'],
    [{ mask: zeros([3, 2]) }, 'simpleRnnSequence: mask'],
  ];
  for (const [part, message] of wrong) {
    expect(() => simpleRnnSequence({ ...fitting(), ...part })).toThrow(ShapeError);
    expect(() => simpleRnnSequence({ ...fitting(), ...part })).toThrow(message);
  }
});

it('runs on every backend under test', () => expect(hasSimpleRnnSequence()).toBe(true));
