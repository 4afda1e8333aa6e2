import { type Cell, Rng, type Sequence, type Tree, tree, valueAndGrad } from '@elman/core';
import { type AnyLayer, bidirectional, deep, layer, lengthsToMask } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import {
  add,
  getBackend,
  mul,
  type Scalar,
  stack,
  sum,
  type Tensor,
  type Tensor1D,
  tensor,
  unstack,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import fixture from '../fixtures/pytorch.json' with { type: 'json' };
import {
  gru,
  gruFromPyTorch,
  gruToPyTorch,
  lstm,
  lstmFromPyTorch,
  lstmToPyTorch,
  type PyTorchWeights,
  simpleRnn,
  simpleRnnFromPyTorch,
  simpleRnnToPyTorch,
} from '../src/index.ts';

type Numbers = readonly (number | Numbers)[];
type Named = { readonly [name: string]: Numbers };
/** A case of the fixture; see the script next to it. */
type Case = {
  readonly kind: 'rnn_tanh' | 'rnn_relu' | 'lstm' | 'gru';
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly lengths: readonly number[] | null;
  readonly parameters: Named;
  readonly inputs: Numbers;
  readonly start: Named;
  readonly outputWeights: Numbers;
  readonly stateWeights: Named;
  readonly outputs: Numbers;
  readonly final: Named;
  readonly gradients: { readonly parameters: Named; readonly inputs: Numbers; readonly start: Named };
};

const onGraphicsDevice = ['webgl', 'webgpu'].includes(getBackend());
/** Relative to the largest value of each tensor. */
const relative = onGraphicsDevice ? 1e-4 : 1e-5;
const cases = fixture.cases as unknown as readonly Case[];

type Sizes = { readonly inputSize: number; readonly hiddenSize: number };
const cells: { readonly [kind: string]: (sizes: Sizes) => Cell<Tree, Tree> } = {
  rnn_tanh: (sizes) => simpleRnn(sizes) as Cell<Tree, Tree>,
  rnn_relu: (sizes) => simpleRnn({ ...sizes, activation: 'relu' }) as Cell<Tree, Tree>,
  lstm: (sizes) => lstm(sizes) as Cell<Tree, Tree>,
  gru: (sizes) => gru(sizes) as Cell<Tree, Tree>,
};
const convert: { readonly [kind: string]: (weights: PyTorchWeights) => Tree } = {
  rnn_tanh: simpleRnnFromPyTorch,
  rnn_relu: simpleRnnFromPyTorch,
  lstm: lstmFromPyTorch,
  gru: gruFromPyTorch,
};

const toTensor = (numbers: Numbers): Tensor => tensor(numbers as number[]);

/** One entry per layer: the result of `each` for that layer, in both directions if there are two. */
function places({ layers, bidirectional: both }: Case, each: (layer: number, direction: number) => Tree): Tree {
  return Array.from({ length: layers }, (_, i) => (both ? { forward: each(i, 0), backward: each(i, 1) } : each(i, 0)));
}

function weightsAt(named: Named, at: number, direction: number): PyTorchWeights {
  const suffix = `_l${at}${direction === 1 ? '_reverse' : ''}`;
  const names = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'];
  return Object.fromEntries(names.map((name) => [name, toTensor(named[`${name}${suffix}`] as Numbers)])) as never;
}

/** Two biases that are summed both have the gradient of the sum: all except those of the GRU's n. */
function gradientsOf(kind: string, weights: PyTorchWeights): PyTorchWeights {
  if (kind !== 'gru') return { ...weights, bias_hh: zerosLike(weights.bias_hh) };
  const size = weights.bias_hh.size;
  const onlyNew = tensor(Array.from({ length: size }, (_, i) => (i < (2 * size) / 3 ? 0 : 1)));
  return { ...weights, bias_hh: mul(weights.bias_hh, onlyNew) as Tensor1D };
}

function statesOf(given: Case, named: Named): Tree {
  const directions = given.bidirectional ? 2 : 1;
  return places(given, (at, direction) =>
    tree.map(
      Object.fromEntries(Object.entries(named).map(([name, numbers]) => [name, toTensor(numbers)])),
      (leaf) => unstack(leaf)[at * directions + direction] as Tensor,
    ),
  );
}

function layersOf({ kind, layers, bidirectional: both }: Case): AnyLayer {
  const { hiddenSize } = fixture;
  const make = cells[kind] as (sizes: Sizes) => Cell<Tree, Tree>;
  return deep(
    Array.from({ length: layers }, (_, i) => {
      const inputSize = i === 0 ? fixture.inputSize : hiddenSize * (both ? 2 : 1);
      const one = (): Cell<Tree, Tree> => make({ inputSize, hiddenSize });
      return both ? bidirectional(one(), one()) : layer(one());
    }) as AnyLayer[],
  ) as unknown as AnyLayer;
}

// On a software GPU an op takes milliseconds, so there only the form that includes all others.
for (const given of cases.filter((each) => !onGraphicsDevice || (each.layers === 2 && each.bidirectional))) {
  const { kind, layers, lengths, bidirectional: both } = given;
  const form = `${layers} layer${layers > 1 ? 's' : ''}${both ? ', bidirectional' : ''}${lengths ? `, lengths ${lengths}` : ''}`;
  it(`${kind}: outputs, states and all gradients are PyTorch's: ${form}`, async () => {
    const network = layersOf(given);
    const fromPyTorch = convert[kind] as (weights: PyTorchWeights) => Tree;
    const params = places(given, (at, direction) => fromPyTorch(weightsAt(given.parameters, at, direction)));
    const start = statesOf(given, given.start);
    const inputs = toTensor(given.inputs) as Sequence;
    const mask = lengths ? lengthsToMask(lengths, inputs.shape[1]) : undefined;
    const outputWeights = toTensor(given.outputWeights);
    const stateWeights = statesOf(given, given.stateWeights);

    const { grads, aux } = valueAndGrad(
      (at: { params: Tree; inputs: Sequence; start: Tree }) => {
        const { outputs, state } = network.run(at.params, at.inputs, { state: at.start, mask });
        const weighted = tree.leaves(tree.zip(state, stateWeights, (leaf, weight) => sum(mul(leaf, weight))));
        const loss = add(sum(mul(outputs, outputWeights)), sum(stack(weighted))) as Scalar;
        return { loss, aux: { outputs, final: state } as Tree };
      },
      { params, inputs, start },
    );

    const expected = { outputs: toTensor(given.outputs), final: statesOf(given, given.final) };
    await expectTreesClose(aux, expected, { relative, absolute: 0, where: kind });
    const { gradients } = given;
    const expectedGradients = {
      params: places(given, (at, direction) =>
        fromPyTorch(gradientsOf(kind, weightsAt(gradients.parameters, at, direction))),
      ),
      inputs: toTensor(gradients.inputs),
      start: statesOf(given, gradients.start),
    };
    await expectTreesClose(grads, expectedGradients, { relative, absolute: 0, where: `${kind}: gradient` });
  });
}

it('weights are unchanged by a round trip through the layout of PyTorch', async () => {
  const sizes = { inputSize: 2, hiddenSize: 3 };
  const rng = Rng.seeded(1);
  const random = <P extends Tree>(params: P): P =>
    tree.map(params, (leaf) => rng.tensor(leaf.shape, (r) => r.normal()));
  const same = { relative: 0, absolute: 0 };
  const ofRnn = random(simpleRnn(sizes).init(rng));
  const ofLstm = random(lstm(sizes).init(rng));
  const ofGru = random(gru(sizes).init(rng));
  await expectTreesClose(simpleRnnFromPyTorch(simpleRnnToPyTorch(ofRnn)), ofRnn, same);
  await expectTreesClose(lstmFromPyTorch(lstmToPyTorch(ofLstm)), ofLstm, same);
  await expectTreesClose(gruFromPyTorch(gruToPyTorch(ofGru)), ofGru, same);
});

it('weights of another cell are refused by name', () => {
  const params = lstm({ inputSize: 2, hiddenSize: 3 }).init(Rng.seeded(1));
  expect(() => gruFromPyTorch(lstmToPyTorch(params))).toThrow(
    'gruFromPyTorch: weight_hh: expected [3·hiddenSize=9, hiddenSize=3], got [12, 3].',
  );
});
