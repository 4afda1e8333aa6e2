import { BackendError, type Frame, type Rng, type Sequence, ShapeError, type Step } from '@elman/core';
import { scanFrames } from '@elman/rnn';
import {
  add,
  cast,
  getBackend,
  matMul,
  mul,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type GruSequence, type GruSequenceResult, gruSequence, hasGruSequence } from '../src/index.ts';
import { describeSequence, draw, type Sizes } from './describe-sequence.ts';

type State = { readonly h: Frame };

function portable({ projected, recurrentKernel, recurrentBias, h, mask, reverse }: GruSequence): GruSequenceResult {
  const frame = (state: State, x: Frame): Step<State> => {
    const [xz, xr, xn] = split(x, 3, 1) as [Frame, Frame, Frame];
    const [hz, hr, hn] = split(matMul(state.h, recurrentKernel), 3, 1) as [Frame, Frame, Frame];
    const z = sigmoid(add(xz, hz));
    const n = tanh(add(xn, mul(sigmoid(add(xr, hr)), add(hn, recurrentBias))));
    const next: Frame = add(n, mul(z, sub(state.h, n)));
    return { output: next, state: { h: next } };
  };
  const { outputs, state } = scanFrames(frame, { h }, projected, { mask, reverse });
  return { outputs, h: state.h };
}

function inputs(rng: Rng, { batch, time, hidden }: Sizes, scale = 1) {
  const limit = Math.min(scale, 1);
  return {
    projected: draw(rng.fork('projected'), [batch, time, 3 * hidden], scale) as Sequence,
    recurrentKernel: draw(rng.fork('recurrentKernel'), [hidden, 3 * hidden], limit) as Tensor2D,
    recurrentBias: draw(rng.fork('recurrentBias'), [hidden], limit) as Tensor1D,
    h: draw(rng.fork('h'), [batch, hidden], limit) as Frame,
  };
}

describeSequence('gruSequence', { op: gruSequence, portable, inputs });

const fitting = (): GruSequence => ({
  projected: zeros([2, 3, 12]),
  recurrentKernel: zeros([4, 12]),
  recurrentBias: zeros([4]),
  h: zeros([2, 4]),
});

it.runIf(['cpu', 'wasm'].includes(getBackend()))('says what does not fit (on cpu and wasm, which have the op)', () => {
  const wrong: [Partial<GruSequence>, string][] = [
    [{ recurrentKernel: zeros([4, 16]) }, 'gruSequence: recurrentKernel'],
    [{ projected: zeros([2, 3, 16]) }, 'gruSequence: projected'],
    [{ projected: zeros([2, 0, 12]) }, 'gruSequence: projected: expected one frame or more'],
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

it.runIf(['webgl', 'webgpu'].includes(getBackend()))(
  'says where it does not run (on webgl and webgpu, which have no op)',
  () => {
    expect(hasGruSequence()).toBe(false);
    expect(() => gruSequence(fitting())).toThrow(BackendError);
  },
);
