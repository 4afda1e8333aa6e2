import { lstm, type SimpleRnnParams, type SimpleRnnState, simpleRnn } from '@elman/cells';
import type { Tree } from '@elman/core';
import { type PushPopStackState, pushPopStack } from '@elman/memory';
import { type TaskModel, taskModel } from '@elman/models';
import { type MemoryCell, memoryCell } from '@elman/rnn';
import type { Language } from './languages.ts';

/** A net for words of up to so many frames, with stacks as deep; or with none, for words of any length. */
export type Net = (depth: number) => TaskModel<Tree, Tree>;

/** A simple recurrent network that pushes and pops. */
export type StackCell = MemoryCell<SimpleRnnParams, SimpleRnnState, PushPopStackState>;

/** Of each stack the two topmost elements are read. */
const READS = 2;

/** The cell with stacks: trained soft, it may go on hard and as deep as is needed with the same parameters. */
export function stackCell({ task, stacks, size, units }: Language, depth: number, hard = false): StackCell {
  const memory = pushPopStack({ depth: Math.max(depth, READS), stacks, size, reads: READS, hard });
  const inputSize = task.inputSize + memory.readSize;
  return memoryCell(simpleRnn({ inputSize, hiddenSize: units, activation: 'sigmoid' }), memory);
}

/** A net with stacks. */
export function stackNet(language: Language, hard = false): Net {
  return (depth) => taskModel(stackCell(language, depth, hard), language.task) as never;
}

/** A net without. */
export function lstmNet({ task }: Language, units: number): Net {
  return () => taskModel(lstm({ inputSize: task.inputSize, hiddenSize: units }), task) as never;
}
