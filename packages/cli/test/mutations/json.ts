import type { Rng } from '@elman/core';

/** Stands for text in the place of a value, which `JSON.stringify` would not write. */
const RAW = '\u0001raw:';

/** Values in the place of others, as JSON: of other types, at and beyond limits, not numbers, deep, long. */
const VALUES: readonly string[] = [
  'null true false 0 -0 1 -1 2 3 0.5 1e-320 1e308 1e400 -1e400 2147483647 2147483648 9007199254740993 1000000000 1e9 65536 300'.split(
    ' ',
  ),
  ['""', '"NaN"', '"\\u0000\\n\\u001b[31m"', '"\\ud800"', '"constructor"', '"__proto__"', '[]', '{}', '[null]', '[[]]'],
  ['{"length":1e9}', '{"type":"boundary"}', '{"package":"@elman/cells","factory":"lstm","arguments":[]}'],
].flat();
const DEPTHS = [20, 300, 3000, 20_000];
const NAMES = ['__proto__', 'constructor', 'toJSON', 'length', 'then', '', 'a.b', '\n', '0', 'type', 'name'];

/** How many mutations, mostly one: it is read further. */
const ROUNDS = [1, 1, 1, 1, 2, 3];

type Container = { [key: string]: unknown } | unknown[];
/** A value within JSON, by the object or list that has it. */
type Place = { readonly within: Container; readonly key: string };

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** A random place, found from the top down, so that large parts do not hide small ones. */
function place(within: Container, rng: Rng): Place | undefined {
  const keys = Object.keys(within).filter((key) => !key.startsWith(RAW));
  if (keys.length === 0) return undefined;
  const key = keys[rng.integer(keys.length)] as string;
  const value = (within as { [key: string]: unknown })[key];
  if (isContainer(value) && rng.integer(5) > 0) return place(value, rng) ?? { within, key };
  return { within, key };
}

const get = ({ within, key }: Place): unknown => (within as { [key: string]: unknown })[key];

function set({ within, key }: Place, value: unknown): void {
  Object.defineProperty(within, key, { value, writable: true, enumerable: true, configurable: true });
}

function remove({ within, key }: Place): void {
  if (Array.isArray(within)) within.splice(Number(key), 1);
  else delete within[key];
}

function deep(rng: Rng): string {
  const depth = DEPTHS[rng.integer(DEPTHS.length)] as number;
  const [open, close] = rng.integer(2) === 0 ? ['[', ']'] : ['{"tokenizer":{"type":"boundary"},"a":', '}'];
  return `${open.repeat(depth)}1${close.repeat(depth)}`;
}

/** Changes of a JSON value at a random place, each leaving JSON. */
const MUTATIONS: readonly ((at: Place, root: Container, rng: Rng) => void)[] = [
  (at) => remove(at),
  (at, _, rng) => set(at, RAW + VALUES[rng.integer(VALUES.length)]),
  (at, _, rng) => set(at, RAW + VALUES[rng.integer(VALUES.length)]),
  (at, _, rng) => set(at, RAW + deep(rng)),
  (at, _, rng) => set(at, 'long '.repeat(10 ** rng.integer(5))),
  (at, root, rng) => set(at, structuredClone(get(place(root, rng) ?? at))),
  (at, _, rng) => {
    const value = get(at);
    if (typeof value !== 'number') return set(at, RAW + VALUES[rng.integer(VALUES.length)]);
    set(at, [value + 1, -value, value / 3, value * 1e6, 2 ** rng.integer(64), `${value}`][rng.integer(6)]);
  },
  (at, _, rng) => {
    const value = get(at);
    remove(at);
    if (Array.isArray(at.within)) at.within.splice(rng.integer(at.within.length + 1), 0, value, value);
    else set({ ...at, key: NAMES[rng.integer(NAMES.length)] as string }, value);
  },
  // A key twice: JSON.parse takes the last.
  (at, _, rng) => {
    if (Array.isArray(at.within)) return remove(at);
    const twice = `${JSON.stringify(at.key)}:${VALUES[rng.integer(VALUES.length)]}`;
    set({ ...at, key: RAW + twice }, 0);
  },
];

/** The JSON with one to three values removed, replaced, moved, repeated or renamed. Other text is returned unchanged. */
export function mutateJson(text: string, rng: Rng): string {
  let root: { value: unknown };
  try {
    root = { value: JSON.parse(text) as unknown };
  } catch {
    return text;
  }
  for (let times = ROUNDS[rng.integer(ROUNDS.length)] as number; times > 0; times--) {
    const inner = isContainer(root.value) && rng.integer(50) > 0 ? place(root.value, rng) : undefined;
    const mutation = MUTATIONS[rng.integer(MUTATIONS.length)] as (typeof MUTATIONS)[number];
    mutation(inner ?? { within: root, key: 'value' }, root, rng);
    if (!Object.hasOwn(root, 'value')) root = { value: null };
  }
  return written(JSON.stringify(root.value) ?? 'null');
}

/** JSON with its raw texts written out. */
function written(json: string): string {
  return json.replaceAll(/"\\u0001raw:((?:[^"\\]|\\.)*)"(:0)?/g, (_, raw: string) => JSON.parse(`"${raw}"`) as string);
}
