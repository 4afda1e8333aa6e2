import { lstm } from '@elman/cells';
import { Rng, type Sequence, type Tree } from '@elman/core';
import { checkGradient } from '@elman/testkit';
import { slice, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { framePredictor } from '../src/index.ts';
import { batchOf, kinds } from './reading.ts';
import { conditionings, described } from './vectors.ts';

const options = { tolerance: 1e-2 };

for (const [name, kind] of Object.entries(kinds)) {
  it(`the gradient of ${name} agrees with finite differences`, async () => {
    const model = kind.make();
    const batch = batchOf(kind);
    const loss = (params: Tree) => model.loss(params as never, batch as never, []).loss;
    await expect(checkGradient(loss, model.init(Rng.seeded(2)) as Tree, options)).resolves.toBeUndefined();
  });
}

for (const [name, make] of Object.entries(conditionings)) {
  it(`the gradient of vectorToSequence with ${name} agrees with finite differences`, async () => {
    const model = make();
    const batch = described();
    const params = model.init(Rng.seeded(1));
    await expect(checkGradient((p) => model.loss(p, batch, []).loss, params, options)).resolves.toBeUndefined();
  });
}

for (const difference of [false, true]) {
  it(`the gradient of framePredictor${difference ? ' of differences' : ''} agrees with finite differences`, async () => {
    const model = framePredictor(lstm({ inputSize: 3, hiddenSize: 4 }), { difference });
    const frames = Rng.seeded('frames').tensor([2, 6, 3], (r) => r.normal()) as Sequence;
    const window = {
      inputs: slice(frames, [0, 0, 0], [2, 5, 3]),
      targets: slice(frames, [0, 1, 0], [2, 5, 3]),
      mask: tensor2d([1, 1, 1, 1, 1, 1, 1, 0, 0, 0], [2, 5]),
    };
    const loss = (params: ReturnType<typeof model.init>) => model.loss(params, window, model.initialState(2)).loss;
    await expect(checkGradient(loss, model.init(Rng.seeded(1)), options)).resolves.toBeUndefined();
  });
}
