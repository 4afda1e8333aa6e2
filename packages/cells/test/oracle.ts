import { type Cell, Rng, type Sequence, type Tree, tree, valueAndGrad } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { add, mul, type Scalar, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { factories } from '../src/index.ts';

type Numbers = number | readonly Numbers[];
/** By the paths of leaves. */
type Named = { readonly [path: string]: Numbers };

/** A fixture written by `fixtures/steps.py`. */
type Fixture = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly cases: readonly {
    readonly cell: string;
    readonly options: object;
    readonly parameters: Named;
    readonly inputs: Numbers;
    readonly start: Named;
    readonly outputWeights: Numbers;
    readonly stateWeights: Named;
    readonly outputs: Numbers;
    readonly final: Named;
    readonly gradients: { readonly parameters: Named; readonly inputs: Numbers; readonly start: Named };
  }[];
};

/** Makes the cells of a fixture that need more than sizes and options: those around another cell. */
export type Makers = { readonly [cell: string]: (options: object) => unknown };

const toTensor = (numbers: Numbers): Tensor => tensor(numbers as number[]);
const toTree = (like: Tree, named: Named): Tree =>
  tree.fromEntries(
    like,
    Object.entries(named).map(([path, numbers]) => [path, toTensor(numbers)]),
  );

/** Tests that outputs, final states and all gradients of the cells are those of the fixture, which PyTorch made in float64. */
export function describeOracle(fixture: unknown, makers: Makers = {}): void {
  const { inputSize, hiddenSize, cases } = fixture as Fixture;
  for (const { cell: name, options, ...given } of cases) {
    it(`${name} ${JSON.stringify(options)}: values and all gradients are those in float64`, async () => {
      const make = makers[name] ?? (factories[name]?.make as Makers[string]);
      const cell = make({ inputSize, hiddenSize, ...options }) as Cell<Tree, Tree>;
      const [params, state] = [cell.init(Rng.seeded(1)), cell.initialState((given.inputs as Numbers[]).length)];
      const stateWeights = toTree(state, given.stateWeights);
      const at = {
        params: toTree(params, given.parameters),
        inputs: toTensor(given.inputs) as Sequence,
        start: toTree(state, given.start),
      };
      const { grads, aux } = valueAndGrad((now: typeof at) => {
        const { outputs, state: final } = unroll(cell, now.params, now.inputs, { state: now.start });
        const sums = tree.leaves(tree.zip(final, stateWeights, (leaf, weight) => sum(mul(leaf, weight))));
        const ofOutputs = sum(mul(outputs, toTensor(given.outputWeights)));
        return { loss: sums.reduce((a, b) => add(a, b), ofOutputs) as Scalar, aux: { outputs, final } as Tree };
      }, at);
      const close = { relative: 1e-5, absolute: 0 };
      const values = { outputs: toTensor(given.outputs), final: toTree(state, given.final) };
      await expectTreesClose(aux, values, { ...close, where: name });
      const { gradients } = given;
      const wanted = {
        params: toTree(params, gradients.parameters),
        inputs: toTensor(gradients.inputs),
        start: toTree(state, gradients.start),
      };
      await expectTreesClose(grads, wanted, { ...close, where: `${name}: gradient` });
    });
  }
}
