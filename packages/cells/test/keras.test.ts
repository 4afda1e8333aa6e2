import { type Cell, Rng, type Sequence, type Tree, tree } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { getBackend, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import fixture from '../fixtures/keras.json' with { type: 'json' };
import {
  gru,
  gruFromKeras,
  gruToKeras,
  type KerasResetAfterWeights,
  type KerasWeights,
  lstm,
  lstmFromKeras,
  lstmToKeras,
  resetBeforeGru,
  resetBeforeGruFromKeras,
  resetBeforeGruToKeras,
  simpleRnn,
  simpleRnnFromKeras,
  simpleRnnToKeras,
} from '../src/index.ts';

type Numbers = readonly (number | Numbers)[];
type Named = { readonly [name: string]: Numbers };
/** A case of the fixture; see the script next to it. */
type Case = {
  readonly kind: 'simpleRnn' | 'lstm' | 'gru' | 'resetBeforeGru';
  readonly weights: Named;
  readonly inputs: Numbers;
  readonly start: Named;
  readonly outputs: Numbers;
  readonly final: Named;
};

const { inputSize, hiddenSize } = fixture;
const sizes = { inputSize, hiddenSize };
type Layout = {
  readonly cell: Cell<Tree, Tree>;
  readonly from: (weights: KerasWeights & KerasResetAfterWeights) => Tree;
  readonly to: (params: never) => Tree;
};
const layouts: { readonly [kind: string]: Layout } = {
  simpleRnn: { cell: simpleRnn(sizes) as Cell<Tree, Tree>, from: simpleRnnFromKeras, to: simpleRnnToKeras },
  lstm: { cell: lstm(sizes) as Cell<Tree, Tree>, from: lstmFromKeras, to: lstmToKeras },
  gru: { cell: gru(sizes) as Cell<Tree, Tree>, from: gruFromKeras, to: gruToKeras },
  resetBeforeGru: {
    cell: resetBeforeGru(sizes) as Cell<Tree, Tree>,
    from: resetBeforeGruFromKeras,
    to: resetBeforeGruToKeras,
  },
};

const toTensor = (numbers: Numbers): Tensor => tensor(numbers as number[]);
const toTensors = (named: Named): { [name: string]: Tensor } =>
  Object.fromEntries(Object.entries(named).map(([name, numbers]) => [name, toTensor(numbers)]));
/** Relative to the largest value of each tensor. */
const relative = ['webgl', 'webgpu'].includes(getBackend()) ? 1e-4 : 1e-5;

for (const { kind, weights, inputs, start, outputs, final } of fixture.cases as unknown as readonly Case[]) {
  const { cell, from, to } = layouts[kind] as Layout;

  it(`${kind} with Keras's weights gives Keras's outputs and states`, async () => {
    const params = from(toTensors(weights) as never);
    const found = unroll(cell, params, toTensor(inputs) as Sequence, { state: toTensors(start) });
    const expected = { outputs: toTensor(outputs), state: toTensors(final) };
    await expectTreesClose(found, expected, { relative, absolute: 0, where: kind });
  });

  it(`${kind}: weights are unchanged by a round trip through the layout of Keras`, async () => {
    const rng = Rng.seeded(1);
    const params = tree.map(cell.init(rng), (leaf) => rng.tensor(leaf.shape, (r) => r.normal()));
    const there = to(params as never);
    await expectTreesClose(from(there as never), params, { relative: 0, absolute: 0 });
    const shapes = (of: Tree): unknown => tree.entries(of).map(([name, leaf]) => [name, leaf.shape]);
    expect(shapes(there)).toEqual(shapes(toTensors(weights)));
  });
}

it('weights of another cell are refused by name', () => {
  const params = lstm(sizes).init(Rng.seeded(1));
  expect(() => resetBeforeGruFromKeras(lstmToKeras(params))).toThrow(
    'resetBeforeGruFromKeras: recurrent_kernel: expected [hiddenSize=3, 3·hiddenSize=9], got [3, 12].',
  );
});
