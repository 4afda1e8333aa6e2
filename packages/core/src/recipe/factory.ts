/** The kinds of objects with recipes, and the methods that identify each. */
const METHODS = {
  attention: ['init', 'keys', 'attend'],
  cell: ['init', 'initialState', 'step'],
  layer: ['init', 'initialState', 'run'],
  memory: ['initialState', 'access'],
  model: ['init'],
  task: ['sample', 'loss', 'accuracy', 'baseline'],
} as const;

/** A kind of object with a recipe. */
export type Kind = keyof typeof METHODS;

/** All of them. */
export const KINDS: readonly Kind[] = Object.keys(METHODS) as Kind[];

/**
 * The positions of parts among the arguments of a factory: a kind takes a recipe of that kind, with a
 * question mark also a plain value or nothing; an array takes any number of them; an object has them under these names.
 */
export type Part = Kind | `${Kind}?` | readonly [Part] | { readonly [option: string]: Part };

/** An export of a package that recipes may name. */
export interface Factory {
  readonly makes: Kind;
  readonly make: (...given: never[]) => unknown;
  /** By argument; by default an argument has no recipe. */
  readonly parts?: readonly Part[] | undefined;
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
