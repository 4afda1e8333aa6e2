import { type Cell, Rng, type Sequence, type Tree, tree, valueAndGrad } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { add, mul, type Scalar, stack, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { factories } from '../src/index.ts';

type Numbers = readonly (number | Numbers)[];
type Named = { readonly [path: string]: Numbers };
/** A case of a fixture that `fixtures/steps.py` wrote. */
type Case = {
  readonly cell: string;
  readonly options: { readonly [name: string]: number };
  readonly params: Named;
  readonly inputs: Numbers;
  readonly state: Named;
  readonly outputWeights: Numbers;
  readonly stateWeights: Named;
  readonly outputs: Numbers;
  readonly final: Named;
  readonly gradients: { readonly params: Named; readonly inputs: Numbers; readonly state: Named };
};

const toTensor = (numbers: Numbers): Tensor => tensor(numbers as number[]);
const toTree = (like: Tree, named: Named): Tree =>
  tree.fromEntries(
    like,
    Object.entries(named).map(([path, numbers]) => [path, toTensor(numbers)]),
  );

/** Tests that outputs, final states and all gradients of the cases of a fixture are PyTorch's. */
export function itIsAsInPyTorch(fixture: { readonly cases: readonly unknown[] }): void {
  for (const given of fixture.cases as readonly Case[]) {
    it(`${given.cell} ${JSON.stringify(given.options)}: outputs, states and all gradients are PyTorch's`, async () => {
      const cell = factories[given.cell]?.make(given.options as never) as Cell<Tree, Tree>;
      const likeState = cell.initialState(given.inputs.length);
      const ofState = (named: Named): Tree => toTree(likeState, named);
      const params = toTree(cell.init(Rng.seeded(1)), given.params);
      const inputs = toTensor(given.inputs) as Sequence;
      const outputWeights = toTensor(given.outputWeights);
      const stateWeights = ofState(given.stateWeights);

      const { grads, aux } = valueAndGrad(
        (at: { params: Tree; inputs: Sequence; state: Tree }) => {
          const { outputs, state } = unroll(cell, at.params, at.inputs, { state: at.state });
          const weighted = tree.leaves(tree.zip(state, stateWeights, (leaf, weight) => sum(mul(leaf, weight))));
          const loss = add(sum(mul(outputs, outputWeights)), sum(stack(weighted))) as Scalar;
          return { loss, aux: { outputs, final: state } as Tree };
        },
        { params, inputs, state: ofState(given.state) },
      );

      const close = { relative: 1e-5, absolute: 0 };
      const values = { outputs: toTensor(given.outputs), final: ofState(given.final) };
      await expectTreesClose(aux, values, { ...close, where: given.cell });
      const gradients = {
        params: toTree(params, given.gradients.params),
        inputs: toTensor(given.gradients.inputs),
        state: ofState(given.gradients.state),
      };
      await expectTreesClose(grads, gradients, { ...close, where: `${given.cell}: gradient` });
    });
  }
}
