import { type Cell, Rng, type Sequence, type Tree, tree, valueAndGrad } from '@elman/core';
import { scanFrames } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { add, mul, type Scalar, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { factories } from '../src/index.ts';

type Numbers = number | readonly Numbers[];
type Named = { readonly [path: string]: Numbers };
type Case = {
  readonly cell: string;
  readonly options: object;
  readonly parameters: Named;
  readonly inputs: Numbers;
  readonly context?: Numbers;
  readonly start: Named;
  readonly outputWeights: Numbers;
  readonly stateWeights: Named;
  readonly outputs: Numbers;
  readonly final: Named;
  readonly gradients: {
    readonly parameters: Named;
    readonly inputs: Numbers;
    readonly context?: Numbers;
    readonly start: Named;
  };
};

const toTensor = (numbers: Numbers): Tensor => tensor(numbers as number[]);
const toTree = (like: Tree, named: Named): Tree =>
  tree.fromEntries(
    like,
    Object.entries(named).map(([path, numbers]) => [path, toTensor(numbers)]),
  );

/** Tests that outputs, final states and all gradients are those of a fixture, by `scan` and by `step`. */
export function describeOracle(fixture: unknown): void {
  for (const { cell: name, options, ...given } of (fixture as { cases: readonly Case[] }).cases) {
    const make = factories[name]?.make as (options: object) => Cell<Tree, Tree, Tensor | undefined>;
    const cell = make(options);
    for (const by of ['scan', 'step'] as const) {
      it(`${name} ${JSON.stringify(options)}: by ${by}, values and all gradients are those of PyTorch`, async () => {
        const params = cell.init(Rng.seeded(1));
        const state = cell.initialState((given.inputs as Numbers[]).length);
        const gradients = given.gradients;
        const of = (parameters: Named, inputs: Numbers, start: Named, context?: Numbers) => ({
          params: toTree(params, parameters),
          inputs: toTensor(inputs) as Sequence,
          start: toTree(state, start),
          ...(context !== undefined && { context: toTensor(context) }),
        });
        type At = Omit<ReturnType<typeof of>, 'context'> & { context?: Tensor };
        const at: At = of(given.parameters, given.inputs, given.start, given.context);
        const stateWeights = toTree(state, given.stateWeights);
        const run = ({ params: p, inputs, start, context }: At) =>
          by === 'scan'
            ? cell.scan?.(p, start, inputs, { context })
            : scanFrames((s: Tree, x) => cell.step(p, s, x, context), start, inputs);
        const { grads, aux } = valueAndGrad((now: At) => {
          const { outputs, state: final } = run(now) as { outputs: Sequence; state: Tree };
          const sums = tree.leaves(tree.zip(final, stateWeights, (leaf, weight) => sum(mul(leaf, weight))));
          const ofOutputs = sum(mul(outputs, toTensor(given.outputWeights)));
          return { loss: sums.reduce((a, b) => add(a, b), ofOutputs) as Scalar, aux: { outputs, final } as Tree };
        }, at as never);
        const close = { relative: 2e-5, absolute: 2e-6 };
        const values = { outputs: toTensor(given.outputs), final: toTree(state, given.final) };
        await expectTreesClose(aux, values, { ...close, where: name });
        const wanted = of(gradients.parameters, gradients.inputs, gradients.start, gradients.context);
        await expectTreesClose(grads, wanted as never, { ...close, where: `${name}: gradient` });
      });
    }
  }
}
