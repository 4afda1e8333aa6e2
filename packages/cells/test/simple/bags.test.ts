import { OptionError, Rng, type Sequence, ShapeError } from '@elman/core';
import { explain, unroll } from '@elman/rnn';
import { getBackend, tensor2d, tensor3d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { bagOfWords, feedForward, gru, withBagOfWords } from '../../src/index.ts';

/** One number a frame, one sequence. */
const frames = (...values: number[]): Sequence => tensor3d([values.map((x) => [x])]);
const identity = { kernel: tensor2d([[1]]), bias: zeros([1]) } as never;
const linear = { inputSize: 1, hiddenSize: 1, activation: 'linear' } as const;

/** Outputs of the identity over these frames. */
async function bagged(options: object, ...values: number[]): Promise<number[]> {
  const cell = bagOfWords({ ...linear, ...options });
  return [...(await unroll(cell, identity, frames(...values)).outputs.data())];
}

function expectNear(found: readonly number[], wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 6);
}

describe('a bag of words, by hand', () => {
  it('is the mean of all frames, of the last ones, or with weights that decay', async () => {
    expectNear(await bagged({ decay: 1 }, 4, 8, 3), [4, 6, 5]);
    expectNear(await bagged({ window: 2 }, 4, 8, 3, 5), [4, 6, 5.5, 4]);
    // (8 + 4/2) / (3/2); (3 + 8/2 + 4/4) / (7/4)
    expectNear(await bagged({ decay: 0.5 }, 4, 8, 3), [4, 20 / 3, 32 / 7]);
  });

  it('does not depend on the order of its frames, unless they decay', async () => {
    const last = async (options: object, ...values: number[]) => (await bagged(options, ...values)).at(-1);
    expect(await last({ decay: 1 }, 1, 2, 6)).toBeCloseTo((await last({ decay: 1 }, 6, 1, 2)) as number, 6);
    expect(await last({ decay: 0.5 }, 1, 2, 6)).not.toBeCloseTo((await last({ decay: 0.5 }, 6, 1, 2)) as number, 2);
  });

  it('stands beside the output of a cell', async () => {
    const cell = gru({ inputSize: 1, hiddenSize: 2 });
    const params = cell.init(Rng.seeded(1));
    const inputs = frames(4, 8, 3);
    const alone = (await unroll(cell, params, inputs).outputs.array()) as number[][][];
    const beside = (await unroll(withBagOfWords(cell, { decay: 1 }), params, inputs).outputs.array()) as number[][][];
    for (const [t, mean] of [4, 6, 5].entries()) expectNear(beside[0]?.[t] ?? [], [...(alone[0]?.[t] ?? []), mean]);
  });
});

describe('a feed-forward layer over a window', () => {
  it('sees the frames before, zeros before the first, and puts them beside its output', async () => {
    const cell = feedForward({ inputSize: 1, hiddenSize: 1, window: 3, activation: 'relu', direct: true });
    const params = { kernel: tensor2d([[100], [10], [1]]), bias: zeros([1]) } as never;
    const rows = (await unroll(cell, params, frames(1, 2, 3, 4)).outputs.array()) as number[][][];
    expect(rows[0]).toEqual([
      [1, 0, 0, 1],
      [12, 0, 1, 2],
      [123, 1, 2, 3],
      [234, 2, 3, 4],
    ]);
  });

  it('is one layer over all frames by its scan, and is compiled on cpu and wasm', () => {
    const cell = feedForward({ inputSize: 3, hiddenSize: 4, window: 3 });
    const isHere = ['cpu', 'wasm'].includes(getBackend());
    expect(explain(cell, { batchSize: 2, time: 5 }).isCompiledHere).toBe(isHere);
  });
});

it('refuses options that are none, in one line', () => {
  const sizes = { inputSize: 3, hiddenSize: 4 };
  const refuse = (make: () => unknown, message: string): void => {
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
  };
  refuse(() => bagOfWords({ ...sizes, decay: 0 }), 'bagOfWords: decay: expected a number above 0 and to 1, got 0.');
  refuse(() => bagOfWords({ ...sizes, window: 0 }), 'bagOfWords: window: expected a positive whole number, got 0.');
  refuse(() => bagOfWords({ ...sizes, decay: 1, window: 2 }), 'expected decay or window, got both; leave one out.');
  refuse(
    () => feedForward({ ...sizes, window: 1.5 }),
    'feedForward: window: expected a positive whole number, got 1.5.',
  );
  refuse(() => feedForward({ ...sizes, direct: 1 as never }), 'feedForward: direct: expected true or false, got 1.');
  refuse(() => withBagOfWords(gru(sizes), { to: 'state' as never }), 'to: expected input, output or both, got state.');
  refuse(() => withBagOfWords(gru(sizes), { to: 'both' }), 'expected a cell whose inputSize is even');
  const cell = withBagOfWords(gru(sizes));
  const step = () => cell.step(cell.init(Rng.seeded(1)), cell.initialState(2), zeros([2, 2]), undefined);
  expect(step).toThrow(ShapeError);
});
