import type { Cell, Memory, Tree } from '@elman/core';
import { memoryCell, stack } from '@elman/rnn';
import { type FindOptions, find } from './find/find.ts';
import { readCell } from './find/typed.ts';

/** Any cell without context. */
export type AnyCell = Cell<Tree, Tree>;
/** What makes a cell from two sizes. */
export type CellFactory = (sizes: { readonly inputSize: number; readonly hiddenSize: number }) => AnyCell;

/**
 * A factory of cells by what is typed (`find`). With a memory after a plus, as `lstm+ntmMemory:slots=64,width=16`, it is the cell that
 * commands it; options that are told beside the text are those of the cell before the plus.
 *
 * @throws {OptionError} if there is no such cell, memory or option.
 */
export async function findCell(text: string, told: FindOptions = {}): Promise<CellFactory> {
  const [name, ofMemory] = readCell(text);
  const { make } = await find<AnyCell>('cell', name, told);
  if (ofMemory === undefined) return make;
  const memories = await find<Memory<Tree>>('memory', ofMemory, { workingFolder: told.workingFolder });
  return ({ inputSize, hiddenSize }) => {
    const memory = memories.make();
    const controller = make({ inputSize: inputSize + memory.readSize, hiddenSize });
    return memoryCell(controller, memory) as unknown as AnyCell;
  };
}

/** How cells are stacked. */
export type StackSettings = {
  readonly inputSize: number;
  readonly hidden: number;
  readonly layers: number;
};

/** So many cells, one on the other. */
export function stacked(make: CellFactory, { inputSize, hidden, layers }: StackSettings): AnyCell {
  const all: AnyCell[] = [];
  for (let i = 0; i < layers; i++) {
    all.push(make({ inputSize: all.at(-1)?.outputSize ?? inputSize, hiddenSize: hidden }));
  }
  return all.length === 1 ? (all[0] as AnyCell) : (stack(all) as AnyCell);
}
