/** What can be made from a recipe, and the methods by which each kind is known. */
const METHODS = {
  attention: ['init', 'keys', 'attend'],
  cell: ['init', 'initialState', 'step'],
  layer: ['init', 'initialState', 'run'],
  memory: ['initialState', 'access'],
  model: ['init'],
  task: ['sample', 'loss', 'accuracy', 'baseline'],
} as const;

/** What can be made from a recipe. */
export type Kind = keyof typeof METHODS;

/** All of them. */
export const KINDS: readonly Kind[] = Object.keys(METHODS) as Kind[];

/**
 * Where the parts of a thing stand among the arguments of its factory: a kind is a place for a recipe of that kind, with a
 * question mark also for a plain value or nothing; an array holds any number of them; an object has them under these names.
 */
export type Part = Kind | `${Kind}?` | readonly [Part] | { readonly [option: string]: Part };

/** An export of a package that recipes may name. */
export interface Factory {
  readonly makes: Kind;
  readonly make: (...given: never[]) => unknown;
  /** By argument; where nothing is said, no recipe may stand. */
  readonly parts?: readonly Part[] | undefined;
  /** What it makes, in a line. */
  readonly summary?: string | undefined;
}

/** The factories of a package by the names of its exports. */
export type Factories = { readonly [name: string]: Factory };

/** Whether something has the methods of its kind. */
export function isOfKind(kind: Kind, made: unknown): boolean {
  if (typeof made !== 'object' || made === null) return false;
  return METHODS[kind].every((method) => typeof (made as { [name: string]: unknown })[method] === 'function');
}

/** What something of this kind is, in words. */
export const described = (kind: Kind): string => `a record with ${METHODS[kind].join(', ')}`;
