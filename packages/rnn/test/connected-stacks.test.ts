import { type Cell, type Frame, OptionError, Rng, type Sequence, tree } from '@elman/core';
import { add, concat, max, min, mul, sum, tensor1d, tensor2d, tensor3d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type ConnectedStackOptions, connectedStack, skipStack, stack, unroll } from '../src/index.ts';
import { gated, plain, stepByStep } from './cells.ts';
import { expectSameTree } from './differences.ts';

/** A cell of one unit without parameters: y = h' = f([x, h]). */
const unit = (inputSize: number, f: (read: Frame) => Frame): Cell<readonly [], { readonly h: Frame }> => ({
  name: 'unit',
  inputSize,
  outputSize: 1,
  init: () => [],
  initialState: (batch) => ({ h: zeros([batch, 1]) }),
  step: (_, { h }, x) =>
    tree.tidy(() => {
      const next = f(concat([x, h], 1));
      return { output: next, state: { h: next } };
    }),
});
const linear = (...weights: number[]) => unit(weights.length - 1, (read) => sum(mul(read, tensor1d(weights)), 1, true));
const oneRow = (...frames: number[]) => tensor3d(frames, [1, frames.length, 1]) as Sequence;
const outputsOf = async (cell: Parameters<typeof stack>[0][number], inputs: Sequence): Promise<unknown> =>
  (await unroll(cell, [], inputs).outputs.array())[0];

describe('skipStack', () => {
  it('gives each cell the input beside the output below, and outputs those of all', async () => {
    // y₁ = x + 10·h₁; y₂ = x + 100·y₁ + 10·h₂
    const cell = skipStack([linear(1, 10), linear(1, 100, 10)]);
    expect([cell.inputSize, cell.outputSize]).toEqual([1, 2]);
    expect(await outputsOf(cell as never, oneRow(1, 2))).toEqual([
      [1, 101],
      [12, 2212],
    ]);
  });

  it('is by scan what it is step by step, under a mask and in reverse', async () => {
    const cell = skipStack([gated(2, 3), plain(5, 2)]);
    const rng = Rng.seeded(1);
    const [params, inputs] = [cell.init(rng), rng.tensor([2, 3, 2], (r) => r.normal()) as Sequence];
    const mask = tensor2d([1, 0, 1, 1, 1, 0], [2, 3]);
    const options = { mask, reverse: true, context: undefined };
    const scanned = cell.scan?.(params, cell.initialState(2), inputs, options);
    await expectSameTree({ ...scanned } as never, stepByStep(cell, params, inputs, options));
  });

  it('refuses a cell without room for the input beside the output below, and an empty list', () => {
    expect(() => skipStack([gated(2, 3), plain(3, 2)])).toThrow(
      new OptionError(
        'skipStack(gated, plain): part 1 (plain): expected inputSize=5, for 2 of the input and 3 of part 0, got 3.',
      ),
    );
    expect(() => skipStack([])).toThrow(new OptionError('skipStack(): expected one part or more, got none.'));
    expect(() => skipStack([{}] as never)).toThrow(/^skipStack: part 0: expected a cell/);
  });
});

