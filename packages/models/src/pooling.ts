import { type Attention, OptionError, type Rng, type Sequence, type Tree, tree } from '@elman/core';
import { normal } from '@elman/nn';
import { type SequenceLayer, sourceOf } from '@elman/rnn';
import {
  cast,
  concat,
  cumsum,
  div,
  expandDims,
  fill,
  matMul,
  max,
  maximum,
  mul,
  notEqual,
  reshape,
  slice,
  sub,
  sum,
  type Tensor2D,
  type Tensor3D,
  tile,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { stateShapes } from './state-shapes.ts';

/** One vector for a whole sequence, from the encoder's last states or its outputs. */
export type PoolingKind = 'state' | 'last' | 'mean' | 'max';

/** Pools a sequence of outputs to one vector. */
export interface Pooling {
  /** Size of the vector. */
  readonly size: number;
  /** With attention { attention, query [1, querySize] }, else empty. */
  init(rng: Rng): Tree;
  apply(params: Tree, outputs: Sequence, state: Tree, mask: Tensor2D | undefined): Tensor2D;
}

/**
 * How a sequence becomes one vector; in a row without a frame it is 0, but for `state`.
 *
 *   state:      all leaves of the encoder's last states, concatenated: of a bidirectional one, the states at both ends
 *   last:       the output at the last real frame
 *   mean, max:  over the outputs at real frames
 *   attention:  the context of a learned query
 */
export function poolingOf<A extends Tree>(
  name: string,
  encoder: SequenceLayer<Tree, Tree>,
  kind: PoolingKind | Attention<A>,
): Pooling {
  if (typeof kind === 'object') return byAttention(name, encoder, kind as unknown as Attention<Tree>);
  if (kind === 'state') {
    const flat = (state: Tree): Tensor2D =>
      concat(
        tree.leaves(state).map((leaf) => reshape(leaf, [leaf.shape[0] as number, -1]) as Tensor2D),
        1,
      );
    const size = tree.size(stateShapes(name, encoder));
    return { size, init: () => ({}), apply: (_: Tree, __: Sequence, state: Tree) => flat(state) };
  }
  const pool = pools[kind];
  if (pool === undefined) {
    throw new OptionError(
      `${name}: pooling: expected state, last, mean, max or an attention, got ${JSON.stringify(kind)}.`,
    );
  }
  return { size: encoder.outputSize, init: () => ({}), apply: (_, outputs, __, mask) => pool(outputs, mask) };
}

/** The context of a learned query. */
function byAttention(name: string, encoder: SequenceLayer<Tree, Tree>, attention: Attention<Tree>): Pooling {
  if (attention.memorySize !== encoder.outputSize) {
    throw new OptionError(
      `${name}: pooling: expected memorySize=${encoder.outputSize}, the encoder's outputSize, got ${attention.memorySize}.`,
    );
  }
  return {
    size: attention.contextSize,
    init: (rng) => ({
      attention: attention.init(rng.fork('attention')),
      query: normal(rng.fork('query'), [1, attention.querySize]),
    }),
    apply(params, outputs, _, mask) {
      const { attention: own, query } = params as { readonly attention: Tree; readonly query: Tensor2D };
      const [batch, length] = outputs.shape;
      const source = sourceOf(attention, own, outputs, mask);
      const before = attention.initialWeights?.(source) ?? (zeros([batch, length]) as Tensor2D);
      return attention.attend(own, tile(query, [batch, 1]), source, before).context;
    },
  };
}

const pools: { readonly [kind: string]: (outputs: Sequence, mask: Tensor2D | undefined) => Tensor2D } = {
  last: lastFrames,
  mean(outputs, mask) {
    const [batch, time] = outputs.shape;
    if (mask === undefined) return weighed(fill([batch, time], 1 / time), outputs);
    const real = realOf(mask);
    return weighed(div(real, maximum(sum(real, 1, true), 1)), outputs);
  },
  max(outputs, mask) {
    if (mask === undefined) return max(outputs, 1);
    const real = expandDims(notEqual(mask, 0), 2);
    const highest: Tensor2D = max(where(real, outputs, fill(outputs.shape, LOW)), 1);
    return where(notEqual(max(realOf(mask), 1, true), 0), highest, zerosLike(highest));
  },
};

/** Lower than any output, and finite, so that nothing becomes NaN. */
const LOW = -1e30;

/** [batch, time, size] → [batch, size]: at the last frame of each row that is real. */
export function lastFrames(outputs: Sequence, mask: Tensor2D | undefined): Tensor2D {
  const [batch, time, size] = outputs.shape;
  if (mask === undefined) return reshape(slice(outputs, [0, time - 1, 0], [batch, 1, size]), [batch, size]);
  const real = realOf(mask);
  const later = cast(notEqual(cumsum(real, 1, true, true), 0), 'float32');
  return weighed(mul(real, sub(1, later)), outputs);
}

const realOf = (mask: Tensor2D): Tensor2D => cast(notEqual(mask, 0), 'float32');

/** Σ weightsₜ · outputsₜ: [batch, time] and [batch, time, size] → [batch, size]. */
function weighed(weights: Tensor2D, outputs: Sequence): Tensor2D {
  const [batch, , size] = outputs.shape;
  return reshape(matMul(expandDims(weights, 1) as Tensor3D, outputs), [batch, size]);
}
