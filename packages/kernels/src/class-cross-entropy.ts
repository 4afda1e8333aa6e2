import { engine, type Scalar, type Tensor, type Tensor1D, type Tensor2D, type TensorInfo } from '@tensorflow/tfjs-core';
import { type RowsOfClasses, rowsOfClasses } from './rows-of-classes.ts';
import type { Heap } from './simd/heap.ts';
import { heapHere } from './simd/here.ts';
import type { SimdExports } from './simd/instantiate.ts';
import { sharedWorkspace, type Workspace } from './simd/workspace.ts';
import { valuesHere } from './values-here.ts';

/** The words of each class: those of class c are rows bounds[c] to before bounds[c + 1] of the kernel. */
export type ClassBounds = {
  /** [classes + 1], from 0 to the number of words. */
  readonly bounds: Int32Array;
  /** [words]: the class of each row. */
  readonly classOf: Int32Array;
};

/** Inputs of the loss. */
export type ClassTargets = ClassBounds & {
  /** [rows, size] */
  readonly x: Tensor2D;
  /** [words, size] */
  readonly kernel: Tensor2D;
  /** [words] */
  readonly bias: Tensor1D;
  /** int32 [rows]: the row of the kernel of each target. */
  readonly places: Tensor1D;
  /** One number, or one for each row; a row of weight 0 has no influence. */
  readonly weights: Tensor;
};

/** Results; gradients have the shapes of what they are of. */
export type ClassLoss = {
  readonly loss: Scalar;
  readonly byX: Tensor2D;
  readonly byKernel: Tensor2D;
  readonly byBias: Tensor1D;
};

/**
 * The cross-entropy of a softmax over the words of the target's class alone, and all its gradients, in one pass; none
 * is on the tape.
 *
 *   loss = Σ weight·(log Σ_{w in class} exp z_w − z_place)      z_w = x·kernel_w + bias_w
 *
 * Rows are sorted by class; each class is a product of its rows and its words, on one thread: of the kernel no word is
 * read that is in no target's class. It runs where `hasSoftmaxCrossEntropy`. Targets out of range are left out.
 */
export function classCrossEntropyOf(targets: ClassTargets): ClassLoss {
  const heap = heapHere();
  return heap === undefined ? inArena(sharedWorkspace() as Workspace, targets) : onHeap(heap, targets);
}

/** Of operands and results, in bytes. */
type Addresses = Readonly<Record<'x' | 'kernel' | 'bias' | 'byX' | 'byKernel' | 'byBias' | 'scratch', number>>;

/** Where the numbers are. */
type Place = { readonly simd: SimdExports; view(address: number, length: number): Float32Array };

/** In place on the heap of the wasm backend. */
function onHeap(heap: Heap, targets: ClassTargets): ClassLoss {
  const { x, kernel, bias } = targets;
  const make = (shape: number[]): Tensor => engine().makeTensorFromTensorInfo(heap.make(shape));
  const made = { loss: make([]), byX: make(x.shape), byKernel: make(kernel.shape), byBias: make(bias.shape) };
  const rows = rowsOf(targets);
  const plan = planOf(heap.simd, targets, rows);
  const scratch = heap.scratch(plan.floats);
  const { loss, ...gradients } = made;
  const at = Object.fromEntries(
    Object.entries({ x, kernel, bias, ...gradients }).map(([name, tensor]) => [name, heap.addressOf(tensor)]),
  ) as Omit<Addresses, 'scratch'>;
  const value = compute(heap, targets, rows, plan, { ...at, scratch });
  heap.view(heap.addressOf(loss), 1)[0] = value;
  return made as ClassLoss;
}

/** On copies in the memory of the kernels, for the cpu backend. */
function inArena({ arena, simd }: Workspace, targets: ClassTargets): ClassLoss {
  const { x, kernel, bias } = targets;
  const backend = engine().backend as unknown as {
    makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
  };
  const rows = rowsOf(targets);
  const plan = planOf(simd, targets, rows);
  const sizes = { x: x.size, kernel: kernel.size, bias: bias.size };
  const results = { byX: x.size, byKernel: kernel.size, byBias: bias.size };
  const at = arena.layout({ ...sizes, ...results, scratch: plan.floats });
  for (const [name, tensor] of Object.entries({ x, kernel, bias })) {
    arena.view(at[name as keyof typeof sizes], tensor.size).set(valuesHere(tensor));
  }
  const loss = compute({ simd, view: arena.view }, targets, rows, plan, at);
  arena.check();
  const make = (shape: number[], values: Float32Array): Tensor =>
    engine().makeTensorFromTensorInfo(backend.makeTensorInfo(shape, 'float32', values));
  return {
    loss: make([], Float32Array.of(loss)) as Scalar,
    byX: make(x.shape, arena.view(at.byX, x.size).slice()) as Tensor2D,
    byKernel: make(kernel.shape, arena.view(at.byKernel, kernel.size).slice()) as Tensor2D,
    byBias: make(bias.shape, arena.view(at.byBias, bias.size).slice()) as Tensor1D,
  };
}

