import { factories } from '@elman/cells';
import type { Cell, Factory, Tree } from '@elman/core';

/** Those that go around a cell which is recurrent through its output. */
const AROUND: { readonly [name: string]: string } = { teacherForced: 'jordan' };

type Sizes = { readonly inputSize: number; readonly hiddenSize: number };
type SomeCell = Cell<Tree, Tree>;

/** The cell that a combinator of `@elman/cells` goes around here; of a cell, undefined. */
export function partOf(name: string): string | undefined {
  return factories[name]?.parts === undefined ? undefined : (AROUND[name] ?? 'lstm');
}

/**
 * A cell of `@elman/cells` by its name, with the default options. A combinator goes around one of `inputSize`, and of as many
 * inputs more as it adds to them.
 */
export function namedCell(name: string, sizes: Sizes): SomeCell {
  const factory = factories[name];
  if (factory === undefined) throw new RangeError(`cell: expected a factory of @elman/cells, got ${name}.`);
  const { make, defaults } = factory as Factory & { make: (options: object) => SomeCell };
  const part = partOf(name);
  if (part === undefined) return make({ ...defaults, ...sizes });
  const around = make as unknown as (cell: SomeCell, options?: object) => SomeCell;
  const { inputSize, hiddenSize } = sizes;
  const wrapped = (inputs: number): SomeCell => around(namedCell(part, { inputSize: inputs, hiddenSize }), defaults);
  const many = inputSize + 16 * hiddenSize;
  const added = Math.max(0, many - wrapped(many).inputSize);
  return wrapped(inputSize + added);
}
