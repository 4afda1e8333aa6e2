import { factories } from '@elman/cells';
import type { Cell, Tree } from '@elman/core';

/** Those that go around a cell which is recurrent through its output. */
const AROUND: { readonly [name: string]: string } = { teacherForced: 'jordan' };

type Sizes = { readonly inputSize: number; readonly hiddenSize: number };
type SomeCell = Cell<Tree, Tree>;

/** The cell that a combinator of `@elman/cells` goes around here; of a cell, undefined. */
export function partOf(name: string): string | undefined {
  return factories[name]?.parts === undefined ? undefined : (AROUND[name] ?? 'lstm');
}

/** A cell of `@elman/cells` by its name, with the default options. A combinator goes around one of the sizes that it needs. */
export function namedCell(name: string, sizes: Sizes): SomeCell {
  const factory = factories[name];
  if (factory === undefined) throw new RangeError(`cell: expected a factory of @elman/cells, got ${name}.`);
  const { defaults = {}, partInputSize } = factory;
  const make = factory.make as (...given: unknown[]) => SomeCell;
  const part = partOf(name);
  if (part === undefined) return make({ ...defaults, ...sizes });
  const { inputSize, hiddenSize: outputSize } = sizes;
  const inputs = partInputSize?.({ inputSize, outputSize, part: 0, parts: 1, options: defaults }) ?? inputSize;
  return make(namedCell(part, { ...sizes, inputSize: inputs }), defaults);
}
