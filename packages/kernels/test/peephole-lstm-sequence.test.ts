import { type Frame, type Rng, type Sequence, ShapeError, type Step } from '@elman/core';
import { scanFrames } from '@elman/rnn';
import { add, matMul, mul, sigmoid, split, type Tensor1D, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  hasPeepholeLstmSequence,
  type LstmSequenceResult,
  type PeepholeLstmSequence,
  peepholeLstmSequence,
} from '../src/index.ts';
import { describeSequence, draw, type Sizes } from './describe-sequence.ts';

type State = { readonly h: Frame; readonly c: Frame };

function portable(sequence: PeepholeLstmSequence): LstmSequenceResult {
  const { projected, recurrentKernel, peepholes, h, c, mask, reverse } = sequence;
  const frame = (state: State, x: Frame): Step<State> => {
    const gates = split(add(x, matMul(state.h, recurrentKernel)), 4, 1) as [Frame, Frame, Frame, Frame];
    const i = sigmoid(add(gates[0], mul(state.c, peepholes.i)));
    const f = sigmoid(add(gates[1], mul(state.c, peepholes.f)));
    const nextC: Frame = add(mul(f, state.c), mul(i, tanh(gates[2])));
    const nextH: Frame = mul(sigmoid(add(gates[3], mul(nextC, peepholes.o))), tanh(nextC));
    return { output: nextH, state: { h: nextH, c: nextC } };
  };
  const { outputs, state } = scanFrames(frame, { h, c }, projected, { mask, reverse });
  return { outputs, ...state };
}

function inputs(rng: Rng, { batch, time, hidden }: Sizes, scale = 1) {
  const limit = Math.min(scale, 1);
  const peephole = (gate: string): Tensor1D => draw(rng.fork('peepholes').fork(gate), [hidden], limit) as Tensor1D;
  return {
    projected: draw(rng.fork('projected'), [batch, time, 4 * hidden], scale) as Sequence,
    recurrentKernel: draw(rng.fork('recurrentKernel'), [hidden, 4 * hidden], limit) as Tensor2D,
    peepholes: { i: peephole('i'), f: peephole('f'), o: peephole('o') },
    h: draw(rng.fork('h'), [batch, hidden], limit) as Frame,
    c: draw(rng.fork('c'), [batch, hidden], limit) as Frame,
  };
}

describeSequence('peepholeLstmSequence', { op: peepholeLstmSequence, portable, inputs });

const fitting = (): PeepholeLstmSequence => ({
  projected: zeros([2, 3, 16]),
  recurrentKernel: zeros([4, 16]),
  peepholes: { i: zeros([4]), f: zeros([4]), o: zeros([4]) },
  h: zeros([2, 4]),
  c: zeros([2, 4]),
});

it('says what does not fit', () => {
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

it('runs on every backend that is tested here', () => expect(hasPeepholeLstmSequence()).toBe(true));
