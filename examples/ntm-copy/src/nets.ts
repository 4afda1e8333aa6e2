import { type LstmParams, type LstmState, lstm } from '@elman/cells';
import type { Cell, Task, Tree } from '@elman/core';
import { type NtmMemoryState, ntmMemory } from '@elman/memory';
import { type MemoryCell, memoryCell } from '@elman/rnn';

/** A Neural Turing machine: an LSTM of `units`, a head that reads and one that writes. */
export type NtmSizes = {
  readonly units: number;
  readonly slots: number;
  readonly width: number;
};

/** As the paper's, but for its feedforward controllers. */
export const SIZES: NtmSizes = { units: 100, slots: 128, width: 20 };

/** A Neural Turing machine for a task. */
export function ntm(
  { inputSize }: Task,
  { units, slots, width }: NtmSizes = SIZES,
): MemoryCell<LstmParams, LstmState, NtmMemoryState> {
  const memory = ntmMemory({ slots, width });
  return memoryCell(lstm({ inputSize: inputSize + memory.readSize, hiddenSize: units }), memory);
}

/** Nets to compare, by name. */
export const nets: { readonly [name: string]: (task: Task) => Cell<Tree, Tree> } = {
  'NTM, LSTM of 100': (task) => ntm(task) as never,
  'LSTM of 256': ({ inputSize }) => lstm({ inputSize, hiddenSize: 256 }) as never,
};
