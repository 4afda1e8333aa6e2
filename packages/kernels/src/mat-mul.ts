import { engine, type TensorInfo } from '@tensorflow/tfjs-core';
import { type Heap, heapOf } from './simd/heap.ts';
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
  for (const place of places) {
    const at = { a: a + 4 * place.a, b: b + 4 * place.b, out: out + 4 * place.out };
    if (workspace !== undefined && workspace.team.size > 1) multiplyOnTeam(heap, workspace, at, product);
    else heap.simd.matMul(0, 0, rows, 0, at.a, at.b, at.out, ...sizesOf(product), scratch, 4 * floats);
  }
  return true;
}

function sizesOf({ rows, depth, columns, transposeA, transposeB }: Product): [number, number, number, number, number] {
  return [rows, depth, columns, transposeA ? 1 : 0, transposeB ? 1 : 0];
}

/** The product in memory that threads share, divided by rows or by columns, whichever are more. */
function multiplyOnTeam(heap: Heap, { simd, arena, team }: Workspace, at: ProductAt, product: Product): void {
  const { rows, depth, columns } = product;
  const part = simd.matMulScratch(rows, depth, columns);
  const sizes = { a: rows * depth, b: depth * columns, out: rows * columns };
  const blocks = arena.beside({ ...sizes, scratch: team.size * part });
  arena.view(blocks.a, sizes.a).set(heap.view(at.a, sizes.a));
  arena.view(blocks.b, sizes.b).set(heap.view(at.b, sizes.b));
  const byColumns = columns > rows ? 1 : 0;
  const where = [byColumns, blocks.a, blocks.b, blocks.out, ...sizesOf(product), blocks.scratch, 4 * part];
  team.run('matMul', byColumns ? columns : rows, byColumns ? 8 : 6, 2 * rows * depth * columns, ...where);
  arena.check();
  heap.view(at.out, sizes.out).set(arena.view(blocks.out, sizes.out));
}
