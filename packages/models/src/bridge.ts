import { type Cell, OptionError, type Rng, type Tree, tree } from '@elman/core';
import { type DenseParams, dense } from '@elman/nn';
import { concat, type Tensor2D, tanh } from '@tensorflow/tfjs-core';

/** How the first state of a decoder comes from the last states of an encoder. */
export type BridgeKind = 'dense' | 'copy' | 'none';

/** From states to a state. Parameters of `dense`: one entry for each leaf of the state that is made; else none. */
export interface Bridge {
  init(rng: Rng): readonly DenseParams[];
  /** `initial` is the cell's own first state, whose form the state has. */
  apply<S extends Tree>(params: readonly DenseParams[], last: Tree, initial: S): S;
}

/**
 * The first state of a decoder.
 *
 *   dense:  each leaf = tanh([all leaves of the last states]·kernel + bias)
 *   copy:   the last state itself, which must have the same leaves
 *   none:   the cell's own first state
 *
 * @throws {OptionError} if a state is to be copied into one of another form.
 * @see dense: Bahdanau, Cho & Bengio 2015; copy: Sutskever, Vinyals & Le 2014
 */
export function bridge(
  kind: BridgeKind,
  from: { initialState(batchSize: number): Tree },
  to: Cell<Tree, Tree>,
): Bridge {
  const sizes = { from: sizesOf(from), to: sizesOf(to) };
  const total = sizes.from.reduce((sum, size) => sum + size, 0);
  if (kind === 'copy' && sizes.from.join() !== sizes.to.join()) {
    throw new OptionError(
      `seq2seq: bridge: to be copied, the encoder's state must have the sizes ${sizes.to.join(', ')} of the decoder's, got ${sizes.from.join(', ')}; take dense.`,
    );
  }
  const layers = kind === 'dense' ? sizes.to.map((size) => dense({ inputSize: total, outputSize: size })) : [];
  return {
    init: (rng) => layers.map((layer, i) => layer.init(rng.fork(i))),
    apply(params, last, initial) {
      if (kind === 'none') return initial;
      const leaves = tree.leaves(last) as Tensor2D[];
      const all = concat(leaves, 1) as Tensor2D;
      let next = 0;
      return tree.map(initial, () => {
        const i = next++;
        if (kind === 'copy') return leaves[i] as Tensor2D;
        return tanh((layers[i] as (typeof layers)[number]).apply(params[i] as DenseParams, all));
      });
    },
  };
}

/** How wide each leaf of a state is. */
function sizesOf(cell: { initialState(batchSize: number): Tree }): number[] {
  const state = tree.tidy(() => cell.initialState(1));
  const sizes = tree.leaves(state).map(({ shape }) => shape[1] as number);
  tree.dispose(state);
  return sizes;
}
