import { type Cell, Rng, type Sequence, type Tree, tree, valueAndGrad } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { add, mul, type Scalar, stack, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import fixture from '../../fixtures/time-scales.json' with { type: 'json' };
import {
  clockworkRnn,
  dilated,
  exponentialTrace,
  hierarchicalMultiscaleLstm,
  leakyRnn,
  phasedLstm,
  scrn,
  simpleRnn,
  skipRnn,
  skipThroughTime,
  zoneout,
} from '../../src/index.ts';

type Numbers = readonly (number | Numbers)[];
type Named = { readonly [path: string]: Numbers };
/** A case of the fixture; see the script next to it. */
type Case = {
  readonly cell: string;
  readonly options: object;
  readonly parameters: Named;
  readonly start: Named;
  readonly inputs: Numbers;
  readonly outputWeights: Numbers;
  readonly stateWeights: Named;
  readonly outputs: Numbers;
  readonly final: Named;
  readonly gradients: { readonly parameters: Named; readonly start: Named; readonly inputs: Numbers };
};

const { inputSize, hiddenSize } = fixture;
const sizes = { inputSize, hiddenSize };
const make: { readonly [cell: string]: (options: object) => unknown } = {
  leakyRnn: (options) => leakyRnn({ ...sizes, ...options }),
  exponentialTrace: (options) => exponentialTrace({ ...sizes, ...options }),
  scrn: (options) => scrn({ ...sizes, ...options }),
  clockworkRnn: (options) => clockworkRnn({ ...sizes, ...options }),
  zoneout: (options) => zoneout(simpleRnn(sizes), options),
  skipRnn: () => skipRnn(simpleRnn(sizes)),
  phasedLstm: (options) => phasedLstm({ ...sizes, ...options }),
  hierarchicalMultiscaleLstm: (options) => hierarchicalMultiscaleLstm({ ...sizes, ...options }),
  dilated: (options) => dilated(simpleRnn(sizes), options),
  skipThroughTime: (options) => skipThroughTime(simpleRnn({ inputSize: inputSize + hiddenSize, hiddenSize }), options),
};

const toTensor = (numbers: Numbers): Tensor => tensor(numbers as number[]);
const like = (of: Tree, named: Named): Tree =>
  tree.fromEntries(
    of,
    Object.entries(named).map(([path, numbers]) => [path, toTensor(numbers)]),
  );

for (const given of fixture.cases as unknown as readonly Case[]) {
  const { cell: name, options } = given;
  it(`${name} ${JSON.stringify(options)}: outputs, states and all gradients are those of its equations in PyTorch`, async () => {
    const cell = (make[name] as (options: object) => unknown)(options) as Cell<Tree, Tree>;
    const params = like(cell.init(Rng.seeded(1)), given.parameters);
    const start = like(cell.initialState(toTensor(given.inputs).shape[0] as number), given.start);
    const inputs = toTensor(given.inputs) as Sequence;
    const outputWeights = toTensor(given.outputWeights);
    const stateWeights = like(start, given.stateWeights);
    const { grads, aux } = valueAndGrad(
      (at: { params: Tree; inputs: Sequence; start: Tree }) => {
        const { outputs, state } = unroll(cell, at.params, at.inputs, { state: at.start });
        const weighted = tree.leaves(tree.zip(state, stateWeights, (leaf, weight) => sum(mul(leaf, weight))));
        const loss = add(sum(mul(outputs, outputWeights)), sum(stack(weighted))) as Scalar;
        return { loss, aux: { outputs, final: state } as Tree };
      },
      { params, inputs, start },
    );
    const close = { relative: 1e-5, absolute: 0 };
    const values = { outputs: toTensor(given.outputs), final: like(start, given.final) };
    await expectTreesClose(aux, values, { ...close, where: name });
    const gradients = {
      params: like(params, given.gradients.parameters),
      inputs: toTensor(given.gradients.inputs),
      start: like(start, given.gradients.start),
    };
    await expectTreesClose(grads, gradients, { ...close, where: `${name}: gradient` });
  });
}
