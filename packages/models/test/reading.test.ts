import { gru } from '@elman/cells';
import { DataError, OptionError, Rng, ShapeError, tree, valueAndGrad } from '@elman/core';
import { layer } from '@elman/rnn';
import { tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { classifier, regressor, tagger } from '../src/index.ts';
import { describeReading } from './describe-reading.ts';
import { attention, batches, both, type Kind, kinds, V } from './reading.ts';

/** One of each kind; the others run in Node. */
for (const name of ['a classifier by last outputs', 'a tagger', 'a regressor of each frame']) {
  describeReading(name, kinds[name] as Kind);
}

describe('models that read', () => {
  const vocabulary = { vocabSize: V };

  it('take rows without frames, with finite outputs', async () => {
    const inputs = batches.ids(4, 1);
    const mask = tensor2d([1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1], [3, 4]);
    for (const pooling of ['state', 'last', 'mean', 'max', attention(6)] as const) {
      const model = classifier({ encoder: both(), vocabulary, classes: 2, pooling });
      const params = model.init(Rng.seeded(4));
      const { value, grads } = valueAndGrad((p) => {
        const { loss } = model.loss(p, { inputs, mask, targets: batches.classes() }, []);
        return { loss, aux: {} };
      }, params);
      for (const [path, tensor] of tree.entries({ value, grads })) {
        expect([path, pooling, (await tensor.data()).every(Number.isFinite)]).toEqual([path, pooling, true]);
      }
    }
  });

  it('count the unmasked targets', async () => {
    const model = tagger({ encoder: both(), vocabulary, classes: 2 });
    const params = model.init(Rng.seeded(5));
    const given = { inputs: batches.ids(4, 1), mask: batches.mask(4), targets: batches.tags(4, 0) };
    const targetMask = tensor2d([0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0], [3, 4]);
    expect(await model.loss(params, given, []).count.data()).toEqual(new Float32Array([7]));
    expect(await model.loss(params, { ...given, targetMask }, []).count.data()).toEqual(new Float32Array([3]));
  });

  it('give classes their names', async () => {
    const encoder = layer(gru({ inputSize: 3, hiddenSize: 4 }));
    const model = classifier({ encoder, vocabulary, classes: ['no', 'yes'] });
    const [said] = await model.predict(model.init(Rng.seeded(6)), [[1, 2]]);
    expect(said?.label).toBe(['no', 'yes'][said?.class as number]);
    const tags = tagger({ encoder, vocabulary, classes: ['a', 'b'] });
    const [tagged] = await tags.predict(tags.init(Rng.seeded(6)), [[1, 2, 3]]);
    expect(tagged?.labels).toEqual(Array.from(tagged?.classes ?? [], (id) => ['a', 'b'][id]));
    expect(tagged?.labels).toHaveLength(3);
  });

  it('refuse invalid sequences in one line', async () => {
    const encoder = layer(gru({ inputSize: 3, hiddenSize: 4 }));
    const model = classifier({ encoder, vocabulary, classes: 2 });
    const params = model.init(Rng.seeded(7));
    const refused = (sequence: unknown) => model.predict(params, [[1], sequence] as number[][]);
    await expect(refused([])).rejects.toThrow('classifier: predict: sequence 1: expected one frame or more, got none');
    await expect(refused([1, 5])).rejects.toThrow(/sequence 1: expected ids from 0 to 4, got 5; encode it/);
    await expect(refused([0.5])).rejects.toThrow(/got 0.5/);
    await expect(refused([])).rejects.toThrow(DataError);
    const ofFrames = regressor({ encoder, outputSize: 1 });
    const wide = ofFrames.predict(ofFrames.init(Rng.seeded(7)), [[[1, 2]]]);
    await expect(wide).rejects.toThrow(/regressor: predict: sequence 0: expected frames of 3 numbers, got 2/);
    const inputs = batches.ids(4, 1);
    expect(() => model.logits(params, { inputs: zeros([2, 3]) })).toThrow(/inputs: expected ids int32, got float32/);
    expect(() => model.logits(params, { inputs: zeros([2, 0], 'int32') })).toThrow(/expected one frame or more/);
    expect(() => model.logits(params, { inputs, mask: zeros([3, 5]) })).toThrow(ShapeError);
    expect(() => model.loss(params, { inputs, targets: tensor1d([1], 'int32') }, [])).toThrow(/targets: .*\[1\]/);
    expect(() => ofFrames.outputs(params, { inputs: zeros([2, 3, 4]) })).toThrow(/inputSize=3\], got \[2, 3, 4\]/);
  });

  it('refuse incompatible parts', () => {
    const encoder = both();
    const no = (f: () => unknown, message: RegExp): void => {
      expect(f).toThrow(message);
      expect(f).toThrow(OptionError);
    };
    no(() => classifier({ encoder, classes: 1 }), /classes: expected two or more, got 1/);
    no(() => classifier({ encoder, classes: ['a', 'b', 'a'] }), /names that differ, got "a" twice/);
    no(() => classifier({ encoder, classes: 2, pooling: 'median' as never }), /pooling: .*got "median"/);
    no(() => classifier({ encoder, classes: 2, pooling: attention(5) }), /memorySize=6.*got 5/);
    no(() => tagger({ encoder, classes: 2, dropout: 1 }), /dropout/);
    no(() => tagger({ encoder, classes: 2, vocabulary: { vocabSize: 0 } }), /vocabSize/);
    no(() => regressor({ encoder, outputSize: 0 }), /outputSize/);
    no(() => regressor({ encoder, outputSize: 1, of: 'word' as never }), /of: expected sequence or frame, got word/);
    no(() => regressor({ encoder, outputSize: 1, of: 'frame', pooling: 'mean' }), /pooling: expected none/);
  });
});
