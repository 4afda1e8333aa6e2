import type { Json } from '../types.ts';

/** The kinds of objects that factories make, and the methods that identify each. */
const METHODS = {
  attention: ['init', 'keys', 'attend'],
  cell: ['init', 'initialState', 'step'],
  layer: ['init', 'initialState', 'run'],
  memory: ['initialState', 'access'],
  model: ['init'],
  optimizer: ['init', 'update'],
  task: ['sample', 'loss', 'accuracy', 'baseline'],
} as const;

/** A kind of object that a factory makes. */
export type Kind = keyof typeof METHODS;

/** All of them. */
export const KINDS: readonly Kind[] = Object.keys(METHODS) as Kind[];

/**
 * The positions of parts among the arguments of a factory: a kind takes a recipe of that kind, with a
 * question mark also a plain value or nothing; an array takes any number of them; an object has them under these names.
 */
export type Part = Kind | `${Kind}?` | readonly [Part] | { readonly [option: string]: Part };

/** The values of an option: numbers, texts, true or false, a list of these, or one of the names that are listed. */
export type OptionType = 'number' | 'numbers' | 'boolean' | 'text' | 'texts' | readonly string[];

/** What the input size of a part depends on. All parts have the same output size. */
export interface PartSizes {
  /** Of the whole. */
  readonly inputSize: number;
  /** Of each part. */
  readonly outputSize: number;
  /** The position of the part, from 0, of so many. */
  readonly part: number;
  readonly parts: number;
  /** Those of the whole. */
  readonly options: { readonly [name: string]: Json };
}

/** An export of a package that recipes may name. */
export interface Factory {
  readonly makes: Kind;
  readonly make: (...given: never[]) => unknown;
  /** By argument; by default an argument has no recipe. */
  readonly parts?: readonly Part[] | undefined;
  /**
   * Of a factory made of cells: the input size of one of them. By default it is that of the whole.
   */
  readonly partInputSize?: ((sizes: PartSizes) => number) | undefined;
  /**
   * The options of the first argument that is no part, which the command `elman` takes; others are refused. Left out are sizes and rates that it sets by
   * itself: `inputSize` and `hiddenSize` of a cell, `querySize` and `memorySize` of an attention, `learningRate` of an optimizer.
   */
  readonly options?: { readonly [name: string]: OptionType } | undefined;
  /** What the command sets where the command line says nothing: the options that the factory requires, among others. */
  readonly defaults?: { readonly [name: string]: Json } | undefined;
  /** What it makes, in a line. */
  readonly summary?: string | undefined;
}

/** The factories of a package by the names of its exports. */
export type Factories = { readonly [name: string]: Factory };

/** Whether a value has the methods of its kind. */
export function isOfKind(kind: Kind, made: unknown): boolean {
  if (typeof made !== 'object' || made === null) return false;
  return METHODS[kind].every((method) => typeof (made as { [name: string]: unknown })[method] === 'function');
}

/** A description of this kind. */
export const described = (kind: Kind): string => `a record with ${METHODS[kind].join(', ')}`;
