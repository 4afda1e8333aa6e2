import { ShapeError } from '@elman/core';
import { zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { hasPeepholeLstmSequence, type PeepholeLstmSequence, peepholeLstmSequence } from '../src/index.ts';
import { describeSequence } from './describe-sequence.ts';
import { peepholeLstmCase } from './sequence-cases.ts';

describeSequence('peepholeLstmSequence', peepholeLstmCase);

const fitting = (): PeepholeLstmSequence => ({
  projected: zeros([2, 3, 16]),
  recurrentKernel: zeros([4, 16]),
  peepholes: { i: zeros([4]), f: zeros([4]), o: zeros([4]) },
  h: zeros([2, 4]),
  c: zeros([2, 4]),
});

it('rejects inputs of other shapes and dtypes', () => {
  const wrong: [Partial<PeepholeLstmSequence>, string][] = [
    [{ recurrentKernel: zeros([4, 12]) }, 'peepholeLstmSequence: recurrentKernel'],
    [{ projected: zeros([2, 3, 12]) }, 'peepholeLstmSequence: projected'],
    [{ h: zeros([3, 4]) }, 'peepholeLstmSequence: h'],
    [{ c: zeros([3, 4]) }, 'peepholeLstmSequence: c'],
    [{ peepholes: { ...fitting().peepholes, f: zeros([3]) } }, 'peepholeLstmSequence: peepholes.f'],
    [{ mask: zeros([3, 2]) }, 'peepholeLstmSequence: mask'],
  ];
  for (const [part, message] of wrong) {
    expect(() => peepholeLstmSequence({ ...fitting(), ...part })).toThrow(ShapeError);
    expect(() => peepholeLstmSequence({ ...fitting(), ...part })).toThrow(message);
  }
});

it('runs on every backend under test', () => expect(hasPeepholeLstmSequence()).toBe(true));
