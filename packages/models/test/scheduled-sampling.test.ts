import { lstm } from '@elman/cells';
import { Rng, type TokenModel } from '@elman/core';
import {
  add,
  fill,
  mod,
  mul,
  oneHot,
  scalar,
  type Tensor1D,
  type Tensor2D,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { languageModel } from '../src/index.ts';
import { mixInputs } from '../src/scheduled-sampling.ts';
import { expectClose, lossAndGrads, randomWindow } from './support.ts';

/** Predicts i + 1 after token i with certainty. */
const counting: TokenModel<Record<string, never>> = {
  vocabSize: 5,
  initialState: () => ({}),
  next: (state, tokens) => ({
    logits: mul(oneHot(mod(add(tokens, scalar(1, 'int32')), scalar(5, 'int32')) as Tensor1D, 5), 50) as Tensor2D,
    state,
  }),
};

describe('scheduled sampling', () => {
  it("feeds the inputs with probability 0, and the model's tokens with probability 1", async () => {
    const inputs = tensor2d(
      [
        [2, 0, 0, 0, 0, 0],
        [4, 4, 4, 4, 4, 4],
      ],
      undefined,
      'int32',
    );
    const never = mixInputs(counting, {}, inputs, 0, Rng.seeded(1));
    expect(never.dtype).toBe('int32');
    expect(await never.array()).toEqual(await inputs.array());
    const always = mixInputs(counting, {}, inputs, 1, Rng.seeded(1));
    expect(await always.array()).toEqual([
      [2, 3, 4, 0, 1, 2],
      [4, 0, 1, 2, 3, 4],
    ]);
  });

  it('decides independently for each row and frame', async () => {
    const inputs = fill([40, 20], 0, 'int32') as Tensor2D;
    const constant = {
      ...counting,
      next: (state: object) => ({ logits: mul(oneHot(fill([40], 3, 'int32') as Tensor1D, 5), 50) as Tensor2D, state }),
    };
    const mixed = (await mixInputs(constant as never, {}, inputs, 0.3, Rng.seeded(2)).array()) as number[][];
    const share = (ids: number[]): number => ids.filter((id) => id === 3).length / ids.length;
    expect(share(mixed.map((row) => row[0] as number))).toBe(0);
    expect(share(mixed.flatMap((row) => row.slice(1)))).toBeCloseTo(0.3, 1);
    expect(new Set(mixed.map((row) => row.join(''))).size).toBeGreaterThan(30);
  });

  it('draws from the softmax of the logits', async () => {
    const odds = {
      ...counting,
      next: (state: object) => ({
        logits: add(zeros([500, 5]), [Math.log(4), Math.log(3), Math.log(2), Math.log(1), -1e4]) as Tensor2D,
        state,
      }),
    };
    const inputs = fill([500, 5], 4, 'int32') as Tensor2D;
    const drawn = (await mixInputs(odds as never, {}, inputs, 1, Rng.seeded(3)).array()) as number[][];
    const ids = drawn.flatMap((row) => row.slice(1));
    [0.4, 0.3, 0.2, 0.1, 0].forEach((p, id) => {
      expect(ids.filter((x) => x === id).length / ids.length).toBeCloseTo(p, 1);
    });
  });

  it('leaves padding unchanged', async () => {
    const inputs = tensor2d([[2, 0, 0, 0, 0, 0]], undefined, 'int32');
    const mask = tensor2d([[1, 1, 1, 1, 0, 0]]);
    const mixed = await mixInputs(counting, {}, inputs, 1, Rng.seeded(1), mask).array();
    expect(mixed).toEqual([[2, 3, 4, 0, 0, 0]]);
  });

  it('is teacher forcing with probability 0', async () => {
    const model = languageModel(lstm({ inputSize: 3, hiddenSize: 4 }), { vocabSize: 5 });
    const params = model.init(Rng.seeded(4));
    const window = randomWindow(5, 5, 2, 4);
    const rng = Rng.seeded(6);
    expect(await lossAndGrads(model, params, window, { rng, sampling: 0 })).toEqual(
      await lossAndGrads(model, params, window, { rng }),
    );
  });

  it('takes the gradient as if the tokens drawn had been given', async () => {
    const model = languageModel(lstm({ inputSize: 3, hiddenSize: 4 }), { vocabSize: 5 });
    const params = model.init(Rng.seeded(7));
    const window = randomWindow(8, 5, 3, 6);
    const rng = Rng.seeded(9);
    const mixed = mixInputs(model.bind(params), model.initialState(3), window.inputs, 0.7, rng.fork('sampling'));
    expect(await mixed.array()).not.toEqual(await window.inputs.array());
    const sampled = await lossAndGrads(model, params, window, { rng, sampling: 0.7 });
    const given = await lossAndGrads(model, params, { ...window, inputs: mixed });
    expect(sampled.loss).toBeCloseTo(given.loss, 5);
    expectClose(sampled.grads, given.grads);
  });
});
