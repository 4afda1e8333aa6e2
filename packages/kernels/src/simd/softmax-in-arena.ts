import { engine, type Scalar, type Tensor, type Tensor1D, type Tensor2D, type TensorInfo } from '@tensorflow/tfjs-core';
import type { SoftmaxEngine, SoftmaxTargets } from '../softmax-cross-entropy.ts';
import type { Workspace } from './workspace.ts';

/** Logits that are copied at a time: four megabytes. */
const AT_ONCE = 2 ** 20;
/** Operations that a logit takes, about. */
const OPERATIONS = 30;

/** Some rows, and where they are: addresses of what both passes take. */
type Piece = {
  readonly from: number;
  readonly rows: number;
  readonly blocks: Readonly<Record<'logits' | 'highest' | 'sums' | 'losses' | 'dLoss', number>>;
  /** The first arguments of both passes. */
  readonly targets: readonly number[];
};

/** The cross-entropy of a softmax for the cpu backend: of copies in the memory of the kernels, on all threads. */
export function softmaxInArena({ arena, team }: Workspace): SoftmaxEngine {
  /** Copies the targets in, as many rows at a time as there is to be room for. */
  function* pieces({ logits, ids, weights, labelSmoothing }: SoftmaxTargets): Generator<Piece> {
    const [rows, columns] = logits.shape;
    const most = Math.max(1, Math.floor(AT_ONCE / Math.max(1, columns)));
    const [values, names, weight] = [floatsOf(logits), valuesOf(ids) as Int32Array, floatsOf(weights)];
    const isOne = weights.size === 1;
    for (let from = 0; from < rows; from += most) {
      const count = Math.min(most, rows - from);
      const each = { ids: count, weights: isOne ? 1 : count, highest: count, sums: count, losses: count, dLoss: 1 };
      const blocks = arena.layout({ logits: count * columns, ...each });
      arena.view(blocks.logits, count * columns).set(values.subarray(from * columns, (from + count) * columns));
      arena.view(blocks.weights, each.weights).set(isOne ? weight : weight.subarray(from, from + count));
      const { buffer, byteOffset } = arena.view(blocks.ids, count);
      new Int32Array(buffer, byteOffset, count).set(names.subarray(from, from + count));
      const targets = [columns, blocks.logits, blocks.ids, blocks.weights, isOne ? 0 : 4, labelSmoothing];
      yield { from, rows: count, blocks, targets };
      arena.check();
    }
  }
  return {
    loss(given) {
      const [rows, columns] = given.logits.shape;
      const [highest, sums] = [new Float32Array(rows), new Float32Array(rows)];
      let loss = 0;
      for (const { from, rows: count, blocks, targets } of pieces(given)) {
        const where = [blocks.highest, blocks.sums, blocks.losses];
        team.run('softmaxLoss', count, 1, OPERATIONS * count * columns, ...targets, ...where);
        highest.set(arena.view(blocks.highest, count), from);
        sums.set(arena.view(blocks.sums, count), from);
        for (const each of arena.view(blocks.losses, count)) loss += each;
      }
      return {
        loss: make([], Float32Array.of(loss)) as Scalar,
        highest: make([rows], highest) as Tensor1D,
        sums: make([rows], sums) as Tensor1D,
      };
    },
    gradient(given, saved, dLoss) {
      const [rows, columns] = given.logits.shape;
      const [highest, sums] = [floatsOf(saved.highest), floatsOf(saved.sums)];
      const gradient = new Float32Array(rows * columns);
      for (const { from, rows: count, blocks, targets } of pieces(given)) {
        arena.view(blocks.highest, count).set(highest.subarray(from, from + count));
        arena.view(blocks.sums, count).set(sums.subarray(from, from + count));
        arena.view(blocks.dLoss, 1).set(floatsOf(dLoss));
        const where = [blocks.highest, blocks.sums, blocks.dLoss, blocks.logits]; // each takes the place of its logit
        team.run('softmaxGradient', count, 1, OPERATIONS * count * columns, ...targets, ...where);
        gradient.set(arena.view(blocks.logits, count * columns), from * columns);
      }
      return make([rows, columns], gradient) as Tensor2D;
    },
  };
}

/** What we use of the cpu backend. */
type CpuBackend = {
  readonly data: { get(id: TensorInfo['dataId']): { readonly values: Float32Array | Int32Array } };
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
};

const backendHere = (): CpuBackend => engine().backend as unknown as CpuBackend;
const valuesOf = ({ dataId }: Tensor): Float32Array | Int32Array => backendHere().data.get(dataId).values;
const floatsOf = (tensor: Tensor): Float32Array => valuesOf(tensor) as Float32Array;
const make = (shape: number[], values: Float32Array): Tensor =>
  engine().makeTensorFromTensorInfo(backendHere().makeTensorInfo(shape, 'float32', values));
