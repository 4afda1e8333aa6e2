import { gru } from '@elman/cells';
import { DataError, Rng } from '@elman/core';
import { getBackend, ones, type Tensor2D, type Tensor3D, tensor1d, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { languageModel, memoryNetwork } from '../src/index.ts';

/** On these backends ids are in host memory. */
describe.runIf(['cpu', 'wasm'].includes(getBackend()))('ids out of range are refused', () => {
  const refused = (f: () => unknown, message: RegExp): void => {
    expect(f).toThrow(message);
    expect(f).toThrow(DataError);
  };

  it.each(['learned', 'one-hot'] as const)('by a language model, %s', (embedding) => {
    const model = languageModel(gru({ inputSize: 4, hiddenSize: 3 }), { vocabSize: 4 }, { embedding });
    const params = model.init(Rng.seeded(1));
    const bound = model.bind(params);
    // With fewer and with more frames than tokens: looked up in the table, or in its projection.
    for (const time of [2, 6]) {
      const window = (ids: number[]) => {
        const inputs = tensor2d([...ids, ...Array<number>(time - 2).fill(0)], [1, time], 'int32');
        return { inputs, targets: inputs };
      };
      const loss = (ids: number[]) => model.loss(params, window(ids), model.initialState(1));
      refused(() => loss([0, 9]), /ids: expected 0 to 3, got 9 at \[0, 1\]; the vocabulary has 4 ids/);
      refused(() => loss([-1, 0]), /got -1 at \[0, 0\]/);
      loss([0, 3]);
    }
    refused(() => bound.next(bound.initialState(1), tensor1d([4], 'int32')), /got 4 at \[0, 0\]/);
  });

  it('by a memory network', () => {
    const model = memoryNetwork({ vocabulary: ['', 'a', 'b'], hops: 1, memorySize: 2 });
    const params = model.init(Rng.seeded(1));
    const read = (word: number, asked: number) =>
      model.read(params, {
        sentences: tensor3d([word, 1], [1, 1, 2], 'int32') as Tensor3D,
        mask: ones([1, 1]) as Tensor2D,
        questions: tensor2d([asked], [1, 1], 'int32'),
      });
    refused(() => read(3, 1), /memoryNetwork: sentences: expected 0 to 2, got 3 at \[0, 0, 0\]/);
    refused(() => read(1, -2), /memoryNetwork: questions: expected 0 to 2, got -2/);
    read(2, 2);
  });
});
