import { type Cell, type Sequence, type Tree, tree, valueAndGrad } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { add, mul, type Scalar, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { it } from 'vitest';

type Numbers = readonly (number | Numbers)[];
type Named = { readonly [name: string]: Numbers | Named };

/** A case of a fixture that `fixtures/oracle.py` wrote. */
export type FixtureCase = {
  readonly factory: string;
  readonly options: { readonly [option: string]: unknown };
  readonly parameters: Named;
  readonly start: Named;
  readonly inputs: Numbers;
  readonly outputWeights: Numbers;
  readonly stateWeights: Named;
  readonly outputs: Numbers;
  readonly final: Named;
  readonly gradients: { readonly parameters: Named; readonly inputs: Numbers; readonly start: Named };
};

const toTensor = (numbers: Numbers): Tensor => tensor(numbers as number[]);
const toTree = (named: Named): Tree =>
  Object.fromEntries(
    Object.entries(named).map(([name, each]) => [name, Array.isArray(each) ? toTensor(each) : toTree(each as Named)]),
  );

/** Outputs, final states and all gradients of each case are those of the fixture, to a relative 1e-5 of the largest. */
export function itMatches(
  cases: readonly FixtureCase[],
  factories: { readonly [factory: string]: (options: never) => unknown },
): void {
  // On a software GPU an op takes milliseconds.
  it.each(cases.map((each) => [each.factory, JSON.stringify(each.options), each] as const))(
    '%s %s: outputs, states and all gradients are those of the fixture',
    async (factory, _, given) => {
      const cell = factories[factory]?.(given.options as never) as Cell<Tree, Tree>;
      const outputWeights = toTensor(given.outputWeights);
      const stateWeights = toTree(given.stateWeights);
      const at = {
        params: toTree(given.parameters),
        inputs: toTensor(given.inputs) as Sequence,
        start: toTree(given.start),
      };
      const { grads, aux } = valueAndGrad((now: typeof at) => {
        const { outputs, state } = unroll(cell, now.params, now.inputs, { state: now.start });
        const weighted = tree.leaves(tree.zip(state, stateWeights, (leaf, weight) => sum(mul(leaf, weight))));
        const loss = weighted.reduce((total, each) => add(total, each), sum(mul(outputs, outputWeights))) as Scalar;
        return { loss, aux: { outputs, final: state } as Tree };
      }, at);
      const close = { relative: 1e-5, absolute: 0 };
      await expectTreesClose(aux, { outputs: toTensor(given.outputs), final: toTree(given.final) }, close);
      const { parameters, inputs, start } = given.gradients;
      const wanted = { params: toTree(parameters), inputs: toTensor(inputs), start: toTree(start) };
      await expectTreesClose(grads, wanted, { ...close, where: 'gradient' });
      tree.dispose([at, grads as Tree, aux, wanted]);
    },
  );
}
