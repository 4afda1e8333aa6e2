import { type Json, type Memory, OptionError, type Tree } from '@elman/core';
import { memoryCell } from '@elman/rnn';
import type { AnyCell, CellFactory } from './cell.ts';
import { commandLine } from './exit.ts';
import { expectKnown } from './known.ts';
import { didYouMean } from './near.ts';
import { setting } from './values.ts';

type AnyMemory = Memory<Tree>;
type MemoryFactory = (options: { readonly [name: string]: Json }) => AnyMemory;

/** Default options of memories. */
export const USUAL: { readonly [name: string]: { readonly [option: string]: Json } } = {
  continuousDeque: { capacity: 64, size: 16 },
  continuousQueue: { capacity: 64, size: 16 },
  continuousStack: { capacity: 64, size: 16 },
  dncMemory: { slots: 64, width: 16, reads: 4 },
  fastWeights: { keySize: 32, valueSize: 32 },
  keyValueMemory: { slots: 128, keySize: 20, valueSize: 20 },
  ntmMemory: { slots: 128, width: 20 },
  pushPopStack: { depth: 64, size: 8, stacks: 2, reads: 2 },
  sparseAccessMemory: { slots: 1024, width: 20, reads: 4 },
  tape: { cells: 64, size: 16 },
};

/**
 * A memory by name, with options of its own behind colons: `ntmMemory`, or `ntmMemory:slots=64:width=16`.
 *
 * @throws {OptionError} naming the memories there are, or the option that this one has not.
 */
export async function findMemory(text: string): Promise<() => AnyMemory> {
  const [name = '', ...told] = text.split(':');
  const usual = Object.hasOwn(USUAL, name) ? USUAL[name] : undefined;
  if (usual === undefined) {
    const near = didYouMean(name, Object.keys(USUAL)) || ';';
    throw new OptionError(`cell: "${name}" is no memory of @elman/memory${near} "${commandLine('cells')}" lists them.`);
  }
  const { factories } = await import('@elman/memory');
  const make = factories[name]?.make as MemoryFactory;
  const vague = told.find((one) => !/^[^=]+=/.test(one));
  if (vague !== undefined) throw new OptionError(`cell: ${name}: expected option=value, got "${vague}".`);
  const options = told.reduce((before, one) => setting(one, before), usual);
  expectKnown('cell', make(usual), options);
  return () => make(options);
}

/** A cell of this name with a memory. */
export function withMemory(make: CellFactory, memory: () => AnyMemory): CellFactory {
  return ({ inputSize, ...rest }) => {
    const made = memory();
    return memoryCell(make({ inputSize: inputSize + made.readSize, ...rest }), made) as unknown as AnyCell;
  };
}
