import type { Cell, Tree } from '@elman/core';
import { ntmMemory } from '@elman/memory';
import { memoryCell } from '@elman/rnn';
import { stepLstm } from './lstm.ts';

/**
 * A Neural Turing machine (Graves et al. 2014): 64 slots of 16 numbers, one head that reads, one that writes, shifts of at most one;
 * the controller is an LSTM, a step alone.
 */
export function neuralTuringMachine(size: number): Cell<Tree, Tree> {
  const memory = ntmMemory({ slots: 64, width: 16, reads: 1, writes: 1, shifts: 1 });
  const controller = stepLstm({ inputSize: size + memory.readSize, hiddenSize: size });
  return memoryCell(controller, memory) as unknown as Cell<Tree, Tree>;
}
