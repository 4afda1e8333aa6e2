import { ShapeError } from '@elman/core';
import { cast, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type GruSequence, gruSequence, hasGruSequence } from '../src/index.ts';
import { describeSequence } from './describe-sequence.ts';
import { gruCase } from './sequence-cases.ts';

describeSequence('gruSequence', gruCase);

const fitting = (): GruSequence => ({
  projected: zeros([2, 3, 12]),
  recurrentKernel: zeros([4, 12]),
  recurrentBias: zeros([4]),
  h: zeros([2, 4]),
});

it('rejects inputs of other shapes and dtypes', () => {
  const wrong: [Partial<GruSequence>, string][] = [
    [{ recurrentKernel: zeros([4, 16]) }, 'gruSequence: recurrentKernel'],
    [{ projected: zeros([2, 3, 16]) }, 'gruSequence: projected'],
    [{ projected: zeros([2, 0, 12]) }, 'gruSequence: projected: expected one frame or more'],
    [{ projected: zeros([0, 3, 12]) }, 'gruSequence: projected: expected one row or more'],
    [{ recurrentBias: zeros([12]) }, 'gruSequence: recurrentBias'],
    [{ h: zeros([3, 4]) }, 'gruSequence: h'],
    [{ mask: zeros([3, 2]) }, 'gruSequence: mask'],
    [{ h: cast(zeros([2, 4]), 'int32') }, 'gruSequence: h: expected float32, got int32.'],
  ];
  for (const [part, message] of wrong) {
    expect(() => gruSequence({ ...fitting(), ...part })).toThrow(ShapeError);
    expect(() => gruSequence({ ...fitting(), ...part })).toThrow(message);
  }
});

it('runs on every backend under test', () => expect(hasGruSequence()).toBe(true));
