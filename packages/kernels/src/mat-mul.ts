import type { TensorInfo } from '@tensorflow/tfjs-core';
import { heapHere } from './simd/here.ts';
import { sharedWorkspace, type Workspace } from './simd/workspace.ts';

/** One product [rows, depth]·[depth, columns]. */
export type Product = {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
};

/** The operands, the result, and, if there is one, the bias [columns] that is added to every row. */
export type Operands<T> = { readonly a: T; readonly b: T; readonly out: T; readonly bias?: T | undefined };

/** Offsets of a, b and the product, in numbers. */
export type ProductAt = { readonly a: number; readonly b: number; readonly out: number };

/** Multiplications from which the copies to memory that threads share are worth it. */
const LARGE = 4e6;

/**
 * Multiplies float32 matrices on the heap of the wasm backend: the products at all of `places`. Each element is one sum in
 * the order of the depth, the same whatever the other rows and columns are, and for any number of threads.
 *
 * @returns false, with nothing done, where there is no SIMD.
 */
export function multiplyOnHeap(tensors: Operands<TensorInfo>, product: Product, places: Iterable<ProductAt>): boolean {
  const heap = heapHere();
  if (heap === undefined) return false;
  const { rows, depth, columns } = product;
  const workspace = rows * depth * columns >= LARGE ? sharedWorkspace() : undefined;
  const floats = heap.simd.matMulScratch(rows, depth, columns);
  const scratch = heap.scratch(floats);
  const start = addressesOf(tensors, (tensor) => heap.addressOf(tensor));
  const lengths = lengthsOf(product);
  for (const place of places) {
    const at = { a: start.a + 4 * place.a, b: start.b + 4 * place.b, out: start.out + 4 * place.out, bias: start.bias };
    if (workspace !== undefined && workspace.team.size > 1) {
      const view = (name: keyof Lengths): Float32Array => heap.view(at[name], lengths[name]);
      const bias = at.bias === 0 ? undefined : view('bias');
      multiplyInArena(workspace, { a: view('a'), b: view('b'), out: view('out'), bias }, product);
    } else heap.simd.matMul(0, 0, rows, 0, ...argumentsOf(at, product), scratch, 4 * floats);
  }
  return true;
}

/**
 * The same for JavaScript arrays, on all threads.
 *
 * @returns false, with nothing done, where there is no SIMD.
 */
export function multiplyArrays(arrays: Operands<Float32Array>, product: Product, places: Iterable<ProductAt>): boolean {
  const workspace = sharedWorkspace();
  if (workspace === undefined) return false;
  const lengths = lengthsOf(product);
  for (const at of places) {
    const part = (name: keyof ProductAt): Float32Array => arrays[name].subarray(at[name], at[name] + lengths[name]);
    multiplyInArena(workspace, { a: part('a'), b: part('b'), out: part('out'), bias: arrays.bias }, product);
  }
  return true;
}

type Lengths = Readonly<Record<keyof Operands<unknown>, number>>;

const lengthsOf = ({ rows, depth, columns }: Product): Lengths => ({
  a: rows * depth,
  b: depth * columns,
  out: rows * columns,
  bias: columns,
});

/** Addresses of operands; 0 where there is no bias. */
function addressesOf<T>({ a, b, out, bias }: Operands<T>, address: (operand: T) => number): Lengths {
  return { a: address(a), b: address(b), out: address(out), bias: bias === undefined ? 0 : address(bias) };
}

/** The arguments of `matMul` between its part and its scratch. */
function argumentsOf({ a, b, out, bias }: Lengths, product: Product): number[] {
  const { rows, depth, columns, transposeA, transposeB } = product;
  return [a, b, out, rows, depth, columns, transposeA ? 1 : 0, transposeB ? 1 : 0, bias];
}

/** The product of copies in memory that threads share, split by rows or by columns, whichever are more. */
function multiplyInArena({ simd, arena, team }: Workspace, operands: Operands<Float32Array>, product: Product): void {
  const { rows, depth, columns } = product;
  const part = simd.matMulScratch(rows, depth, columns);
  const blocks = arena.layout({ ...lengthsOf(product), scratch: team.size * part });
  for (const name of ['a', 'b', 'bias'] as const) {
    const values = operands[name];
    if (values !== undefined) arena.view(blocks[name], values.length).set(values);
  }
  const at = { ...blocks, bias: operands.bias === undefined ? 0 : blocks.bias };
  const byColumns = columns > rows;
  const where = [byColumns ? 1 : 0, ...argumentsOf(at, product), blocks.scratch, 4 * part];
  team.run('matMul', byColumns ? columns : rows, byColumns ? 8 : 6, 2 * rows * depth * columns, ...where);
  arena.check();
  operands.out.set(arena.view(blocks.out, operands.out.length));
}
