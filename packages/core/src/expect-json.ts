import { CheckpointError, type DataError, type OptionError } from './errors.ts';
import { quoted, sortOf } from './recipe/quoted.ts';

/** Looks at a value of a JSON file; what is wrong with it, if anything: `.best.loss: expected a number, got null`. */
export type JsonCheck = (value: unknown) => string | undefined;

const check =
  (wanted: string, isGood: (value: unknown) => boolean): JsonCheck =>
  (value) =>
    isGood(value) ? undefined : `: expected ${wanted}, got ${shown(value)}`;

const number: JsonCheck = check('a number', Number.isFinite);
const count: JsonCheck = check(
  'a whole number from 0',
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
);
const size: JsonCheck = check(
  'a positive whole number',
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
);
const text: JsonCheck = check('a text', (value) => typeof value === 'string');
const boolean: JsonCheck = check('true or false', (value) => typeof value === 'boolean');
const any: JsonCheck = () => undefined;

const oneOf = (...values: readonly unknown[]): JsonCheck =>
  check(`one of ${values.map((value) => shown(value)).join(', ')}`, (value) => values.includes(value));
const nullable =
  (of: JsonCheck): JsonCheck =>
  (value) =>
    value === null ? undefined : of(value);
const optional =
  (of: JsonCheck): JsonCheck =>
  (value) =>
    value === undefined ? undefined : of(value);
const either =
  (wanted: string, a: JsonCheck, b: JsonCheck): JsonCheck =>
  (value) =>
    a(value) && b(value) && `: expected ${wanted}, got ${shown(value)}`;

const list =
  (of: JsonCheck): JsonCheck =>
  (value) => {
    if (!Array.isArray(value)) return `: expected a list, got ${shown(value)}`;
    return firstOf(value.entries(), (item) => of(item));
  };

const record =
  (members: { readonly [name: string]: JsonCheck }): JsonCheck =>
  (value) => {
    if (!isRecord(value)) return `: expected an object, got ${shown(value)}`;
    return firstOf(Object.entries(members), (of, name) => of(Object.hasOwn(value, name) ? value[name] : undefined));
  };

const map =
  (of: JsonCheck): JsonCheck =>
  (value) =>
    isRecord(value) ? firstOf(Object.entries(value), (item) => of(item)) : `: expected an object, got ${shown(value)}`;

/**
 * Checks of values in JSON files. `record` is an object with these members, or more; `map` one whose values are all alike;
 * `either` passes what one of two checks passes.
 */
export const json: {
  readonly any: JsonCheck;
  readonly boolean: JsonCheck;
  /** A whole number from 0. */
  readonly count: JsonCheck;
  either(wanted: string, a: JsonCheck, b: JsonCheck): JsonCheck;
  list(of: JsonCheck): JsonCheck;
  map(of: JsonCheck): JsonCheck;
  nullable(of: JsonCheck): JsonCheck;
  /** A finite number. */
  readonly number: JsonCheck;
  oneOf(...values: readonly unknown[]): JsonCheck;
  optional(of: JsonCheck): JsonCheck;
  record(members: { readonly [name: string]: JsonCheck }): JsonCheck;
  /** A whole number from 1. */
  readonly size: JsonCheck;
  readonly text: JsonCheck;
} = {
  any,
  boolean,
  count,
  either,
  list,
  map,
  nullable,
  number,
  oneOf,
  optional,
  record,
  size,
  text,
};

/**
 * Throws unless a value of a JSON file is what a reader relies on.
 *
 *   expectJson('runs/a/result.json', parsed, json.record({ seconds: json.number }), 'begin anew with --overwrite');
 *   // runs/a/result.json: seconds: expected a number, got null; begin anew with --overwrite.
 *
 * @throws {CheckpointError} naming the first member that is something else; or an error of the given type.
 */
export function expectJson(
  where: string,
  value: unknown,
  of: JsonCheck,
  advice: string,
  Type: typeof CheckpointError | typeof DataError | typeof OptionError = CheckpointError,
): void {
  const problem = of(value);
  if (problem !== undefined) throw new Type(`${where}${problem.replace(/^\./, ': ')}; ${advice}.`);
}

const isRecord = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function firstOf<K, V>(entries: Iterable<readonly [K, V]>, of: (value: V, key: K) => string | undefined) {
  for (const [key, value] of entries) {
    const problem = of(value, key);
    if (problem !== undefined) return `.${key}${problem}`;
  }
  return undefined;
}

/** Texts and numbers as they are, of all else what it is. */
function shown(value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'number' || typeof value === 'boolean' ? `${value}` : sortOf(value);
}
