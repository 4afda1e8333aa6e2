import { type Cell, Rng, type Sequence, type Tree, tree, valueAndGrad } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { add, mul, type Scalar, sum, tensor } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { factories } from '../src/index.ts';

type Numbers = number | readonly Numbers[];
type NumberTree = Numbers | readonly NumberTree[] | { readonly [name: string]: NumberTree };

/** A fixture written by `fixtures/cases_of_steps.py`. */
type Fixture = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly cases: readonly {
    readonly cell: string;
    readonly options: object;
    readonly parameters: NumberTree;
    readonly inputs: Numbers;
    readonly start: NumberTree;
    readonly outputWeights: Numbers;
    readonly stateWeights: NumberTree;
    readonly outputs: Numbers;
    readonly final: NumberTree;
    readonly gradients: { readonly parameters: NumberTree; readonly inputs: Numbers; readonly start: NumberTree };
  }[];
};

/** Tensors in a tree of the form of another one, which tells arrays that are branches from those that are numbers. */
function like(form: Tree, numbers: NumberTree): Tree {
  const { rank } = form as { rank?: unknown };
  if (typeof rank === 'number') return tensor(numbers as number[]);
  if (Array.isArray(form)) return form.map((branch, i) => like(branch, (numbers as readonly NumberTree[])[i] ?? []));
  const branches = numbers as { readonly [name: string]: NumberTree };
  return Object.fromEntries(
    Object.entries(form).map(([name, branch]) => [name, like(branch, branches[name] as NumberTree)]),
  );
}

/** Tests that outputs, final states and all gradients of the cells are those of the fixture, which PyTorch has made in float64. */
export function describeOracle(fixture: unknown): void {
  const { inputSize, hiddenSize, cases } = fixture as Fixture;
  for (const { cell: name, options, ...given } of cases) {
    const form = Object.keys(options).length === 0 ? '' : ` with ${JSON.stringify(options)}`;
    it(`${name}${form}: values and all gradients are those in float64`, async () => {
      const cell = factories[name]?.make({ inputSize, hiddenSize, ...options } as never) as Cell<Tree, Tree>;
      const [forParams, forState] = [cell.init(Rng.seeded(1)), cell.initialState(2)];
      const inputs = tensor(given.inputs as number[]) as Sequence;
      const outputWeights = tensor(given.outputWeights as number[]);
      const stateWeights = like(forState, given.stateWeights);
      const { grads, aux } = valueAndGrad(
        (at: { params: Tree; inputs: Sequence; start: Tree }) => {
          const { outputs, state } = unroll(cell, at.params, at.inputs, { state: at.start });
          const sums = tree.leaves(tree.zip(state, stateWeights, (leaf, weight) => sum(mul(leaf, weight))));
          const loss = sums.reduce((a, b) => add(a, b), sum(mul(outputs, outputWeights))) as Scalar;
          return { loss, aux: { outputs, final: state } as Tree };
        },
        { params: like(forParams, given.parameters), inputs, start: like(forState, given.start) },
      );
      const close = { relative: 1e-5, absolute: 0 };
      const expected = { outputs: tensor(given.outputs as number[]), final: like(forState, given.final) };
      await expectTreesClose(aux, expected, { ...close, where: name });
      const { gradients } = given;
      const expectedGradients = {
        params: like(forParams, gradients.parameters),
        inputs: tensor(gradients.inputs as number[]),
        start: like(forState, gradients.start),
      };
      await expectTreesClose(grads, expectedGradients, { ...close, where: `${name}: gradient` });
    });
  }
}
