/** Models refuse data of another kind with one line of advice. */
import { gru } from '@elman/cells';
import { DataError, OptionError, Rng, ShapeError, tree } from '@elman/core';
import { padded } from '@elman/data';
import { layer } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { cast, ones, reshape, type Tensor, type Tensor3D, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { classifier, framePredictor, regressor, tagger, vectorBatch, vectorPairs } from '../src/index.ts';

const encoder = layer(gru({ inputSize: 2, hiddenSize: 3 }));
const vocabulary = { vocabSize: 5 };
const ids = zeros([3, 4], 'int32');
const frames = zeros([3, 4, 2]);

const refused = (f: () => unknown, message: string): void => {
  expect(f).toThrow(message);
  expect(f).toThrow(ShapeError);
  expect(f).toThrow(/^[^\n]+\.$/);
};

describe('inputs', () => {
  const ofIds = classifier({ encoder, vocabulary, classes: 2 });
  const ofFrames = regressor({ encoder, outputSize: 1 });
  const series = framePredictor(gru({ inputSize: 2, hiddenSize: 3 }));
  const params = {
    ids: ofIds.init(Rng.seeded(1)),
    frames: ofFrames.init(Rng.seeded(1)),
    series: series.init(Rng.seeded(1)),
  };

  it('are ids where a model has a vocabulary', () => {
    refused(
      () => ofIds.logits(params.ids, { inputs: frames }),
      'classifier: inputs: expected ids int32, got float32 [3, 4, 2]; to read frames of numbers leave out the vocabulary.',
    );
    refused(() => ofIds.logits(params.ids, { inputs: ones([3], 'int32') }), 'expected [batch, time], got [3]; to read');
  });

  it('are frames where it has none', () => {
    const advice = 'give each time step as a list of 2 numbers, or a `vocabulary` to read ids.';
    refused(
      () => ofFrames.outputs(params.frames, { inputs: ids }),
      `regressor: inputs: expected frames float32, got int32 [3, 4]; ${advice}`,
    );
    refused(
      () => ofFrames.outputs(params.frames, { inputs: zeros([3, 4]) }),
      `regressor: inputs: expected [batch, time, inputSize=2], got [3, 4]; ${advice}`,
    );
    const ofOne = regressor({ encoder: layer(gru({ inputSize: 1, hiddenSize: 3 })), outputSize: 1 });
    refused(() => ofOne.outputs(params.frames, { inputs: ids }), 'give each time step as a list of one number, or');
  });

  it('of a frame predictor are frames', () => {
    const loss = (inputs: Tensor, targets: Tensor) =>
      series.loss(params.series, { inputs, targets } as never, series.initialState(3));
    refused(
      () => loss(ids, ids),
      "framePredictor: inputs: expected frames float32, got int32 [3, 4]; give each time step as a list of 2 numbers, the cell's " +
        'inputSize; ids are for a languageModel.',
    );
    refused(
      () => loss(frames, ids),
      'framePredictor: targets: expected frames float32, got int32 [3, 4]; give the frame after each',
    );
    refused(
      () => loss(frames, zeros([3, 4, 1])),
      'targets: expected [batch=3, time=4, frameSize=2], got [3, 4, 1]; give the frame',
    );
  });

  it('are refused by predict, too', async () => {
    const no = async (said: Promise<unknown>, message: string) => {
      await expect(said).rejects.toThrow(message);
      await expect(said).rejects.toThrow(DataError);
    };
    const byIds = (given: unknown) => ofIds.predict(params.ids, given as number[][]);
    const byFrames = (given: unknown) => ofFrames.predict(params.frames, given as number[][][]);
    await no(byIds([[[0.1, 0.2]]]), 'sequence 0: expected ids from 0 to 4, got frames of numbers; encode it');
    await no(byIds(['ab']), 'sequence 0: expected ids from 0 to 4, got "a"; encode it');
    await no(byIds([[1, Number.NaN]]), 'got NaN; encode it');
    await no(byIds([1, 2]), 'sequence 0: expected a list, got 1; give a list of sequences.');
    await no(
      byFrames([[1, 2]]),
      'sequence 0: expected frames of 2 numbers, got single numbers; give each time step as a list.',
    );
    await no(
      byFrames([
        [
          [1, 2],
          [1, Number.NaN],
        ],
      ]),
      'sequence 0: expected numbers that are finite as float32, got NaN.',
    );
  });
});

describe('targets', () => {
  it('of a classifier are classes', () => {
    const model = classifier({ encoder, vocabulary, classes: 2 });
    const params = model.init(Rng.seeded(1));
    const loss = (targets: Tensor) => model.loss(params, { inputs: ids, targets }, []);
    const advice =
      'give each sequence one class from 0 to 1; classes of frames are for a tagger, numbers for a regressor.';
    refused(() => loss(zeros([3, 1])), `classifier: targets: expected classes int32, got float32 [3, 1]; ${advice}`);
    refused(() => loss(zeros([3, 4], 'int32')), `classifier: targets: expected [batch=3], got [3, 4]; ${advice}`);
    const { targets } = padded(
      [
        { inputs: [1], targets: 1 },
        { inputs: [2], targets: 0.5 },
      ],
      { batchSize: 2 },
    ).batch(0, 0);
    refused(() => loss(targets), 'got float32 [2, 1]');
  });

  it('of a tagger are a class for each frame', () => {
    const model = tagger({ encoder, vocabulary, classes: 2 });
    const params = model.init(Rng.seeded(1));
    const loss = (targets: Tensor) => model.loss(params, { inputs: ids, targets }, []);
    const advice =
      'give each time step a class from 0 to 1; classes of whole sequences are for a classifier, numbers for a regressor.';
    refused(() => loss(zeros([3], 'int32')), `tagger: targets: expected [batch=3, time=4], got [3]; ${advice}`);
    refused(() => loss(zeros([3, 4, 1])), `tagger: targets: expected classes int32, got float32 [3, 4, 1]; ${advice}`);
  });

  it('of a regressor are numbers of sequences, or of frames', () => {
    const lossOf = (outputSize: number, of: 'sequence' | 'frame') => {
      const model = regressor({ encoder, outputSize, of });
      const params = model.init(Rng.seeded(1));
      return (targets: Tensor) => model.loss(params, { inputs: frames, targets }, []);
    };
    refused(
      () => lossOf(1, 'sequence')(zeros([3, 4, 1])),
      "regressor: targets: expected [rows=3, outputSize=1], got [3, 4, 1]; give each sequence a list of one number; `of: 'frame'` wants them of each time step.",
    );
    refused(
      () => lossOf(2, 'sequence')(zeros([3])),
      'expected [rows=3, outputSize=2], got [3]; give each sequence a list of 2 numbers;',
    );
    refused(
      () => lossOf(1, 'frame')(zeros([3, 1])),
      "regressor: targets: expected [rows=3, time=4, outputSize=1], got [3, 1]; give each time step a list of one number; without `of: 'frame'`",
    );
    refused(() => lossOf(2, 'sequence')(zeros([3, 2], 'bool')), 'expected numbers float32, got bool [3, 2]');
  });

  it('of a regressor of one number may be whole, and without an axis for it', async () => {
    const numbers = tensor1d([1, 0, 3]);
    const model = regressor({ encoder, outputSize: 1 });
    const params = model.init(Rng.seeded(1));
    const loss = (targets: Tensor) => model.loss(params, { inputs: frames, targets }, []).loss;
    const wanted = loss(tensor2d([1, 0, 3], [3, 1]));
    for (const targets of [numbers, cast(numbers, 'int32'), tensor2d([1, 0, 3], [3, 1], 'int32')]) {
      await expectTreesClose(loss(targets), wanted);
    }
    const each = regressor({ encoder, outputSize: 1, of: 'frame' });
    const given = Rng.seeded(2).tensor([3, 4, 1], (r) => r.integer(9)) as Tensor3D;
    const lossOfEach = (targets: Tensor) => each.loss(params, { inputs: frames, targets }, []).loss;
    await expectTreesClose(lossOfEach(cast(reshape(given, [3, 4]), 'int32')), lossOfEach(given));
    tree.dispose(params);
  });
});

it('vectors and their sequences are numbers and ids', () => {
  const make = (vector: unknown, target: unknown, boundary = 4) => {
    const pairs = [
      { vector: [1], target: [2] },
      { vector, target },
    ] as never;
    return [() => vectorPairs(pairs, { batchSize: 1, boundary }), () => vectorBatch(pairs, boundary)];
  };
  const no = (given: (() => unknown)[], message: string, type: typeof DataError | typeof OptionError = DataError) => {
    for (const f of given) {
      expect(f).toThrow(message);
      expect(f).toThrow(type);
    }
  };
  no(make([Number.NaN], [1]), 'pair 1: vector: expected numbers that are finite as float32, got NaN at 0.');
  no(make([1, 2], [1]), 'pair 1: expected a vector of 1 numbers as in pair 0, got 2.');
  no(
    make([1], [3, 0.5]),
    'pair 1: target: expected ids, whole numbers from 0, got 0.5 at 1; encode it with a tokenizer.',
  );
  no(make([1], [-1]), 'got -1 at 0');
  no(make([1], [1], 0.5), 'boundary: expected an id, got 0.5.', OptionError);
});