describe('connectedStack', () => {
  it('bottomUp: a cell also reads the previous output of the cell below; with a skip, an older one of its own', async () => {
    // y₁ = x + 1000·y₁ of t−2 + 10·h₁; y₂ = y₁ + 2·y₁ of t−1 + 3·y₂ of t−2 + 4·h₂
    const cell = connectedStack([linear(1, 1000, 10), linear(1, 2, 3, 4)], { architecture: 'bottomUp', skip: 2 });
    expect(cell.inputSize).toBe(1);
    expect(await outputsOf(cell as never, oneRow(1, 0, 0))).toEqual([[1], [10 + 2 + 4], [1100 + 20 + 3 + 64]]);
  });

  it('topDown: a cell also reads the previous output of the cell above', async () => {
    // y₁ = x + 100·y₂ of t−1 + 10·h₁; y₂ = y₁ + 2·h₂
    const cell = connectedStack([linear(1, 100, 10), linear(1, 2)], { architecture: 'topDown' });
    expect(await outputsOf(cell as never, oneRow(1, 0, 0))).toEqual([[1], [110 + 2], [12300 + 224]]);
  });

  it('is a stack without further connections', async () => {
    const rng = Rng.seeded(1);
    const cells = [gated(2, 3), plain(3, 2)] as const;
    const params = stack(cells).init(rng);
    const inputs = rng.tensor([2, 4, 2], (r) => r.normal()) as Sequence;
    const { outputs, state } = unroll(stack(cells), params, inputs);
    const wanted = { outputs, state: { cells: state, outputs: [[], []] } };
    await expectSameTree({ ...unroll(connectedStack(cells), params, inputs) }, wanted);
  });

  it('keeps outputs no longer than they are read', () => {
    const cell = connectedStack([gated(4, 3), plain(5, 2), plain(2, 2)], { architecture: 'topDown' });
    expect(cell.initialState(1).outputs.map(({ length }) => length)).toEqual([0, 1, 1]);
    const skip = connectedStack([gated(5, 3), plain(8, 2)], { architecture: 'bottomUp', skip: 3 });
    expect(skip.initialState(1).outputs.map(({ length }) => length)).toEqual([3, 3]);
  });

  it('refuses cells of other sizes and unknown options in one line', () => {
    const refused = (cells: readonly ReturnType<typeof gated>[], options: object) => () =>
      connectedStack(cells, options);
    expect(refused([gated(3, 2), plain(2, 3)], { architecture: 'topDown' })).toThrow(
      new OptionError(
        'connectedStack(gated, plain): part 0 (gated): expected inputSize above 3, for 3 of part 1 at t−1 beside the input, got 3.',
      ),
    );
    expect(refused([gated(5, 2), plain(4, 3)], { architecture: 'bottomUp', skip: 3 })).toThrow(
      new OptionError(
        'connectedStack(gated, plain): part 1 (plain): expected inputSize=7, for 2 of part 0 and 2 of part 0 at t−1 and 3 of part 1 at t−3, got 4.',
      ),
    );
    expect(refused([gated(2, 2)], { architecture: 'sideways' })).toThrow(
      new OptionError('connectedStack(gated): architecture: expected stacked, bottomUp or topDown, got sideways.'),
    );
    expect(refused([gated(2, 2)], { skip: 0 })).toThrow(
      /^connectedStack\(gated\): skip: expected a positive whole number/,
    );
    expect(refused([], {})).toThrow(new OptionError('connectedStack(): expected one part or more, got none.'));
  });
});

/**
 * Zhang et al. 2016, counted by cells: each adds 1 to the greatest number that it reads, or to the least, so that a pulse of ±1000 at
 * the first frame arrives with the length of the longest or shortest path. One more connection leads to the output.
 */
async function complexity(layers: number, options: ConnectedStackOptions) {
  const { architecture, skip = 1 } = options;
  const time = 25;
  const paths = async (pulse: number, choose: typeof max): Promise<number[]> => {
    const cells = Array.from({ length: layers }, (_, i) => {
      const further = (architecture === 'bottomUp' && i > 0) || (architecture === 'topDown' && i < layers - 1);
      return unit(1 + Number(further) + Number(skip > 1), (read) => add(choose(read, 1, true), 1));
    });
    const inputs = oneRow(pulse, ...Array<number>(time - 1).fill(0));
    const ends = await unroll(connectedStack(cells, options) as never, [], inputs).outputs.data();
    return [...ends].map((end) => end - pulse + 1);
  };
  const longest = await paths(1000, max);
  const shortest = await paths(-1000, min);
  const growth = (lengths: readonly number[]) => ((lengths[24] as number) - (lengths[12] as number)) / 12;
  const recurrentDepth = growth(longest);
  return {
    recurrentDepth,
    feedforwardDepth: Math.max(...longest.map((length, n) => length - n * recurrentDepth)),
    skipCoefficient: 1 / growth(shortest),
  };
}

it.each([
  { layers: 1, architecture: 'stacked', depths: [1, 2] },
  { layers: 2, architecture: 'stacked', depths: [1, 3] },
  { layers: 2, architecture: 'bottomUp', depths: [1, 3] },
  { layers: 2, architecture: 'topDown', depths: [2, 3] },
  { layers: 4, architecture: 'stacked', depths: [1, 5] },
  { layers: 4, architecture: 'bottomUp', depths: [1, 5] },
  { layers: 4, architecture: 'topDown', depths: [2, 5] },
] as const)(
  '$layers $architecture: recurrent and feedforward depth are $depths, for each skip coefficient',
  async (of) => {
    const { layers, architecture, depths } = of;
    for (const skip of [1, 2, 3]) {
      const found = await complexity(layers, { architecture, skip });
      expect(found).toEqual({ recurrentDepth: depths[0], feedforwardDepth: depths[1], skipCoefficient: skip });
    }
  },
);
