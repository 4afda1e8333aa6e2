/** A whole sequence against its frames one by one, on the backend that is active: with gradients, and under a mask. */
import { type Cell, Rng, type Sequence, type Steps, type Tree, tree, valueAndGrad } from '@elman/core';
import { scanFrames, unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { add, type Scalar, square, sum, tensor2d } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { tcn, waveNet } from '../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const cells = [
  tcn({ ...sizes, layers: 2, kernelSize: 2 }),
  waveNet({ ...sizes, dilations: [1, 2] }),
] as unknown as Cell<Tree, Tree>[];
const mask = tensor2d([
  [1, 1, 0, 1],
  [0, 1, 1, 0],
]);

it.each(cells.flatMap((cell) => [{ cell }, { cell, mask }]))(
  '$cell.name: a sequence equals its frames, in values and gradients',
  async ({ cell, ...given }) => {
    const rng = Rng.seeded(1);
    const inputs = rng.fork('inputs').tensor([2, 4, 3], (r) => r.normal()) as Sequence;
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
    const frames = by((params, x) =>
      scanFrames((state: Tree, frame) => cell.step(params, state, frame), start, x, given),
    );
    await expectTreesClose({ ...by((params, x) => unroll(cell, params, x, given)) } as Tree, { ...frames } as Tree);
  },
);
