import { type Frame, Rng, type Sequence, type Steps, tree, valueAndGrad } from '@elman/core';
import { hasLstmSequence } from '@elman/kernels';
import { scanFrames, unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { add, getBackend, mul, profile, type Scalar, sum, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type LstmParams, type LstmState, lstm } from '../src/index.ts';

const cell = lstm({ inputSize: 3, hiddenSize: 5 });
const draw = (rng: Rng, shape: number[]) => rng.tensor(shape, (r) => r.normal());
const rng = Rng.seeded(1);
const params = cell.init(rng.fork('params'));
const inputs = draw(rng.fork('inputs'), [4, 3, 3]) as Sequence;
const mask = tensor2d([1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0], [4, 3]);
const start: LstmState = { h: draw(rng.fork('h'), [4, 5]) as Frame, c: draw(rng.fork('c'), [4, 5]) as Frame };
const weights = draw(rng.fork('weights'), [4, 3, 5]);

type All = { readonly params: LstmParams; readonly start: LstmState; readonly inputs: Sequence };

for (const reverse of [false, true]) {
  it(`is a sequence equal to its steps, in values and gradients${reverse ? ', reverse' : ''}`, async () => {
    const everything = (run: (all: All) => Steps<LstmState>) => {
      const { value, grads, aux } = valueAndGrad(
        (all: All) => {
          const { outputs, state } = run(all);
          const loss = add(add(sum(mul(outputs, weights)), sum(state.h)), sum(state.c)) as Scalar;
          return { loss, aux: { outputs, state } };
        },
        { params, start, inputs },
      );
      return { value, grads, aux };
    };
    const sequence = everything((all) => unroll(cell, all.params, all.inputs, { state: all.start, mask, reverse }));
    const steps = everything((all) => {
      const step = (state: LstmState, x: Frame) => cell.step(all.params, state, x);
      return scanFrames(step, all.start, all.inputs, { mask, reverse });
    });
    await expectTreesClose(sequence, steps);
    tree.dispose([sequence, steps]);
  });
}

it('is one op on backends that have it, and the ops of its steps elsewhere', async () => {
  const projected = draw(rng.fork('projected'), [4, 3, 20]) as Sequence;
  const { kernelNames } = await profile(
    () => cell.scan?.(params, start, projected, { context: undefined }).outputs as Tensor2D & Sequence,
  );
  // On webgl and webgpu it consists of shaders, not of a named kernel.
  const named = hasLstmSequence() && !['webgl', 'webgpu'].includes(getBackend());
  expect(kernelNames.some((name) => name.startsWith('ElmanLstmSequence'))).toBe(named);
  expect(kernelNames.includes('Tanh')).toBe(!hasLstmSequence());
});
