/**
 * Trees of tensors: objects and arrays whose leaves are tensors. Parameters, states and gradients are trees.
 *
 * Object keys are visited in sorted order, so that two trees built in different orders pair up leaf by leaf.
 * Import as a namespace: `import { tree } from '@elman/core'`.
 */
import {
  engine,
  gather as gatherRows,
  keep as keepTensor,
  notEqual,
  reshape,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy as tidyTensors,
  where as whereTensor,
  zerosLike as zerosLikeTensor,
} from '@tensorflow/tfjs-core';
import { ElmanError, ShapeError } from './errors.ts';
import { expectBackend } from './expect-backend.ts';
import { isPlaceholder, placeholder } from './placeholder.ts';
import type { Tree } from './types.ts';

/** A leaf and its path: `layers.0.kernel`. */
export type Entry = readonly [path: string, tensor: Tensor];

const isArray = (tree: Tree): tree is readonly Tree[] => Array.isArray(tree);
const join = (path: string, key: string | number): string => (path === '' ? `${key}` : `${path}.${key}`);

type Branch = { readonly [key: string]: Tree };

/** The names of the branches of an object, sorted, or the indices of an array. */
function keysOf(tree: Tree): string[] {
  const keys = Object.keys(tree);
  if (isArray(tree)) return keys;
  for (let i = 1; i < keys.length; i++) if ((keys[i] as string) < (keys[i - 1] as string)) return keys.sort();
  return keys;
}

function isNode(tree: unknown): tree is Exclude<Tree, Tensor> {
  return typeof tree === 'object' && tree !== null && !(tree instanceof Tensor);
}

function mapAt(paths: string, trees: readonly Tree[], f: (path: string, ...leaves: Tensor[]) => Tensor): Tree {
  const [first, ...rest] = trees as [Tree, ...Tree[]];
  const where = paths === '' ? 'tree' : paths;
  if (first instanceof Tensor) {
    for (const other of rest) {
      if (!(other instanceof Tensor)) throw new ShapeError(`${where}: expected a tensor in every tree, got a branch.`);
    }
    return f(paths, ...(trees as Tensor[]));
  }
  if (!isNode(first)) throw new ShapeError(`${where}: expected a tensor, object or array, got ${String(first)}.`);
  const keys = keysOf(first);
  for (const other of rest) {
    if (!isNode(other) || isArray(other) !== isArray(first)) {
      throw new ShapeError(`${where}: expected the same branches in every tree, got a leaf or another kind of branch.`);
    }
    const own = keysOf(other);
    if (own.length !== keys.length || own.some((key, i) => key !== keys[i])) {
      throw new ShapeError(`${where}: expected the branches ${keys.join(', ')}, got ${own.join(', ')}.`);
    }
  }
  const mapped = (key: string): Tree => {
    const branches = trees.map((tree) => (tree as unknown as Branch)[key] as Tree);
    return mapAt(join(paths, key), branches, f);
  };
  return isArray(first) ? keys.map(mapped) : Object.fromEntries(keys.map((key) => [key, mapped(key)]));
}

/** A tree of the same form, each leaf `f(leaf, path)`. */
export function map<T extends Tree>(tree: T, f: (leaf: Tensor, path: string) => Tensor): T {
  return mapAt('', [tree], (path, leaf) => f(leaf as Tensor, path)) as T;
}

/**
 * A tree of the same form as `a` and `b`, each leaf `f(a's leaf, b's leaf, path)`.
 * @throws {ShapeError} if the trees do not have the same branches.
 */
export function zip<T extends Tree>(a: T, b: T, f: (a: Tensor, b: Tensor, path: string) => Tensor): T {
  return mapAt('', [a, b], (path, x, y) => f(x as Tensor, y as Tensor, path)) as T;
}

/** The same over three trees or more, given as an array. */
export function zipAll<T extends Tree>(trees: readonly T[], f: (leaves: readonly Tensor[], path: string) => Tensor): T {
  if (trees.length === 0) throw new ShapeError('tree.zipAll: expected one tree or more, got none.');
  return mapAt('', trees, (path, ...leaves) => f(leaves, path)) as T;
}

/**
 * The leaves with their paths, in a fixed order (keys sorted, arrays by index).
 * @throws {ElmanError} if a key contains a dot, which would make paths ambiguous.
 */
