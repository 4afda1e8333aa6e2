import { expectShape, OptionError, type TokenModel, type Tree, tree } from '@elman/core';
import {
  add,
  concat,
  div,
  expandDims,
  gather,
  matMul,
  max,
  maximum,
  mul,
  reshape,
  sqrt,
  square,
  sum,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
  tensor3d,
  zeros,
} from '@tensorflow/tfjs-core';
import { contextOf, disposeOld, expectLogits, type RowContext } from '../on-tensors.ts';

const NORM_EPSILON = 1e-12;

/** A step of all candidates of all rows. */
type Step = { readonly logits: Tensor2D; readonly directions: Tensor2D };

/** Initial capacity in tokens, doubled as needed, since shaders are compiled for each shape. */
const FIRST_CAPACITY = 16;

/** Lower than any cosine. */
const NOT_SEEN = -2;

/**
 * A model stepping rows, each of which evaluates some candidate tokens and continues with one. It keeps the direction
 * of the features after each token of a row: [rows, capacity, size], of norm 1; after the tokens so far, 0.
 */
export class CandidateRows<S extends Tree> {
  readonly #model: TokenModel<S>;
  readonly #context: RowContext;
  #state: S;
  #seen: Tensor3D | undefined;
  #time = 0;
  #step: Step | undefined;
  #width = 1;

  constructor(model: TokenModel<S>, rows: number) {
    this.#model = model;
    this.#context = contextOf(model);
    this.#state = tree.tidy(() => model.initialState(rows));
  }

  /**
   * Feeds every row its candidates; the similarity of each to the previous tokens of its row:
   *
   *   max_j cos(h, hⱼ)      [rows·width], or nothing if it is not `compared`
   */
  async feed(tokens: readonly number[], isCompared: boolean): Promise<Float32Array | undefined> {
    const { logits, directions, alike, state } = tree.tidy(() => {
      const next = this.#model.next(this.#state, tensor1d([...tokens], 'int32'), this.#context.rows());
      expectLogits(next, tokens.length, this.#model.vocabSize);
      const directions = directionsOf(next.features, tokens.length);
      const found: Tree = { logits: next.logits, directions, state: next.state };
      if (!isCompared || this.#seen === undefined) return found;
      const candidates = reshape(directions, [-1, this.#width, directions.shape[1]]);
      const cosines = matMul(candidates, this.#seen, false, true);
      const [, capacity] = this.#seen.shape;
      return {
        ...found,
        alike: max(
          add(
            cosines,
            atTimes(capacity, (t) => (t < this.#time ? 0 : NOT_SEEN), 2),
          ),
          2,
        ),
      };
    }) as unknown as Step & { readonly alike?: Tensor2D; readonly state: S };
    disposeOld(this.#state, state);
    this.#state = state;
    this.#step = { logits, directions };
    try {
      return (await alike?.data()) as Float32Array | undefined;
    } finally {
      alike?.dispose();
    }
  }

  /** The logits after these candidates (row · width + which), [candidates·vocabSize]. */
  async read(candidates: readonly number[]): Promise<Float32Array> {
    const { logits } = this.#step as Step;
    if (isAll(candidates, logits.shape[0])) return (await logits.data()) as Float32Array;
    const rows = tree.tidy(() => gather(logits, tensor1d([...candidates], 'int32')));
    try {
      return (await rows.data()) as Float32Array;
    } finally {
      rows.dispose();
    }
  }

  /** Continues from these candidates, one per active row, with `width` candidates for the next step. */
  goOn(candidates: readonly number[], width: number): void {
    const step = this.#step as Step;
    const before = this.#seen;
    this.#seen = tree.tidy(() => {
      const taken: Tensor3D = expandDims(gather(step.directions, tensor1d([...candidates], 'int32')), 1);
      const parents = candidates.map((candidate) => Math.floor(candidate / this.#width));
      const kept = this.#withRoom(parents, taken.shape[2]);
      return add(
        kept,
        mul(
          taken,
          atTimes(kept.shape[1], (t) => (t === this.#time ? 1 : 0), 1),
        ),
      );
    });
    this.#time++;
    before?.dispose();
    this.#dropStep();
    const rows = candidates.flatMap((candidate) => Array<number>(width).fill(candidate));
    if (!isAll(rows, step.logits.shape[0])) {
      const kept = tree.tidy(() => tree.gather(this.#state, tensor1d(rows, 'int32')));
      tree.dispose(this.#state);
      this.#state = kept;
      this.#context.keep(rows);
    }
    this.#width = width;
  }

  dispose(): void {
    this.#dropStep();
    this.#seen?.dispose();
    tree.dispose(this.#state);
    this.#context.dispose();
  }

  /** The features of these rows, with capacity for one further token. */
  #withRoom(rows: readonly number[], size: number): Tensor3D {
    const seen = this.#seen;
    if (seen === undefined) return zeros([rows.length, FIRST_CAPACITY, size]);
    const [count, capacity] = seen.shape;
    const kept = isAll(rows, count) ? seen : gather(seen, tensor1d([...rows], 'int32'));
    return this.#time < capacity ? kept : concat([kept, zeros([rows.length, capacity, size])], 1);
  }

  #dropStep(): void {
    if (this.#step !== undefined) disposeOld(this.#step, this.#state);
    this.#step = undefined;
  }
}

function directionsOf(features: Tensor2D | undefined, batch: number): Tensor2D {
  if (features === undefined) {
    throw new OptionError(
      'contrastiveSearch: model: expected `features` in its steps, what the logits are computed from, got none; an ensemble gives none.',
    );
  }
  expectShape('contrastiveSearch', 'features', features, { batch, size: undefined });
  return div(features, maximum(sqrt(sum(square(features), 1, true)), NORM_EPSILON));
}

/** A number for each time, along this axis of three. */
function atTimes(capacity: number, value: (t: number) => number, axis: 1 | 2): Tensor3D {
  const values = Float32Array.from({ length: capacity }, (_, t) => value(t));
  return tensor3d(values, axis === 1 ? [1, capacity, 1] : [1, 1, capacity]);
}

const isAll = (rows: readonly number[], count: number): boolean =>
  rows.length === count && rows.every((row, i) => row === i);
