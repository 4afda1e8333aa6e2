import { BackendError, type Frame, type Rng, type Sequence, ShapeError, type Step } from '@elman/core';
import { scanFrames } from '@elman/rnn';
import { add, getBackend, matMul, relu, sigmoid, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  hasSimpleRnnSequence,
  type SimpleRnnSequence,
  type SimpleRnnSequenceResult,
  simpleRnnSequence,
} from '../src/index.ts';
import { describeSequence, draw, type Sizes } from './describe-sequence.ts';

type Inputs = { readonly projected: Sequence; readonly recurrentKernel: Tensor2D; readonly h: Frame };
type State = { readonly h: Frame };

function inputs(rng: Rng, { batch, time, hidden }: Sizes, scale = 1): Inputs {
  const limit = Math.min(scale, 1);
  return {
    projected: draw(rng.fork('projected'), [batch, time, hidden], scale) as Sequence,
    recurrentKernel: draw(rng.fork('recurrentKernel'), [hidden, hidden], limit / Math.sqrt(hidden)) as Tensor2D,
    h: draw(rng.fork('h'), [batch, hidden], limit) as Frame,
  };
}

for (const [activation, activate] of Object.entries({ tanh, relu, sigmoid })) {
  const portable = ({ projected, recurrentKernel, h, mask, reverse }: SimpleRnnSequence): SimpleRnnSequenceResult => {
    const frame = (state: State, x: Frame): Step<State> => {
      const next: Frame = activate(add(x, matMul(state.h, recurrentKernel)));
      return { output: next, state: { h: next } };
    };
    const { outputs, state } = scanFrames(frame, { h }, projected, { mask, reverse });
    return { outputs, h: state.h };
  };
  const op = (sequence: SimpleRnnSequence) =>
    simpleRnnSequence({ ...sequence, activation: activation as 'tanh' | 'relu' | 'sigmoid' });
  describeSequence(`simpleRnnSequence, ${activation}`, { op, portable, inputs });
}

const fitting = (): SimpleRnnSequence => ({
  projected: zeros([2, 3, 4]),
  recurrentKernel: zeros([4, 4]),
  h: zeros([2, 4]),
});

it.runIf(['cpu', 'wasm'].includes(getBackend()))('says what does not fit (on cpu and wasm, which have the op)', () => {
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

it.runIf(['webgl', 'webgpu'].includes(getBackend()))(
  'says where it does not run (on webgl and webgpu, which have no op)',
  () => {
    expect(hasSimpleRnnSequence()).toBe(false);
    expect(() => simpleRnnSequence(fitting())).toThrow(BackendError);
  },
);
