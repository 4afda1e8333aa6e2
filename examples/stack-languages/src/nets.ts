import { feedForward, lstm, simpleRnn } from '@elman/cells';
import type { Cell, Tree } from '@elman/core';
import { type PushPopStackState, pushPopStack } from '@elman/memory';
import { type TaskModel, taskModel } from '@elman/models';
import { type MemoryCell, memoryCell } from '@elman/rnn';
import type { Language } from './languages.ts';

/** A net for words of up to this many frames, with stacks as deep; or without stacks, for words of any length. */
export type Net = (depth: number) => TaskModel<Tree, Tree>;

/** The controller of the stacks. */
export type StackCell = MemoryCell<Tree, Tree, PushPopStackState>;

/** The two topmost elements of each stack are read. */
const READS = 2;

/** The cell with stacks: trained soft, it may be run hard and deeper with the same parameters. */
export function stackCell(
  { task, stacks, size, noOp, units, controller }: Language,
  depth: number,
  hard = false,
): StackCell {
  const memory = pushPopStack({ depth: Math.max(depth, READS), stacks, size, reads: READS, noOp, hard });
  const inputSize = task.inputSize + memory.readSize;
  const made =
    controller === 'feedforward'
      ? feedForward({ inputSize, hiddenSize: units })
      : simpleRnn({ inputSize, hiddenSize: units, activation: 'sigmoid' });
  return memoryCell(made as unknown as Cell<Tree, Tree>, memory);
}

/** A net with stacks. */
export function stackNet(language: Language, hard = false): Net {
  return (depth) => taskModel(stackCell(language, depth, hard), language.task) as never;
}

/** A net without. */
export function lstmNet({ task }: Language, units: number): Net {
  return () => taskModel(lstm({ inputSize: task.inputSize, hiddenSize: units }), task) as never;
}
