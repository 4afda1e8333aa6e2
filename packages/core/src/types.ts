import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Rng } from './random.ts';

/** Objects and arrays whose leaves are tensors. Declare parameters and states with `type`, not `interface`. */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

/** One time step of a batch: [batch, features]. */
export type Frame = Tensor2D;

/** Frames over time: [batch, time, features]. */
export type Sequence = Tensor3D;

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * How an object was made, in JSON: `factory` of `package` (or of `file:my-cell.mjs`, a file of one's own), called with
 * `arguments`, of which those that are recipes themselves are made first. A saved model names its cell by its recipe;
 * nothing is registered anywhere.
 */
export type Recipe = {
  readonly package: string;
  readonly factory: string;
  readonly arguments: readonly Json[];
};

/** Results of a step. */
export type Step<S extends Tree> = {
  readonly output: Frame;
  readonly state: S;
};

/** Results of a sequence. */
export type Steps<S extends Tree> = {
  readonly outputs: Sequence;
  readonly state: S;
};

/** Options of `Cell.scan`. */
export interface ScanOptions<C = void> {
  /** Constant over the sequence. */
  readonly context: C;
  /** [batch, time], 1 = real. Where it is 0 the state is held and the output is 0. */
  readonly mask?: Tensor2D | undefined;
  /** Run from the last frame to the first; outputs stay at the indices of their inputs. */
  readonly reverse?: boolean | undefined;
  /** In training only: the source of a cell's noise. */
  readonly rng?: Rng | undefined;
}

/**
 * A recurrent cell: a plain record of pure functions over explicit parameters and state.
 *
 * - Axis 0 of every leaf of the state is the batch; rows do not influence each other. (A cell that normalises by statistics of
 *   the batch is for training alone, and says so: docs/decisions/0038.)
 * - An argument is borrowed: a cell never disposes it, and returns fresh tensors.
 * - `context` is constant over a sequence (encoder memory, say); most cells take none (`C = void`).
 * - `rng` is present in training only. A cell without noise leaves the parameter out. `scan` gets the sequence's, `step`
 *   at frame t its `rng.frame(t)`.
 */
export interface Cell<P extends Tree, S extends Tree, C = void> {
  readonly name: string;
  readonly inputSize: number;
  readonly outputSize: number;
  /** The recipe of this cell; without it a model with this cell can be saved, but loading it needs the cell itself. */
  readonly recipe?: Recipe | undefined;
  /** Fresh parameters, a function of the seed alone. */
  init(rng: Rng): P;
  /**
   * The state before the first frame. Axis 0 of every leaf is the batch. A cell whose state has a size that depends
   * on the context (weights over a source, say) gets the context.
   */
  initialState(batchSize: number, context?: C): S;
  /**
   * One frame: input [batch, inputSize] to output [batch, outputSize]. It is compiled, so that a sequence is one op, if it is made of
   * TensorFlow.js ops alone: it reads no numbers, no control flow depends on the batch, and noise is made with `rng.tensor`.
   */
  step(params: P, state: S, input: Frame, context: C, rng?: Rng): Step<S>;
  /**
   * A whole sequence at once, equal to `step` over its frames: inputs [batch, time, inputSize]. Worth writing only where that is
   * parallel in time. Undefined if it is no faster than `step` on the active backend.
   */
  scan?(params: P, state: S, inputs: Sequence, options: ScanOptions<C>): Steps<S> | undefined;
}

/** The source of an attention: memory [batch, length, size], its keys and mask [batch, length]. */
export interface Source {
  readonly memory: Sequence;
  readonly keys: Sequence;
  readonly mask?: Tensor2D | undefined;
}

/** Weighs the frames of a source by a query. */
export interface Attention<P extends Tree> {
  readonly name: string;
  /** The recipe of this attention. */
  readonly recipe?: Recipe | undefined;
  readonly querySize: number;
  readonly memorySize: number;
  /** The width of a context: usually that of the memory. */
  readonly contextSize: number;
  init(rng: Rng): P;
  /** The part that depends on the memory alone, computed once per source. */
  keys(params: P, memory: Sequence): Sequence;
  /**
   * Query [batch, querySize]; weights [batch, length] over the unmasked frames, usually of sum 1; context is the mean under them.
   * `previous` are the weights of the previous step.
   */
  attend(params: P, query: Frame, source: Source, previous: Frame): { context: Frame; weights: Frame };
  /** The weights before the first step, [batch, length]; default: zeros. */
  initialWeights?(source: Source): Frame;
}

/** Sequences with their targets. A row that ends early is padded on the right. */
export interface Batch {
  /** Frames [batch, time, inputSize], or ids int32 [batch, time]. */
  readonly inputs: Tensor;
  /** Ids int32 [batch, time], or bits or numbers [batch, time, outputSize]. */
  readonly targets: Tensor;
  /** [batch, time], 1 where the target counts; default: everywhere. */
  readonly mask?: Tensor2D | undefined;
  /** [batch, time], 1 where there is a frame, 0 where the row has ended; default: all are frames. */
  readonly inputMask?: Tensor2D | undefined;
}

/** The difficulty of a row of a task: whole numbers by name, one of which is `length`. */
export type Difficulty = { readonly length: number; readonly [parameter: string]: number };

/**
 * Batches as a pure function of epoch and index, so that a run can resume from its step number alone. The tensors of a
 * batch are created by each call and are to be disposed of by the caller.
 */
export interface BatchSource<B> {
  readonly batchesPerEpoch: number;
  /**
   * The batch `index`, from 0 to batchesPerEpoch − 1, of the epoch `epoch`, from 0. A source of graded rows draws the
   * difficulty of each row with `draw`, if given (by a curriculum); others ignore it.
   */
  batch(epoch: number, index: number, draw?: (rng: Rng) => Difficulty): B;
}

/** Some frames of token sequences and, for each, the token that follows. A `type`, so that it is a tree. */
export type TokenWindow = {
  /** int32 [batch, time] */
  readonly inputs: Tensor2D;
  /** int32 [batch, time]: the token after each input. */
  readonly targets: Tensor2D;
  /** [batch, time], 1 = real; default: all are. */
  readonly mask?: Tensor2D | undefined;
  /** The first frame whose loss counts, earlier ones having counted in the previous window; default: 0. */
  readonly counted?: number | undefined;
  /** The number of frames after which the next window's initial state is taken; default: all. */
  readonly carry?: number | undefined;
  /** Whether the window starts from the initial state; default: true. */
  readonly fresh?: boolean | undefined;
};

/** Of a task: nats (or squared error) and accuracy, per unmasked target. */
export type Score = { readonly loss: number; readonly accuracy: number };

/** A synthetic task: a seeded generator, and scores of a net's outputs. */
export interface Task {
  readonly name: string;
  /** The recipe of this task. */
  readonly recipe?: Recipe | undefined;
  /** The width of a frame; for ids, their number. */
  readonly inputSize: number;
  /** The width of an output: of logits, where targets are ids or bits. */
  readonly outputSize: number;
  /** The type of targets. */
  readonly targets: 'ids' | 'bits' | 'numbers';
  /** The minimum of each number of a difficulty. */
  readonly easiest: Difficulty;
  /** The maximum, if there is one. */
  readonly hardest?: Partial<Difficulty> | undefined;
  /** The symbol of each id, for display. */
  readonly symbols?: { readonly inputs: readonly string[]; readonly targets: readonly string[] } | undefined;
  /** After the first unmasked target, an input is the previous target: the net reads a question and answers it autoregressively. */
  readonly isGenerative?: boolean | undefined;
  /** One row for each difficulty. Row i depends on the rng, i and its difficulty alone. */
  sample(rng: Rng, rows: readonly Difficulty[]): Batch;
  /** The mean over unmasked targets: nats, or squared error where targets are numbers. */
  loss(outputs: Sequence, batch: Batch): Scalar;
  /** The accuracy over unmasked targets, 0 to 1. */
  accuracy(outputs: Sequence, batch: Batch): Scalar;
  /** The score of the best input-blind prediction, in closed form. */
  baseline(difficulty: Difficulty): Score;
  /** When a score counts as solved: as text, and as a function. */
  readonly solved: { readonly rule: string; holds(score: Score): boolean };
  /** The same task over one of several disjoint parts of its rows, if rows are few enough to repeat. */
  part?(name: 'train' | 'validation' | 'test'): Task;
}

/**
 * A pure optimizer: what to add to the parameters, given gradients, its own state and the parameters.
 * `step` counts updates from 0; schedules and bias corrections read it. All other state is in `state`, a tree.
 */
export interface Optimizer<S extends Tree> {
  readonly name: string;
  init(params: Tree): S;
  update<P extends Tree>(grads: P, state: S, params: P, step: number): { updates: P; state: S };
}
