import { memoryStorage } from '@elman/checkpoint';
import { Rng, tree, valueAndGrad } from '@elman/core';
import { countTensors, expectTreesClose } from '@elman/testkit';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type classifier, loadModel, saveModel } from '../src/index.ts';
import { batchOf, frames, type Kind, sequences } from './reading.ts';

/** Their common interface, without the types of their batches. */
type Anyone = {
  readonly name: 'classifier';
  init: ReturnType<typeof classifier>['init'];
  loss: ReturnType<typeof classifier>['loss'];
  predict(...given: unknown[]): Promise<unknown[]>;
};

/** All numbers of a prediction. */
const flat = (said: unknown): number[] =>
  typeof said === 'number'
    ? [said]
    : typeof said === 'string'
      ? []
      : ArrayBuffer.isView(said)
        ? Array.from(said as never as ArrayLike<number>)
        : Object.values(said as object).flatMap(flat);

/** Tests of every model that reads a sequence. */
export function describeReading(name: string, kind: Kind): void {
  describe(name, () => {
    const make = () => kind.make() as unknown as Anyone;
    const rows = kind.inputs === 'ids' ? sequences : frames;

    it('predicts a row independently of its batch', async () => {
      const model = make();
      const params = model.init(Rng.seeded(1));
      const together = await model.predict(params, rows);
      const apart = await model.predict(params, rows, { batchSize: 1 });
      expect(together).toHaveLength(3);
      for (const [i, said] of together.entries()) {
        const [found, wanted] = [flat(said), flat(apart[i])];
        expect(found.length).toBe(wanted.length);
        wanted.forEach((value, j) => {
          expect(found[j]).toBeCloseTo(value, 4);
        });
      }
      expect(await model.predict(params, [])).toEqual([]);
      tree.dispose(params);
    });

    it('has a loss and gradient independent of padding, and leaks nothing', async () => {
      const model = make();
      const params = model.init(Rng.seeded(2));
      const [short, long] = [batchOf(kind), batchOf(kind, 6, 0)];
      const taken = (batch: typeof short) =>
        valueAndGrad((p: typeof params) => {
          const { loss, count, metrics } = model.loss(p, batch as never, [], { metrics: true });
          return { loss, aux: { count, metrics } };
        }, params);
      const leaked = countTensors(() => tree.dispose(Object.values(taken(short))));
      expect(leaked).toBe(0);
      const [found, wanted] = [taken(long), taken(short)];
      await expectTreesClose(found.grads, wanted.grads);
      await expectTreesClose([found.value, found.aux], [wanted.value, wanted.aux]);
      tree.dispose([params, ...Object.values(short), ...Object.values(long)] as Tensor[]);
    });

    it('predicts the same after it is saved and loaded', async () => {
      const model = make();
      const params = model.init(Rng.seeded(3));
      const storage = memoryStorage();
      await saveModel(storage, { model, params });
      const loaded = await loadModel(storage, { kind: model.name });
      expect(loaded.model.recipe).toEqual(kind.make().recipe);
      expect(await loaded.model.predict(loaded.params, rows)).toEqual(await model.predict(params, rows));
      tree.dispose([params, loaded.params]);
    });
  });
}
