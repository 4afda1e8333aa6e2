import { expectAwaited, type Tree, tree } from '@elman/core';
import { tensor } from '@tensorflow/tfjs-core';
import { decodeSafetensors, type Safetensors, type StoredTensor } from './decode.ts';
import { refuse } from './refuse.ts';

/** Options of `loadInto`. */
export type LoadOptions = {
  /** The name of the file in errors; a decoded file has it. */
  readonly where?: string | undefined;
  /** Load only the tensors under this path of the file: `params` for `params.cell.kernel`. By default all. */
  readonly prefix?: string | undefined;
};

/**
 * A tree of the structure of `like` with the tensors of a safetensors file.
 *
 * The file must have the same paths, shapes and dtypes, and only finite numbers. No tensor is made if anything is
 * wrong. The tensors are new; of `like` only the structure is read.
 * @throws {CheckpointError} one line: the file, the first tensor that does not match, what was expected and found.
 */
export function loadInto<T extends Tree>(like: T, from: Uint8Array | Safetensors, options: LoadOptions = {}): T {
  expectAwaited('loadInto: from', from);
  const file = from instanceof Uint8Array ? decodeSafetensors(from, options.where ?? 'safetensors') : from;
  const where = options.where ?? file.where;
  const found = under(file.entries, options.prefix);
  const at = (path: string): string => [options.prefix, path].filter(Boolean).join('.') || 'tree';
  const wanted = tree.entries(like);
  const fail = (path: string, what: string): never => refuse(where, `${at(path)}: ${what}`);
  for (const [path, { dtype, shape }] of wanted) {
    const stored = found.get(path);
    if (stored === undefined) {
      fail(path, `expected ${dtype} [${shape.join(', ')}], got nothing; the file belongs to another model.`);
    } else if (stored.dtype !== dtype || stored.shape.join() !== shape.join()) {
      const expected = `expected ${dtype} [${shape.join(', ')}], got ${stored.dtype} [${stored.shape.join(', ')}]`;
      fail(path, `${expected}; the file belongs to a model with other options.`);
    }
  }
  const known = new Set(wanted.map(([path]) => path));
  for (const [path] of found) {
    if (!known.has(path)) fail(path, 'not expected; the file belongs to another model.');
  }
  for (const [path, { values }] of found) {
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      fail(path, `not finite: ${values[bad]} at element ${bad} of ${values.length}. Use an earlier checkpoint.`);
  }
  return tree.map(like, (_, path) => {
    const { values, shape, dtype } = found.get(path) as StoredTensor;
    return tensor(values, shape, dtype);
  });
}

function under(entries: Safetensors['entries'], prefix: string | undefined): ReadonlyMap<string, StoredTensor> {
  if (prefix === undefined || prefix === '') return entries;
  const found = new Map<string, StoredTensor>();
  for (const [name, stored] of entries) {
    if (name === prefix) found.set('', stored);
    else if (name.startsWith(`${prefix}.`)) found.set(name.slice(prefix.length + 1), stored);
  }
  return found;
}
