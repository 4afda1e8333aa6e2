/** Every attention and memory of the workspace in its compiled form: values and gradients are those of the step. */
import { gru, lstm } from '@elman/cells';
import { type Attention, Rng, type Source, type Tree } from '@elman/core';
import { attentionCell, memoryCell } from '@elman/rnn';
import { tidy } from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectCompiled } from '../packages/kernels/test/compiler/expect-compiled.ts';
import { attentions, memories } from './every-cell.ts';

const ROWS = 3;

function sourceOf(attention: Attention<Tree>, isMasked: boolean): Source {
  const memory = Rng.seeded('memory').tensor([ROWS, 5, attention.memorySize], (r) => r.normal()) as Source['memory'];
  const keys = attention.keys(attention.init(Rng.seeded(1)), memory);
  if (!isMasked) return { memory, keys };
  const mask = Rng.seeded('mask').tensor([ROWS, 5], (r) => Number(r.uniform() < 0.8)) as NonNullable<Source['mask']>;
  return { memory, keys, mask };
}

describe('cells with attention', () => {
  for (const [name, attention] of Object.entries(attentions)) {
    const make = () => attentionCell(gru({ inputSize: 6, hiddenSize: 4 }), attention, { outputSize: 3 });
    it(`${name}, over a source with padding`, () =>
      tidy(() => expectCompiled(make(), { context: sourceOf(attention, true), batch: ROWS })));
    it(`${name}, masked and reversed`, () =>
      tidy(() => {
        const context = sourceOf(attention, false);
        expectCompiled(make(), { context, batch: ROWS, isMasked: true, reverse: true });
      }));
  }
});

describe('cells with a memory', () => {
  for (const [name, memory] of Object.entries(memories)) {
    if (name === 'sparseAccessMemory') continue;
    const make = () => memoryCell(lstm({ inputSize: 3 + memory.readSize, hiddenSize: 4 }), memory);
    it(name, () => expectCompiled(make(), { tolerance: 1e-4 }));
    it(`${name}, masked and reversed`, () => expectCompiled(make(), { isMasked: true, reverse: true, tolerance: 1e-4 }));
  }
});
