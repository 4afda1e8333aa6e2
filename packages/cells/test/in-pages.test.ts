/**
 * Some cells whose steps have ops of different kinds, compiled for the backend that is active, against their frames one by one. What
 * the cells compute is shown in Node, by the tests of their families, which do not run in pages.
 */
import { type Cell, Rng, type Sequence, type Steps, type Tree, tree, valueAndGrad } from '@elman/core';
import { scanFrames, unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { add, type Scalar, square, sum } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { clockworkRnn, hierarchicalMultiscaleLstm, layerNormLstm, minGru, sLstm } from '../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const some = [
  layerNormLstm(sizes),
  sLstm(sizes),
  clockworkRnn({ ...sizes, periods: [1, 2] }),
  hierarchicalMultiscaleLstm(sizes),
  minGru(sizes),
] as unknown as Cell<Tree, Tree>[];

it.each(some)('$name: a sequence equals its frames, in values and gradients', async (cell) => {
  const rng = Rng.seeded(1);
  const inputs = rng.fork('inputs').tensor([2, 3, 3], (r) => r.normal()) as Sequence;
  const start = cell.initialState(2);
  const by = (run: (params: Tree, x: Sequence) => Steps<Tree>) =>
    valueAndGrad(
      ({ params, x }: { params: Tree; x: Sequence }) => {
        const { outputs, state } = run(params, x);
        const sums = [outputs, ...tree.leaves(state)].map((leaf) => sum<Scalar>(square(leaf)));
        return { loss: sums.reduce((a, b) => add(a, b)), aux: { outputs, state } };
      },
      { params: cell.init(rng), x: inputs },
    );
  const frames = by((params, x) => scanFrames((state: Tree, frame) => cell.step(params, state, frame), start, x, {}));
  await expectTreesClose({ ...by((params, x) => unroll(cell, params, x)) } as Tree, { ...frames } as Tree);
});
