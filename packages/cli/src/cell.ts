import { type Cell, type Memory, OptionError, type Tree } from '@elman/core';
import { memoryCell, stack } from '@elman/rnn';
import { builtInFactory, type FindOptions, find } from './find/find.ts';
import { readAround, readCell, readTyped } from './find/typed.ts';

/** Any cell without context. */
export type AnyCell = Cell<Tree, Tree>;
/** What makes a cell from two sizes. */
export type CellFactory = (sizes: { readonly inputSize: number; readonly hiddenSize: number }) => AnyCell;

/**
 * A factory of cells by what is typed (`find`). With a memory after a plus, as `lstm+ntmMemory:slots=64,width=16`, it is the cell that
 * commands it; with `of=`, as `zoneout:rate=0.1,of=lstm`, a combinator around what comes after. Options that are told beside the
 * text are those of the first name.
 *
 * @throws {OptionError} if there is no such cell, memory or option.
 */
export async function findCell(text: string, told: FindOptions = {}): Promise<CellFactory> {
  const [outer, of] = readAround(text);
  if (of !== undefined) return around(outer, of, told);
  const [name, ofMemory] = readCell(text);
  const { make, name: found } = await find<AnyCell>('cell', name, told);
  if ((await builtInFactory('cell', found))?.parts !== undefined) {
    throw new OptionError(`cell: ${found} is made of another cell; say which: ${outer}${separator(outer)}of=lstm`);
  }
  if (ofMemory === undefined) return (sizes) => make(sizes);
  const memories = await find<Memory<Tree>>('memory', ofMemory, { workingFolder: told.workingFolder });
  return ({ inputSize, hiddenSize }) => {
    const memory = memories.make();
    const controller = make({ inputSize: inputSize + memory.readSize, hiddenSize });
    return memoryCell(controller, memory) as unknown as AnyCell;
  };
}

const separator = (outer: string): string => (outer.includes('=') ? ',' : ':');

/** Cells of a combinator that takes a list, where the option `layers` says nothing. */
const LAYERS = 2;

/** A combinator around a cell, or around `layers` of them. */
async function around(outer: string, of: string, told: FindOptions): Promise<CellFactory> {
  const typed = readTyped('cell', outer);
  const { name } = typed;
  const factory = await builtInFactory('cell', name);
  if (factory !== undefined && factory.parts === undefined) {
    throw new OptionError(`cell: ${name}: expected no of=${of}; it is not made of another cell.`);
  }
  const makePart = await findCell(of, { workingFolder: told.workingFolder });
  const isList = Array.isArray(factory?.parts?.[0]);
  const given = { ...typed.options, ...told.with };
  const { layers = LAYERS, ...others } = given;
  if (isList && !(Number.isSafeInteger(layers) && (layers as number) > 0)) {
    throw new OptionError(`cell: ${name}: layers: expected a positive whole number, got ${layers}.`);
  }
  const wanted = { ...typed, options: isList ? others : given };
  const { make, options } = await find<AnyCell>('cell', wanted, { workingFolder: told.workingFolder });
  const parts = isList ? (layers as number) : 1;
  return (sizes) => {
    const { inputSize } = sizes;
    const inputSizeOf = (part: number): number => {
      if (factory?.partInputSize === undefined) return inputSize;
      const { outputSize } = makePart(sizes);
      return factory.partInputSize({ inputSize, outputSize, part, parts, options });
    };
    const cells = Array.from({ length: parts }, (_, part) => makePart({ ...sizes, inputSize: inputSizeOf(part) }));
    return make({}, isList ? cells : cells[0]);
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
