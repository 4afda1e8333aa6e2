import { memoryStorage } from '@elman/checkpoint';
import { Rng, tree } from '@elman/core';
import { beamSearch, generate } from '@elman/decoding';
import { countTensors, expectTreesClose } from '@elman/testkit';
import {
  concat,
  memory,
  reshape,
  slice,
  stack as stackTensors,
  type Tensor1D,
  type Tensor2D,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { loadModel, saveModel, type VectorToSequenceOptions, vectorToSequence } from '../src/index.ts';
import { conditionings, described, gruFor, vocabulary } from './vectors.ts';

for (const [conditioning, make] of Object.entries(conditionings)) {
  describe(`vectorToSequence with ${conditioning === 'both' ? 'features as both' : `the vector as ${conditioning}`}`, () => {
    const model = make();
    const params = () => model.init(Rng.seeded(1));

    it('gives the same step by step as at once', async () => {
      const { vectors, inputs } = described();
      const own = params();
      const bound = model.bind(own, vectors);
      let state = bound.initialState(3);
      const steps: Tensor2D[] = [];
      for (let t = 0; t < 4; t++) {
        const next = bound.next(state, reshape(slice(inputs, [0, t], [3, 1]), [3]) as Tensor1D, bound.context);
        expect(next.features?.shape[0]).toBe(3);
        steps.push(next.logits);
        state = next.state;
      }
      await expectTreesClose(stackTensors(steps, 1), model.logits(own, { vectors, inputs }));
      expect(() => bound.initialState(2)).toThrow(/expected a row for each of the 3 vectors, got 2/);
      bound.dispose();
    });

    it('depends on the vector', async () => {
      const { vectors, inputs } = described();
      const own = params();
      const same = concat([slice(inputs, [0, 0], [1, 4]), slice(inputs, [0, 0], [1, 4])], 0) as Tensor2D;
      const said = model.logits(own, { vectors: slice(vectors, [0, 0], [2, 3]), inputs: same });
      const [one, other] = (await said.array()) as number[][][];
      expect(one?.[0]).not.toEqual(other?.[0]);
    });

    it('has a loss independent of padding, and leaks nothing', async () => {
      const own = params();
      const [short, other] = [described(), described(2)];
      const leaked = countTensors(() => tree.dispose(model.loss(own, short, [], { metrics: true })));
      expect(leaked).toBe(0);
      const rng = Rng.seeded(3);
      const options = { metrics: true, sampling: 0.5, rng } as const;
      expect(countTensors(() => tree.dispose(model.loss(own, short, [], options)))).toBe(0);
      await expectTreesClose(model.loss(own, other, [], options), model.loss(own, short, [], options));
    });

    it('decodes rows together as it decodes each alone', async () => {
      const own = params();
      const { vectors } = described();
      const options = { maximumTokens: 5, stop: [4] };
      const bound = model.bind(own, vectors);
      const prompts = [[0], [0], [0]];
      const together = await generate({ model: bound, prompts, temperature: 0, ...options });
      const beams = await beamSearch({ model: bound, prompts, beamWidth: 3, ...options });
      bound.dispose();
      for (let row = 0; row < 3; row++) {
        const one = model.bind(own, slice(vectors, [row, 0], [1, 3]));
        expect(await generate({ model: one, prompts: [[0]], temperature: 0, ...options })).toEqual([together[row]]);
        const [alone] = await beamSearch({ model: one, prompts: [[0]], beamWidth: 3, ...options });
        expect(alone?.[0]?.ids).toEqual(beams[row]?.[0]?.ids);
        one.dispose();
      }
    });

    it('predicts the same after it is saved and loaded', async () => {
      const own = params();
      const storage = memoryStorage();
      await saveModel(storage, { model, params: own });
      const loaded = await loadModel(storage, { kind: 'vectorToSequence' });
      expect(loaded.model.recipe).toEqual(model.recipe);
      const given = described();
      await expectTreesClose(loaded.model.logits(loaded.params, given), model.logits(own, given));
    });
  });
}

describe('vectorToSequence', () => {
  it('disposes its tensors', () => {
    const model = conditionings.both();
    const params = model.init(Rng.seeded(1));
    const { vectors } = described();
    const before = memory().numTensors;
    const bound = model.bind(params, vectors);
    tree.dispose(bound.initialState(3));
    bound.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('refuses incompatible parts', () => {
    const bad = (options: Partial<VectorToSequenceOptions<never, never>>) => () =>
      vectorToSequence({ decoder: gruFor(7), vectorSize: 3, vocabulary, ...(options as object) });
    expect(bad({ vectorSize: 7 })).toThrow(/expected inputSize above 7/);
    expect(bad({ vectorSize: 0 })).toThrow(/vectorSize/);
    expect(bad({ conditioning: 'key' as never })).toThrow(/expected input, state or both, got key/);
    expect(bad({ dropout: 1 })).toThrow(/dropout/);
    const model = conditionings.input();
    const params = model.init(Rng.seeded(1));
    const { inputs, targets } = described();
    const vectors = tensor2d([[1, 2]]);
    expect(() => model.bind(params, vectors)).toThrow(/vectors: expected \[batch, vectorSize=3\], got \[1, 2\]/);
    expect(() => model.loss(params, { vectors, inputs, targets }, [])).toThrow(/vectorSize=3/);
    expect(() => model.loss(params, described(), [], { sampling: 0.5 })).toThrow(/sampling: expected `rng` with it/);
    expect(() => model.loss(params, described(), [], { sampling: 2, rng: Rng.seeded(1) })).toThrow(
      /from 0 to 1, got 2/,
    );
  });
});