function rowsOf({ bounds, classOf, places, weights }: ClassTargets): RowsOfClasses {
  const ids = valuesHere(places) as Float32Array | Int32Array as Int32Array;
  return rowsOfClasses({ bounds, classOf }, ids, valuesHere(weights));
}

/** Offsets of the scratch, in floats. */
type Plan = { readonly floats: number; readonly product: number; readonly blocks: Readonly<Record<Block, number>> };
type Block = 'order' | 'back' | 'local' | 'weights' | 'losses' | 'x' | 'byX' | 'logits' | 'byLogits' | 'product';

function planOf(simd: SimdExports, { x, bounds }: ClassTargets, { starts, order, back }: RowsOfClasses): Plan {
  const [, size] = x.shape;
  let logits = 0;
  let product = 0;
  for (let c = 0; c + 1 < starts.length; c++) {
    const count = (starts[c + 1] as number) - (starts[c] as number);
    if (count === 0) continue;
    const words = (bounds[c + 1] as number) - (bounds[c] as number);
    logits = Math.max(logits, count * words);
    product = Math.max(
      product,
      simd.matMulScratch(count, size, words),
      simd.matMulScratch(count, words, size),
      simd.matMulScratch(words, count, size),
    );
  }
  const n = order.length;
  const sizes: Readonly<Record<Block, number>> = {
    order: n,
    back: back.length,
    local: n,
    weights: n,
    losses: n,
    x: n * size,
    byX: (n + 1) * size,
    logits,
    byLogits: logits,
    product,
  };
  let floats = 0;
  const blocks: Partial<Record<Block, number>> = {};
  for (const [name, count] of Object.entries(sizes)) {
    blocks[name as Block] = floats;
    floats += Math.ceil(count / 4) * 4;
  }
  return { floats, product, blocks: blocks as Readonly<Record<Block, number>> };
}

/** The loss; the gradients are written where `at` says. */
function compute(
  { simd, view }: Place,
  { x, kernel, bounds }: ClassTargets,
  { starts, order, back, local, weights }: RowsOfClasses,
  plan: Plan,
  at: Addresses,
): number {
  const [, size] = x.shape;
  const [words] = kernel.shape;
  const of = (block: Block, index = 0): number => at.scratch + 4 * (plan.blocks[block] + index);
  const integers = (address: number, values: Int32Array): void => {
    const { buffer, byteOffset } = view(address, values.length);
    new Int32Array(buffer, byteOffset, values.length).set(values);
  };
  integers(of('order'), order);
  integers(of('back'), back);
  integers(of('local'), local);
  view(of('weights'), weights.length).set(weights);
  simd.gatherRows(0, 0, order.length, at.x, of('order'), of('x'), size);
  const multiply = (rows: number, depth: number, columns: number, ...operands: readonly number[]): void => {
    const [a, b, c, transposeA, transposeB, bias] = operands as [number, number, number, number, number, number];
    const shape = [rows, depth, columns, transposeA, transposeB] as const;
    simd.matMul(0, 0, rows, 0, a, b, c, ...shape, bias, of('product'), 4 * plan.product);
  };
  let filled = 0;
  /** Zeros for the words from the last class with rows up to this one. */
  const fillTo = (word: number): void => {
    if (word > filled) {
      view(at.byKernel + 4 * filled * size, (word - filled) * size).fill(0);
      view(at.byBias + 4 * filled, word - filled).fill(0);
    }
  };
  for (let c = 0; c + 1 < starts.length; c++) {
    const first = starts[c] as number;
    const count = (starts[c + 1] as number) - first;
    if (count === 0) continue;
    const word = bounds[c] as number;
    const within = (bounds[c + 1] as number) - word;
    const [xs, byXs, z, byZ] = [of('x', first * size), of('byX', first * size), of('logits'), of('byLogits')];
    const [ofWords, byWords] = [at.kernel + 4 * word * size, at.byKernel + 4 * word * size];
    fillTo(word);
    filled = word + within;
    multiply(count, size, within, xs, ofWords, z, 0, 1, at.bias + 4 * word);
    const weighed = [of('weights', first), 4, 0, of('losses', first)] as const;
    simd.softmaxCrossEntropy(0, 0, count, within, z, of('local', first), ...weighed, byZ, 0);
    multiply(count, within, size, byZ, ofWords, byXs, 0, 0, 0);
    multiply(within, count, size, byZ, xs, byWords, 1, 0, 0);
    simd.columnSums(0, 0, within, count, 4 * within, byZ, at.byBias + 4 * word);
  }
  fillTo(words);
  view(of('byX', order.length * size), size).fill(0);
  simd.gatherRows(0, 0, back.length, of('byX'), of('back'), at.byX, size);
  return simd.sum(of('losses'), order.length);
}
