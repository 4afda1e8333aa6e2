import { memory, type Tensor1D, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ShapeError, type Tree, tree } from '../src/index.ts';

const sample = () => ({ h: tensor2d([[1], [2], [3]]), layers: [{ c: tensor1d([10, 20, 30]) }] });
const values = async (t: Tree): Promise<number[][]> =>
  Promise.all(tree.leaves(t).map(async (leaf) => Array.from(await leaf.data())));

describe('tree', () => {
  it('visits leaves by path, keys sorted', () => {
    const t = { b: tensor1d([1]), a: [tensor1d([2]), { z: tensor1d([3]) }] };
    expect(tree.entries(t).map(([path]) => path)).toEqual(['a.0', 'a.1.z', 'b']);
    expect(tree.size(t)).toBe(3);
    tree.dispose(t);
  });

  it('pairs trees whose keys were written in another order', async () => {
    const sum = tree.zip({ a: tensor1d([1]), b: tensor1d([2]) }, { b: tensor1d([20]), a: tensor1d([10]) }, (x, y) =>
      tidy(() => x.clone() && y.clone()),
    );
    expect(await values(sum)).toEqual([[10], [20]]);
  });

  it('names the path at which two trees differ', () => {
    const one = { layers: [{ kernel: tensor1d([1]) }] } as Tree;
    const other = { layers: [{ bias: tensor1d([1]) }] } as Tree;
    expect(() => tree.zip(one, other, (a) => a)).toThrow(
      new ShapeError('layers.0: expected the branches kernel, got bias.'),
    );
    expect(() => tree.zip(one, { layers: tensor1d([1]) }, (a) => a)).toThrow(ShapeError);
    expect(() => tree.map({ a: 3 } as unknown as Tree, (a) => a)).toThrow(
      new ShapeError('a: expected a tensor, object or array, got 3.'),
    );
  });

  it('refuses keys that make paths ambiguous', () => {
    expect(() => tree.entries({ 'a.b': tensor1d([1]) })).toThrow('the key "a.b" contains a dot');
  });

  it('restores a tree from entries in any order, and checks them', async () => {
    const like = sample();
    const back = tree.fromEntries(like, tree.entries(like).reverse());
    expect(await values(back)).toEqual(await values(like));
    const [first, second] = tree.entries(like);
    if (first === undefined || second === undefined) throw new Error('two leaves');
    expect(() => tree.fromEntries(like, [first])).toThrow(new ShapeError('tree: layers.0.c missing; found h.'));
    expect(() => tree.fromEntries(like, [first, second, ['more', first[1]]])).toThrow('more not expected');
    expect(() => tree.fromEntries(like, [first, ['layers.0.c', first[1]]])).toThrow(
      new ShapeError('layers.0.c: expected float32 [3], got float32 [3, 1].'),
    );
  });

  it('gathers rows of every leaf: reorders, repeats, drops', async () => {
    const rows = tree.gather(sample(), tensor1d([2, 0, 0, 1], 'int32'));
    expect(await values(rows)).toEqual([
      [3, 1, 1, 2],
      [30, 10, 10, 20],
    ]);
  });

  it.each([
    ['bool', (): Tensor1D => tensor1d([1, 0, 1], 'bool')],
    ['numbers', (): Tensor1D => tensor1d([1, 0, 1])],
  ])('chooses rows by a mask of %s, untouched by NaN in the rest', async (_, mask) => {
    const b = { h: tensor2d([[7], [8], [Number.NaN]]), layers: [{ c: tensor1d([70, 80, 90]) }] };
    expect(await values(tree.where(mask(), sample(), b))).toEqual([
      [1, 8, 3],
      [10, 80, 30],
    ]);
  });

  it('disposes of all but the returned tree', () => {
    const before = memory().numTensors;
    const kept = tree.tidy(() => {
      const t = sample();
      return { only: t.h };
    });
    expect(memory().numTensors - before).toBe(1);
    tree.dispose(kept);
    tree.dispose(kept);
    expect(memory().numTensors).toBe(before);
  });

  it('keeps through scopes and releases into them', () => {
    const before = memory().numTensors;
    let kept: Tree = [];
    tidy(() => {
      kept = tree.keep(sample());
    });
    expect(memory().numTensors - before).toBe(2);
    tidy(() => {
      tree.release(kept);
    });
    expect(memory().numTensors).toBe(before);
  });

  it('makes zeros and copies of the same form', async () => {
    const t = sample();
    const copy = tree.clone(t);
    expect(await values(tree.zerosLike(t))).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    tree.dispose(t);
    expect(await values(copy)).toEqual([
      [1, 2, 3],
      [10, 20, 30],
    ]);
  });
});
