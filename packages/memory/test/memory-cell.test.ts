import { gru, lstm, simpleRnn } from '@elman/cells';
import { Rng, type Sequence } from '@elman/core';
import { memoryCell, stack, traceMemory, unroll } from '@elman/rnn';
import { countTensors, describeCell, expectTreesClose } from '@elman/testkit';
import { describe, expect, it } from 'vitest';
import { ntmMemory } from '../src/index.ts';

const importPackage = (name: string): Promise<Record<string, unknown>> => {
  if (name === '@elman/memory') return import('../src/index.ts');
  return name === '@elman/rnn' ? import('@elman/rnn') : import('@elman/cells');
};
/** Not nearly empty, where the cosine is too steep for finite differences. */
const memory = () => ntmMemory({ slots: 5, width: 2, initialValue: 0.5 });

describeCell(
  'memoryCell of an LSTM',
  () => memoryCell(lstm({ inputSize: 3 + 2, hiddenSize: 4 }), memory(), { clip: 20 }),
  { importPackage },
);
const twoLayers = () => {
  const layers = [gru({ inputSize: 3 + 2, hiddenSize: 4 }), simpleRnn({ inputSize: 4, hiddenSize: 3 })] as const;
  return memoryCell(stack(layers), memory());
};
describeCell('memoryCell of two layers', twoLayers);

describe('memoryCell', () => {
  const cell = memoryCell(lstm({ inputSize: 3 + 2, hiddenSize: 4 }), memory());
  const params = cell.init(Rng.seeded(1));
  const inputs = Rng.seeded(2).tensor([2, 6, 3], (r) => r.normal()) as Sequence;

  it('refuses a controller without room for the read', () => {
    expect(() => memoryCell(lstm({ inputSize: 2, hiddenSize: 4 }), memory())).toThrow(
      'memoryCell(lstm, ntmMemory): controller: expected inputSize above 2, for the read vector appended to the input, got 2.',
    );
  });

  it('is traced with the results of unroll and the weights of its heads', async () => {
    const { seen, ...traced } = traceMemory(cell, params, inputs);
    await expectTreesClose(traced, unroll(cell, params, inputs));
    const shapes = Object.entries(seen).map(([name, { shape }]) => [name, shape]);
    expect(Object.fromEntries(shapes)).toMatchObject({ readWeights: [2, 6, 1, 5], writeWeights: [2, 6, 1, 5] });
  });

  it('leaks nothing in a trace', () => {
    const made = countTensors(() => traceMemory(cell, params, inputs));
    expect(made).toBe(1 + 5 + 5); // outputs; h, c, read, memory, weights; five recorded quantities
  });
});
