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
  type Tensor2D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  type GruSequenceResult,
  hasResetBeforeGruSequence,
  type ResetBeforeGruSequence,
  resetBeforeGruSequence,
} from '../src/index.ts';
import { describeSequence, draw, onGpu, type Sizes } from './describe-sequence.ts';

type State = { readonly h: Frame };

function portable({ projected, recurrentKernel, h, mask, reverse }: ResetBeforeGruSequence): GruSequenceResult {
  const frame = (state: State, x: Frame): Step<State> => {
    const [xz, xr, xn] = split(x, 3, 1) as [Frame, Frame, Frame];
    const [uz, ur, un] = split(recurrentKernel, 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
    const z = sigmoid(add(xz, matMul(state.h, uz)));
    const r = sigmoid(add(xr, matMul(state.h, ur)));
    const n: Frame = tanh(add(xn, matMul(mul(r, state.h), un)));
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
    h: draw(rng.fork('h'), [batch, hidden], limit) as Frame,
  };
}

// There are no kernels of it for webgl and webgpu.
if (!onGpu) describeSequence('resetBeforeGruSequence', { op: resetBeforeGruSequence, portable, inputs });

const fitting = (): ResetBeforeGruSequence => ({
  projected: zeros([2, 3, 12]),
  recurrentKernel: zeros([4, 12]),
  h: zeros([2, 4]),
});

it.runIf(['cpu', 'wasm'].includes(getBackend()))('says what does not fit (on cpu and wasm, which have the op)', () => {
  const wrong: [Partial<ResetBeforeGruSequence>, string][] = [
    [{ recurrentKernel: zeros([4, 16]) }, 'resetBeforeGruSequence: recurrentKernel'],
    [{ projected: zeros([2, 3, 16]) }, 'resetBeforeGruSequence: projected'],
    [{ projected: zeros([2, 0, 12]) }, 'resetBeforeGruSequence: projected: expected one frame or more'],
    [{ h: zeros([3, 4]) }, 'resetBeforeGruSequence: h'],
    [{ mask: zeros([3, 2]) }, 'resetBeforeGruSequence: mask'],
    [{ h: cast(zeros([2, 4]), 'int32') }, 'resetBeforeGruSequence: h: expected float32, got int32.'],
  ];
  for (const [part, message] of wrong) {
    expect(() => resetBeforeGruSequence({ ...fitting(), ...part })).toThrow(ShapeError);
    expect(() => resetBeforeGruSequence({ ...fitting(), ...part })).toThrow(message);
  }
});

it.runIf(['webgl', 'webgpu'].includes(getBackend()))(
  'says where it does not run (on webgl and webgpu, which have no op)',
  () => {
    expect(hasResetBeforeGruSequence()).toBe(false);
    expect(() => resetBeforeGruSequence(fitting())).toThrow(BackendError);
  },
);
