import { engine, type TensorInfo } from '@tensorflow/tfjs-core';
import { heapOf } from './simd/heap.ts';
import { sharedWorkspace, type Workspace } from './simd/workspace.ts';

/** One product [rows, depth]·[depth, columns]. */
export type Product = {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
};

/** Places of numbers: how many lie before the first of a, b and the product. */
export type ProductAt = { readonly a: number; readonly b: number; readonly out: number };

/** Multiplications from which the copies to memory that threads share are worth it. */
const LARGE = 4e6;

/**
 * Multiplies float32 matrices on the heap of the wasm backend: the products at all of `places`. A number of a product is one sum in
 * the order of the depth, the same whatever the other rows and columns are, and however many threads compute it.
 *
 * @returns whether it was done: not where there is no SIMD.
 */
export function multiplyOnHeap(
  tensors: { readonly a: TensorInfo; readonly b: TensorInfo; readonly out: TensorInfo },
  product: Product,
  places: Iterable<ProductAt>,
): boolean {
  const heap = heapOf(engine().backend);
  if (heap === undefined) return false;
  const { rows, depth, columns } = product;
  if (depth === 0) {
    heap
      .view(
        heap.addressOf(tensors.out),
        tensors.out.shape.reduce((size, axis) => size * axis, 1),
      )
      .fill(0);
    return true;
  }
  const workspace = rows * depth * columns >= LARGE ? sharedWorkspace() : undefined;
  const floats = heap.simd.matMulScratch(rows, depth, columns);
  const scratch = heap.scratch(floats);
  const [a, b, out] = [tensors.a, tensors.b, tensors.out].map((tensor) => heap.addressOf(tensor)) as [
    number,
    number,
    number,
  ];
  const lengths = lengthsOf(product);
  for (const place of places) {
    const at = { a: a + 4 * place.a, b: b + 4 * place.b, out: out + 4 * place.out };
    if (workspace !== undefined && workspace.team.size > 1) {
      multiplyInArena(workspace, (name) => heap.view(at[name], lengths[name]), product);
    } else heap.simd.matMul(0, 0, rows, 0, at.a, at.b, at.out, ...sizesOf(product), scratch, 4 * floats);
  }
  return true;
}

function sizesOf({ rows, depth, columns, transposeA, transposeB }: Product): [number, number, number, number, number] {
  return [rows, depth, columns, transposeA ? 1 : 0, transposeB ? 1 : 0];
}

/**
 * The same of numbers in arrays of JavaScript, on all threads.
 *
 * @returns whether it was done: not where there is no SIMD, nor if a matrix is empty.
 */
export function multiplyArrays(
  arrays: Readonly<Record<keyof ProductAt, Float32Array>>,
  product: Product,
  places: Iterable<ProductAt>,
): boolean {
  if (product.rows * product.depth * product.columns === 0) return false;
  const workspace = sharedWorkspace();
  if (workspace === undefined) return false;
  const lengths = lengthsOf(product);
  for (const at of places) {
    multiplyInArena(workspace, (name) => arrays[name].subarray(at[name], at[name] + lengths[name]), product);
  }
  return true;
}

const lengthsOf = ({ rows, depth, columns }: Product): Record<keyof ProductAt, number> => ({
  a: rows * depth,
  b: depth * columns,
  out: rows * columns,
});

/** The product of copies in memory that threads share, divided by rows or by columns, whichever are more. */
function multiplyInArena(
  { simd, arena, team }: Workspace,
  valuesOf: (name: keyof ProductAt) => Float32Array,
  product: Product,
): void {
  const { rows, depth, columns } = product;
  const part = simd.matMulScratch(rows, depth, columns);
  const sizes = lengthsOf(product);
  const blocks = arena.beside({ ...sizes, scratch: team.size * part });
  for (const name of ['a', 'b'] as const) arena.view(blocks[name], sizes[name]).set(valuesOf(name));
  const byColumns = columns > rows ? 1 : 0;
  const where = [byColumns, blocks.a, blocks.b, blocks.out, ...sizesOf(product), blocks.scratch, 4 * part];
  team.run('matMul', byColumns ? columns : rows, byColumns ? 8 : 6, 2 * rows * depth * columns, ...where);
  arena.check();
  valuesOf('out').set(arena.view(blocks.out, sizes.out));
}
