/** Every cell, combinator, attention and memory of the workspace as a graph of ops: its values and gradients are those of the step. */
import { gru, lstm } from '@elman/cells';
import { Rng, type Source } from '@elman/core';
import { attentionCell, conditioned, memoryCell } from '@elman/rnn';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { type Case, expectTraced } from '../packages/kernels/test/compiler/expect-traced.ts';
import { ROWS } from '../packages/kernels/test/compiler/replay.ts';
import { attentions, cells, memories, type SomeCell, sizes } from './every-cell.ts';

const normal = (label: string, shape: number[]): Tensor => Rng.seeded(label).tensor(shape, (r) => r.normal());
const traced = (cell: unknown, options?: Case): void => void expectTraced(cell as SomeCell, options);

describe('cells and combinators', () => {
  for (const [name, make] of Object.entries(cells)) {
    // Its rows influence each other, so that a step is no graph of one row.
    if (name === 'batchNormLstm') continue;
    it(name, () => traced(make()));
    it(`${name}, with mask and noise`, () => traced(make(), { isMasked: true, isNoisy: true }));
  }

  for (const as of ['input', 'state', 'both'] as const) {
    it(`conditioned as ${as}`, () => {
      const context = normal('vector', [ROWS, 2]);
      const inner = lstm(as === 'state' ? sizes : { inputSize: 5, hiddenSize: 4 });
      traced(conditioned(inner, { size: 2, as }), { context });
      context.dispose();
    });
  }
});

describe('cells with attention', () => {
  for (const [name, attention] of Object.entries(attentions)) {
    it(
      name,
      () =>
        void tidy(() => {
          const memory = normal('memory', [ROWS, 5, attention.memorySize]) as Source['memory'];
          const keys = attention.keys(attention.init(Rng.seeded(1)), memory);
          const mask = Rng.seeded('mask').tensor([ROWS, 5], (r) => (r.uniform() < 0.8 ? 1 : 0)) as never;
          const make = () => attentionCell(gru({ inputSize: 6, hiddenSize: 4 }), attention, { outputSize: 3 });
          traced(make(), { context: { memory, keys, mask } });
          traced(make(), { context: { memory, keys }, isMasked: true });
        }),
    );
  }
});

describe('cells with a memory', () => {
  for (const [name, memory] of Object.entries(memories)) {
    const make = () => memoryCell(lstm({ inputSize: 3 + memory.readSize, hiddenSize: 4 }), memory);
    it(name, () => traced(make(), { tolerance: 1e-4 }));
    it(`${name}, masked`, () => traced(make(), { isMasked: true, tolerance: 1e-4 }));
  }
});
