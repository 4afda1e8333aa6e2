import { type Cell, type Frame, OptionError, Rng, remake, type Sequence, type Tree, tree } from '@elman/core';
import { add, memory, mul, reshape, slice, type Tensor, tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as rnn from '../src/index.ts';
import { connectedStack, dropout, learnedInitialState, residual, skipStack, stack, unroll } from '../src/index.ts';
import * as testCells from './cells.ts';
import { gated, plain, stepByStep } from './cells.ts';
import { expectGradient, expectSameTree, total } from './differences.ts';

const rng = Rng.seeded('combinators');
const normal = (label: string, shape: number[]): Tensor => rng.fork(label).tensor(shape, (r) => r.normal());
const inputs = normal('inputs', [3, 3, 2]) as Sequence;
const mask = tensor2d([
  [1, 1, 0],
  [0, 0, 0],
  [1, 1, 1],
]);
const noise = Rng.seeded('noise');

type SomeCell = Cell<Tree, Tree>;
const some = (cell: unknown): SomeCell => cell as SomeCell;
const rates = { input: 0.3, output: 0.4 };
const cells = [
  some(stack([gated(2, 3), gated(3, 2)])),
  some(stack([plain(2, 3), gated(3, 2), plain(2, 2)])),
  some(skipStack([gated(2, 3), dropout(plain(5, 2), rates), gated(4, 2)])),
  some(connectedStack([gated(5, 3), plain(8, 2)], { architecture: 'bottomUp', skip: 2 })),
  some(connectedStack([gated(4, 3), dropout(gated(5, 2), rates), plain(2, 2)], { architecture: 'topDown' })),
  some(residual(gated(2, 2))),
  some(dropout(gated(2, 3), rates)),
  some(dropout(plain(2, 3), { ...rates, variational: true })),
  some(dropout(gated(2, 3), { recurrent: 0.4, output: 0.3 })),
  some(dropout(gated(2, 3), { ...rates, recurrent: 0.4, variational: true })),
  some(dropout(gated(2, 3), { output: 0.5 })),
  some(learnedInitialState(gated(2, 3))),
  some(stack([dropout(gated(2, 2), rates), residual(dropout(plain(2, 2), rates)), learnedInitialState(gated(2, 2))])),
  some(dropout(stack([gated(2, 2), dropout(gated(2, 2), { recurrent: 0.3 })]), { input: 0.2 })),
];
const named = cells.map((cell) => ({
  cell,
  name: cell.name,
  arguments: JSON.stringify(cell.recipe?.arguments.at(-1)),
}));

describe.each(named)('$name $arguments', ({ cell }) => {
  const params = tree.map(cell.init(rng.fork('params')), (leaf, path) => add(leaf, mul(normal(path, leaf.shape), 0.3)));

  it.each([
    { title: 'plainly', options: {} },
    { title: 'backward with a mask', options: { mask, reverse: true } },
    { title: 'with noise and a mask', options: { rng: noise, mask } },
  ])('runs over a sequence as it does step by step, $title', async ({ options }) => {
    await expectSameTree(unroll(cell, params, inputs, options), stepByStep(cell, params, inputs, options));
  });

  it('has a gradient that agrees with finite differences, noise and mask included', async () => {
    const weights = normal('weights', [3, 3, cell.outputSize]);
    await expectGradient(
      (p) => {
        const { outputs, state } = unroll(cell, p.params, p.inputs, { rng: noise, mask });
        return total(mul(outputs, weights), ...tree.leaves(state));
      },
      { params, inputs },
    );
  });

  it('has a state whose axis 0 is the batch, and independent rows', async () => {
    const whole = unroll(cell, params, inputs);
    const part = unroll(cell, params, slice(inputs, [1, 0, 0], [1, 3, 2]));
    await expectSameTree(
      part.state,
      tree.map(whole.state, (leaf) => slice(leaf, [1, 0], [1, leaf.shape[1] as number])),
    );
  });

  it('can be made from its recipe', async () => {
    const trust = { '@elman/rnn': rnn.factories, 'test-cells': testCells };
    const recipe = JSON.parse(JSON.stringify(cell.recipe));
    const again = some(await remake(recipe, { kind: 'cell', trust }));
    expect([again.name, again.recipe]).toEqual([cell.name, cell.recipe]);
    await expectSameTree(again.init(Rng.seeded(1)), cell.init(Rng.seeded(1)));
    const options = { rng: noise };
    await expectSameTree(unroll(again, params, inputs, options), unroll(cell, params, inputs, options));
  });

  it('keeps only its results, and does not dispose of its arguments', () => {
    const state = cell.initialState(3);
    const frame = reshape(slice(inputs, [0, 0, 0], [3, 1, 2]), [3, 2]) as Frame;
    const calls = [
      () => unroll(cell, params, inputs, { state, mask, rng: noise }),
      () => cell.step(params, state, frame, undefined, noise.frame(0)),
      () => cell.step(params, state, frame, undefined),
    ];
    for (const call of calls) {
      const before = memory().numTensors;
      const result = call();
      expect(memory().numTensors - before).toBe(new Set(tree.leaves(result).map((leaf) => leaf.id)).size);
      tree.dispose(result);
    }
    for (const leaf of tree.leaves([params, state, inputs, mask, frame])) expect(leaf.isDisposed).toBe(false);
  });
});

it('has no recipe if a part has none', () => {
  const nameless = { ...gated(2, 2), recipe: undefined };
  expect(stack([gated(2, 2), nameless]).recipe).toBeUndefined();
  expect(dropout(nameless, {}).recipe).toBeUndefined();
});

describe('stack', () => {
  it('is one cell on the outputs of another, with separate parameters for each', async () => {
    const [below, above] = [gated(2, 3), plain(3, 2)];
    const both = stack([below, above]);
    const params = both.init(rng);
    const first = unroll(below, params[0], inputs, { mask });
    const second = unroll(above, params[1], first.outputs, { mask });
    const got = unroll(both, params, inputs, { mask });
    await expectSameTree(got, { outputs: second.outputs, state: [first.state, second.state] });
    const [a, b] = stack([gated(2, 2), gated(2, 2)]).init(rng);
    expect(await a.kernel.data()).not.toEqual(await b.kernel.data());
  });

  it('refuses cells that do not match, and an empty list', () => {
    expect(() => stack([gated(2, 3), plain(2, 3)])).toThrow(
      new OptionError('stack(gated, plain): part 1 (plain): expected inputSize=3, the outputSize of part 0, got 2.'),
    );
    expect(() => stack([])).toThrow(new OptionError('stack(): expected one part or more, got none.'));
  });
});

describe('residual', () => {
  it('of a cell with zero weights is the identity', async () => {
    const cell = residual(gated(2, 2));
    const params = tree.zerosLike(cell.init(rng));
    await expectSameTree(unroll(cell, params, inputs).outputs, inputs);
  });

  it('outputs 0 where the mask is 0, by scan alone too', async () => {
    const cell = residual(plain(2, 2));
    const params = cell.init(rng);
    const scanned = cell.scan?.(params, cell.initialState(3), inputs, { context: undefined, mask }) as Tree;
    await expectSameTree(scanned, unroll(cell, params, inputs, { mask }));
  });

  it('refuses a cell whose output size is not its input size', () => {
    expect(() => residual(gated(2, 3))).toThrow(
      new OptionError("residual(gated): expected outputSize=2, the cell's inputSize, got 3."),
    );
  });
});
