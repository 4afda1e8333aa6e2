import { additiveAttention, multiplicativeAttention } from '@elman/attention';
import { gru, lstm } from '@elman/cells';
import { OptionError, Rng, tree } from '@elman/core';
import { generate } from '@elman/decoding';
import { layer } from '@elman/rnn';
import { concat, memory, reshape, slice, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { seq2seq } from '../src/index.ts';
import { attending, copying, encoder, sizes } from './copying.ts';

describe('seq2seq', () => {
  it('gives the same step by step as at once, with its attention weights', async () => {
    const model = attending();
    const params = model.init(Rng.seeded(1));
    const { sources, sourceMask, inputs } = copying('some', 5, 3).batch(0, 0);
    const whole = model.logits(params, { sources, sourceMask, inputs });
    const bound = model.bind(params, sources, sourceMask);
    let state = bound.initialState(3);
    const steps: Tensor2D[] = [];
    for (let t = 0; t < 5; t++) {
      const tokens = reshape(slice(inputs, [0, t], [3, 1]), [3]);
      const next = bound.next(state, tokens as never);
      steps.push(next.logits);
      state = next.state;
      const weights = (await (state as { weights: Tensor2D }).weights.array()) as number[][];
      const masks = (await (sourceMask as Tensor2D).array()) as number[][];
      weights.forEach((row, i) => {
        expect(row.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 4);
        row.forEach((w, j) => {
          if (masks[i]?.[j] === 0) expect(w).toBe(0);
        });
      });
    }
    const [found, wanted] = [await concat(steps, 1).data(), await whole.data()];
    wanted.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 4);
    });
    bound.dispose();
  });

  it('ignores the padding of a source', async () => {
    for (const reverseSource of [false, true]) {
      const model = seq2seq({
        ...sizes,
        reverseSource,
        encoder: layer(lstm({ inputSize: 4, hiddenSize: 5 })),
        decoder: lstm({ inputSize: 3 + 6, hiddenSize: 6 }),
        attention: multiplicativeAttention({ querySize: 6, memorySize: 5 }),
      });
      const params = model.init(Rng.seeded(2));
      const inputs = tensor2d([[0, 1]], undefined, 'int32');
      const short = model.logits(params, { sources: tensor2d([[2, 3]], undefined, 'int32'), inputs });
      const padded = {
        sources: tensor2d([[2, 3, 5, 5]], undefined, 'int32'),
        sourceMask: tensor2d([[1, 1, 0, 0]]),
        inputs,
      };
      const [wanted, found] = [await short.data(), await model.logits(params, padded).data()];
      wanted.forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 5);
      });
    }
  });

  it('decodes rows that end at different steps as it decodes each alone', async () => {
    const model = attending();
    const params = model.init(Rng.seeded(4));
    const { sources, sourceMask } = copying('some', 5, 4).batch(0, 0);
    const prompts = [[0], [0], [0], [0]];
    const options = {
      maximumTokens: 6,
      temperature: 0,
      stop: (ids: readonly number[]) => (ids.at(-1) as number) % 2 === 0,
    };
    const bound = model.bind(params, sources, sourceMask);
    const together = await generate({ model: bound, prompts, ...options });
    bound.dispose();
    expect(new Set(together.map(({ length }) => length)).size).toBeGreaterThan(1);
    for (const [row, wanted] of together.entries()) {
      const one = model.bind(
        params,
        slice(sources, [row, 0], [1, -1]),
        slice(sourceMask as Tensor2D, [row, 0], [1, -1]),
      );
      expect(await generate({ model: one, prompts: [[0]], ...options })).toEqual([wanted]);
      one.dispose();
    }
  });

  it('initialises its decoder by the bridge from the last states of its encoder', async () => {
    const parts = { ...sizes, encoder: layer(lstm({ inputSize: 4, hiddenSize: 5 })) };
    const decoder = lstm({ inputSize: 3, hiddenSize: 5 });
    const sources = tensor2d([[2, 3]], undefined, 'int32');
    const model = seq2seq({ ...parts, decoder, bridge: 'copy' });
    const params = model.init(Rng.seeded(1));
    expect(params.bridge).toEqual([]);
    const copied = model.bind(params, sources).initialState(1);
    const none = seq2seq({ ...parts, decoder, bridge: 'none' })
      .bind(params, sources)
      .initialState(1);
    for (const leaf of tree.leaves(none)) expect((await leaf.data()).every((x) => x === 0)).toBe(true);
    for (const leaf of tree.leaves(copied)) expect((await leaf.data()).some((x) => x !== 0)).toBe(true);
    expect(() => seq2seq({ ...parts, decoder: gru({ inputSize: 3, hiddenSize: 5 }), bridge: 'copy' })).toThrow(
      /must have the sizes 5 of the decoder's, got 5, 5/,
    );
  });

  it('leaks nothing, and refuses incompatible parts', () => {
    const model = attending();
    const params = model.init(Rng.seeded(1));
    const batch = copying('some', 4, 2).batch(0, 0);
    const before = memory().numTensors;
    tree.dispose(model.loss(params, batch, [], { metrics: true }));
    const bound = model.bind(params, batch.sources, batch.sourceMask);
    tree.dispose(bound.initialState(2));
    expect(() => bound.initialState(3)).toThrow(OptionError);
    bound.dispose();
    expect(memory().numTensors).toBe(before);
    const attention = additiveAttention({ querySize: 16, memorySize: 23, size: 16 });
    const decoder = gru({ inputSize: 24, hiddenSize: 16 });
    expect(() => seq2seq({ ...sizes, encoder: encoder(), decoder, attention })).toThrow(/memorySize=24.*got 23/);
  });
});