export function entries(tree: Tree): Entry[] {
  const found: Entry[] = [];
  const visit = (node: Tree, path: string): void => {
    if (node instanceof Tensor) {
      found.push([path, node]);
      return;
    }
    if (!isNode(node))
      throw new ShapeError(`${path || 'tree'}: expected a tensor, object or array, got ${String(node)}.`);
    for (const key of keysOf(node)) {
      if (key.includes('.')) throw new ElmanError(`tree: the key "${key}" contains a dot; paths would be ambiguous.`);
      visit((node as unknown as Branch)[key] as Tree, join(path, key));
    }
  };
  visit(tree, '');
  return found;
}

/** The leaves, in the order of `entries`. */
export function leaves(tree: Tree): Tensor[] {
  return entries(tree).map(([, leaf]) => leaf);
}

/**
 * A tree of the form of `like` with the leaves of `found`, by path.
 * @throws {ShapeError} naming the paths that are missing or too many, or a leaf whose shape or dtype differs.
 */
export function fromEntries<T extends Tree>(like: T, found: Iterable<Entry>): T {
  const byPath = new Map(found);
  const wanted = entries(like).map(([path]) => path);
  const missing = wanted.filter((path) => !byPath.has(path));
  if (missing.length > 0)
    throw new ShapeError(`tree: ${missing.join(', ')} missing; found ${list([...byPath.keys()])}.`);
  const known = new Set(wanted);
  const extra = [...byPath.keys()].filter((path) => !known.has(path));
  if (extra.length > 0) throw new ShapeError(`tree: ${extra.join(', ')} not expected; expected ${list(wanted)}.`);
  return map(like, (leaf, path) => {
    const tensor = byPath.get(path) as Tensor;
    if (tensor.dtype !== leaf.dtype || tensor.shape.join() !== leaf.shape.join()) {
      throw new ShapeError(
        `${path}: expected ${leaf.dtype} [${leaf.shape.join(', ')}], got ${tensor.dtype} [${tensor.shape.join(', ')}].`,
      );
    }
    return tensor;
  });
}

const list = (paths: string[]): string => (paths.length === 0 ? 'nothing' : paths.join(', '));

/** Rows of every leaf along axis 0, the batch: `indices` int32 [n]. Reorders beams; also repeats and drops rows. */
export function gather<T extends Tree>(tree: T, indices: Tensor1D): T {
  return map(tree, (leaf) => gatherRows(leaf, indices, 0));
}

/**
 * Row by row along axis 0: the leaf of `a` where `mask` is true (or not 0), else that of `b`. Values that are not chosen
 * have no influence, even if NaN. `mask`: [batch] or [batch, 1].
 */
export function where<T extends Tree>(mask: Tensor1D | Tensor2D, a: T, b: T): T {
  return tidy(() => {
    const chosen = mask.dtype === 'bool' ? mask : notEqual(mask, 0);
    return zip(a, b, (x, y) => whereTensor(reshape(chosen, [chosen.size, ...Array<number>(x.rank - 1).fill(1)]), x, y));
  });
}

/** Zeros of the same shapes and dtypes. */
export function zerosLike<T extends Tree>(tree: T): T {
  return map(tree, (leaf) => (isPlaceholder(leaf) ? placeholder(leaf.shape, leaf.dtype) : zerosLikeTensor(leaf)));
}

/** Copies that are disposed of independently (the data is reference-counted). */
export function clone<T extends Tree>(tree: T): T {
  return map(tree, (leaf) => leaf.clone());
}

/** Disposes every leaf. Leaves already disposed of are skipped. */
export function dispose(tree: Tree): void {
  for (const leaf of leaves(tree)) if (!leaf.isDisposed) leaf.dispose();
}

/** Keeps every leaf beyond the surrounding `tidy` scopes, until `release` or `dispose`. */
export function keep<T extends Tree>(tree: T): T {
  for (const leaf of leaves(tree)) keepTensor(leaf);
  return tree;
}

/** Returns kept leaves to the current `tidy` scope, if any: the opposite of `keep`. */
export function release<T extends Tree>(tree: T): T {
  for (const leaf of leaves(tree)) {
    leaf.kept = false;
    (engine() as unknown as { track(tensor: Tensor): Tensor }).track(leaf);
  }
  return tree;
}

/**
 * Runs `f`, disposes every tensor it made except those in the tree it returns. `f` must not be async.
 * @throws {BackendError} without a backend.
 */
export function tidy<T extends Tree>(f: () => T): T {
  expectBackend();
  return tidyTensors(f as () => never) as T;
}

/** The total number of elements of the leaves. */
export function size(tree: Tree): number {
  return leaves(tree).reduce((sum, leaf) => sum + leaf.size, 0);
}
