/** What a person who has no types may give in the place of what is wanted. */
import { gru, lstm } from '@elman/cells';
import { ElmanError, Rng } from '@elman/core';
import { beamSearch, contrastiveSearch, generate, sample, score, stochasticBeamSearch } from '@elman/decoding';
import { bidirectional, deep, layer, stack, unroll } from '@elman/rnn';
import { characterTokenizer } from '@elman/tokenizers';
import { evaluate } from '@elman/train';
import { zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { classifier, languageModel, regressor, seq2seq, tagger } from '../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 3 };
const cell = gru(sizes);
const params = cell.init(Rng.seeded(1));
const tokenizer = characterTokenizer.fromText('abc');
const model = languageModel(cell, tokenizer);
const inputs = zeros([1, 2, 3]) as never;
const never = (value: unknown) => value as never;

async function said(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    expect(ElmanError.isInstance(error), `${error}`).toBe(true);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

const aCell = 'expected a cell, such as lstm({ inputSize, hiddenSize })';
const aLayer = 'expected a layer, such as bidirectional(cell, cell) or layer(cell)';
const bound = 'decoding: model: expected a model with its parameters, such as model.bind(params)';
const fit = 'give those that its own init made, or that were trained from them.';
const vocabulary =
  'languageModel: vocabulary: expected a tokenizer, such as characterTokenizer.fromText(text), or { vocabSize }, got what has no vocabSize.';

describe('a slip is told in one line', () => {
  it.each<[string, () => unknown, string]>([
    [
      'a layer unrolled',
      () => unroll(never(layer(cell)), params, inputs),
      `unroll: cell: ${aCell}, got the layer gru.`,
    ],
    [
      'a factory unrolled',
      () => unroll(never(gru), params, inputs),
      `unroll: cell: ${aCell}, got the function gru: call it.`,
    ],
    [
      'parameters not waited for',
      () => unroll(cell, never(Promise.resolve(params)), inputs),
      'unroll: params: got a promise: wait for it with await.',
    ],
    ['no parameters', () => unroll(cell, never({}), inputs), `gru: params: bias: expected [9], got nothing; ${fit}`],
    [
      'parameters of another cell',
      () => unroll(never(lstm(sizes)), params, inputs),
      `lstm: params: bias: expected [12], got [9]; ${fit}`,
    ],
    ['cells beside each other', () => stack(never(cell)), 'stack: cells: expected a list of cells, got the cell gru.'],
    ['a layer in a stack', () => stack(never([layer(cell)])), `stack: part 0: ${aCell}, got the layer gru.`],
    [
      'a cell among layers',
      () => deep(never([cell])),
      'deep: part 0: expected a layer, such as layer(cell) or bidirectional(cell, cell), got the cell gru.',
    ],
    ['one direction', () => bidirectional(cell, never(undefined)), `bidirectional: backward: ${aCell}, got undefined.`],
    ['a layer as a cell', () => layer(never(layer(cell))), `layer: cell: ${aCell}, got the layer gru.`],
    [
      'a model of a factory',
      () => languageModel(never(lstm), tokenizer),
      `languageModel: cell: ${aCell}, got the function lstm: call it.`,
    ],
    ['a model without a vocabulary', () => languageModel(cell, never(undefined)), vocabulary],
    ['a model of a kind of tokenizer', () => languageModel(cell, never(characterTokenizer)), vocabulary],
    [
      'a classifier of a cell',
      () => classifier({ encoder: never(cell), classes: 2 }),
      `classifier: encoder: ${aLayer}, got the cell gru.`,
    ],
    [
      'a tagger of a cell',
      () => tagger({ encoder: never(cell), classes: 2 }),
      `tagger: encoder: ${aLayer}, got the cell gru.`,
    ],
    [
      'a regressor of a cell',
      () => regressor({ encoder: never(cell), outputSize: 2 }),
      `regressor: encoder: ${aLayer}, got the cell gru.`,
    ],
    [
      'a translator of cells',
      () => seq2seq(never({ encoder: cell, decoder: cell, source: tokenizer, target: tokenizer })),
      `seq2seq: encoder: ${aLayer}, got the cell gru.`,
    ],
    [
      'a translator of layers',
      () => seq2seq(never({ encoder: layer(cell), decoder: layer(cell), source: tokenizer, target: tokenizer })),
      'seq2seq: decoder: expected a cell, got the layer gru.',
    ],
    [
      'a model bound to nothing',
      () => model.bind(never({ cell: {}, embedding: {}, output: {} })),
      `languageModel: params: cell.bias: expected [9], got nothing; ${fit}`,
    ],
    [
      'a model bound to a promise',
      () => model.bind(never(Promise.resolve({}))),
      'languageModel: bind: params: got a promise: wait for it with await.',
    ],
    [
      'an evaluation without parameters',
      () =>
        evaluate(
          model,
          never({ cell: params }),
          never({
            batchesPerEpoch: 1,
            batch: () => ({ inputs: zeros([1, 2], 'int32'), targets: zeros([1, 2], 'int32') }),
          }),
        ),
      `evaluate: params: embedding.table: expected [4, 3], got nothing; ${fit}`,
    ],
  ])('%s', async (_, run, message) => {
    expect(await said(run)).toBe(message);
  });

  it('an unbound model cannot be decoded', async () => {
    const options = never({
      model,
      prompts: [[1]],
      prompt: [1],
      continuations: [[1]],
      maximumTokens: 2,
      beamWidth: 2,
      seed: 1,
    });
    const decoders: ((options: never) => unknown)[] = [
      generate,
      beamSearch,
      stochasticBeamSearch,
      contrastiveSearch,
      score,
    ];
    for (const decode of [...decoders, (given: never) => sample(given).next()]) {
      expect(await said(() => decode(options))).toBe(`${bound}, got the model languageModel.`);
    }
    expect(await said(() => generate(never({ prompts: [[1]] })))).toBe(`${bound}, got undefined.`);
  });
});
