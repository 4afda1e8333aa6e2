import { type Cell, OptionError, type Rng, type Tree, tree } from '@elman/core';
import { type DenseParams, dense } from '@elman/nn';
import { concat, reshape, type Tensor, type Tensor2D, tanh } from '@tensorflow/tfjs-core';
import { stateShapes } from './state-shapes.ts';

/** How the initial state of a decoder is computed from the last states of an encoder. */
export type BridgeKind = 'dense' | 'copy' | 'none';

/** From states to a state. Parameters of `dense`: one entry for each float32 leaf of the state that is made; else none. */
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
 * Leaves may have any rank: [batch, …] is n numbers a row. `dense` passes over leaves that are not float32 (a memory's
 * counts of accesses): it does not read them, and those of the decoder keep their first values.
 *
 * @throws {OptionError} if a state is to be copied into one of another form, or there is no state for `dense` to read.
 * @see dense: Bahdanau, Cho & Bengio 2015; copy: Sutskever, Vinyals & Le 2014
 */
export function bridge(
  kind: BridgeKind,
  from: { initialState(batchSize: number): Tree },
  to: Cell<Tree, Tree>,
): Bridge {
  const forms = { from: formsOf(from), to: formsOf(to) };
  if (kind === 'copy' && namesOf(forms.from) !== namesOf(forms.to)) {
    throw new OptionError(
      `seq2seq: bridge: to be copied, the encoder's state must have the sizes ${namesOf(forms.to)} of the decoder's, got ${namesOf(forms.from)}; take dense.`,
    );
  }
  const total = forms.from.reduce((sum, { size, isFloat }) => (isFloat ? sum + size : sum), 0);
  if (kind === 'dense' && total === 0) {
    throw new OptionError(
      'seq2seq: bridge: expected an encoder with a state for dense to read, got one without; take none.',
    );
  }
  const layers = forms.to.map(({ size, isFloat }) =>
    kind === 'dense' && isFloat ? dense({ inputSize: total, outputSize: size }) : undefined,
  );
  const made = layers.filter((layer) => layer !== undefined);
  return {
    init: (rng) => made.map((layer, i) => layer.init(rng.fork(i))),
    apply(params, last, initial) {
      if (kind === 'none') return initial;
      const leaves = tree.leaves(last);
      if (kind === 'copy') {
        let next = 0;
        return tree.map(initial, () => leaves[next++] as Tensor);
      }
      const all = concat(leaves.filter(isFloat).map(asRows), 1) as Tensor2D;
      let [leaf, given] = [0, 0];
      return tree.map(initial, (own) => {
        const layer = layers[leaf++];
        if (layer === undefined) return own;
        return reshape(tanh(layer.apply(params[given++] as DenseParams, all)), own.shape);
      });
    },
  };
}

/** What a leaf of a state is: its shape without the batch, as numbers and for a person. */
interface Form {
  readonly size: number;
  readonly isFloat: boolean;
  readonly name: string;
}

function formsOf(cell: { initialState(batchSize: number): Tree }): Form[] {
  return tree.leaves(stateShapes('seq2seq', cell)).map((leaf) => ({
    size: leaf.size,
    isFloat: isFloat(leaf),
    name: `${leaf.shape.slice(1).join('×') || 1}${isFloat(leaf) ? '' : ` (${leaf.dtype})`}`,
  }));
}

const namesOf = (forms: readonly Form[]): string => forms.map(({ name }) => name).join(', ');
const isFloat = ({ dtype }: Tensor): boolean => dtype === 'float32';

/** [batch, …] → [batch, n] */
const asRows = (leaf: Tensor): Tensor2D =>
  leaf.rank === 2
    ? (leaf as Tensor2D)
    : reshape(leaf, [leaf.shape[0] as number, leaf.size / (leaf.shape[0] as number)]);
