import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Rng } from './random.ts';

/** Objects and arrays whose leaves are tensors. Declare parameters and states with `type`, not `interface`. */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

/** One time step of a batch: [batch, features]. */
export type Frame = Tensor2D;

/** Frames over time: [batch, time, features]. */
export type Sequence = Tensor3D;

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * How a thing was made, in JSON: `factory` of `package`, called with `arguments`, of which those that are recipes
 * themselves are made first. A saved model names its cell by its recipe; nothing is registered anywhere.
 */
export type Recipe = {
  readonly package: string;
  readonly factory: string;
  readonly arguments: readonly Json[];
};

/** What a step returns. */
export type Step<S extends Tree> = {
  readonly output: Frame;
  readonly state: S;
};

/** What a whole sequence returns. */
export type Steps<S extends Tree> = {
  readonly outputs: Sequence;
  readonly state: S;
};

/** What `Cell.scan` is told beside params, state and inputs. */
export interface ScanOptions<C = void> {
  /** Constant over the sequence. */
  readonly context: C;
  /** [batch, time], 1 = real. Where it is 0 the state is held and the output is 0. */
  readonly mask?: Tensor2D | undefined;
  /** Run from the last frame to the first; outputs stay at the places of their inputs. */
  readonly reverse?: boolean | undefined;
  /** Present in training only: the source of a cell's noise. */
  readonly rng?: Rng | undefined;
}

/**
 * A recurrent cell: a plain record of pure functions over explicit parameters and state.
 *
 * - Axis 0 of every leaf of the state is the batch; rows do not influence each other.
 * - An argument is borrowed: a cell never disposes it, and returns fresh tensors.
 * - `context` is constant over a sequence (encoder memory, say); most cells take none (`C = void`).
 * - `rng` is present in training only. A cell without noise leaves the parameter out. `scan` is given the sequence's, `step`
 *   at frame t its `rng.frame(t)`.
 */
export interface Cell<P extends Tree, S extends Tree, C = void> {
  readonly name: string;
  readonly inputSize: number;
  readonly outputSize: number;
  /** How to make this cell again; without it a model that holds the cell can be saved but only loaded by code. */
  readonly recipe?: Recipe | undefined;
  /** Fresh parameters, a function of the seed alone. */
  init(rng: Rng): P;
  /**
   * The state before the first frame. Axis 0 of every leaf is the batch. A cell with a context whose state is as large as something in
   * it (weights over a source, say) is told the context.
   */
  initialState(batchSize: number, context?: C): S;
  /** One frame: input [batch, inputSize] to output [batch, outputSize]. */
  step(params: P, state: S, input: Frame, context: C, rng?: Rng): Step<S>;
  /** The part of a step that depends on the input alone: [n, inputSize] to [n, projectedSize]. */
  project?(params: P, inputs: Tensor2D): Tensor2D;
  /**
   * A whole sequence at once, equal to `step` over its frames. Inputs are [batch, time, projectedSize] (already through
   * `project`) if the cell has `project`, else [batch, time, inputSize].
   */
  scan?(params: P, state: S, inputs: Sequence, options: ScanOptions<C>): Steps<S>;
  /**
   * The cell made ready for one sequence, of whose inputs only the first part is known: the last `fedSize` numbers of each frame are
   * fed when the frame before is done (what a memory gave, say). `inputs` are [batch, time, inputSize − fedSize]. For training: each
   * frame may be asked for once, all within one tidy. With `map` each step also gives output·kernel + bias. Undefined where the active
   * backend has no quicker way than `step`.
   */
  feed?(params: P, inputs: Sequence, fedSize: number, map?: OutputMap): FedCell<S> | undefined;
  /**
   * The cell with these parameters made ready for one frame at a time, without noise or context: for generation, where what an op
   * costs would outweigh what it does. Undefined where the active backend has no quicker way than `step`.
   */
  compile?(params: P): CompiledCell<S> | undefined;
}

/** A cell at work on one sequence: frame t, from a state and what is fed there, [batch, fedSize]. */
export interface FedCell<S extends Tree> {
  step(state: S, fed: Frame, t: number): Step<S> & { readonly mapped?: Frame | undefined };
}

/** What an output is mapped to: output·kernel + bias, [outputSize, n] and [n]. */
export type OutputMap = { readonly kernel: Tensor2D; readonly bias: Tensor1D };

/** A cell with its parameters, which it borrows until it is disposed of. */
export interface CompiledCell<S extends Tree> {
  /** The state, whose batch is the stepper's, is copied. */
  start(state: S): Stepper;
  /** Frees what it holds; dispose of its steppers before. */
  dispose(): void;
}

/** A cell at work on numbers outside of tensors: a batch of rows, each with its state. */
export interface Stepper {
  /**
   * One frame: inputs [batch·inputSize], row after row, or what `project` makes of them if `isProjected`, to outputs
   * [batch·outputSize], which are valid until the next call.
   */
  step(inputs: Float32Array, isProjected?: boolean): Float32Array;
  /** Goes on with these rows of the batch, in this order, each as often as it is named, and with no more than there were at first. */
  keep(rows: readonly number[]): void;
  dispose(): void;
}

/** What attention looks at: memory [batch, length, size], its keys and mask [batch, length]. */
export interface Source {
  readonly memory: Sequence;
  readonly keys: Sequence;
  readonly mask?: Tensor2D | undefined;
}

/** Weighs the frames of a source by a query. */
export interface Attention<P extends Tree> {
  readonly name: string;
  /** How to make this attention again. */
  readonly recipe?: Recipe | undefined;
  readonly querySize: number;
  readonly memorySize: number;
  /** The width of a context: that of the memory, mostly. */
  readonly contextSize: number;
  init(rng: Rng): P;
  /** What depends on the memory alone, computed once per source. */
  keys(params: P, memory: Sequence): Sequence;
  /**
   * Query [batch, querySize]; weights [batch, length] over the unmasked frames, mostly of sum 1; context is the mean under them.
   * `previous` are the weights of the step before.
   */
  attend(params: P, query: Frame, source: Source, previous: Frame): { context: Frame; weights: Frame };
  /** The weights before the first step, [batch, length]; default: zeros. */
  initialWeights?(source: Source): Frame;
}

/** Sequences with what is wanted of them. A row that ends early is padded on the right. */
export interface Batch {
  /** Frames [batch, time, inputSize], or ids int32 [batch, time]. */
  readonly inputs: Tensor;
  /** Ids int32 [batch, time], or bits or numbers [batch, time, outputSize]. */
  readonly targets: Tensor;
  /** [batch, time], 1 where the target counts; default: all do. */
  readonly mask?: Tensor2D | undefined;
  /** [batch, time], 1 where there is a frame, 0 where the row has ended; default: all are frames. */
  readonly inputMask?: Tensor2D | undefined;
}

/** How hard a row of a task is: whole numbers by name, of which `length` is one. */
export type Difficulty = { readonly length: number; readonly [parameter: string]: number };

/**
 * Batches as a pure function of epoch and index, so that a run resumes from the number of its step alone. The tensors of a
 * batch are made afresh by each call and are the caller's to dispose.
 */
export interface BatchSource<B> {
  readonly batchesPerEpoch: number;
  /**
   * The batch `index`, from 0 to batchesPerEpoch − 1, of the epoch `epoch`, from 0. A source of graded rows asks `draw`, where it is
   * given (by a curriculum), how hard each is to be; others have no use for it.
   */
  batch(epoch: number, index: number, draw?: (rng: Rng) => Difficulty): B;
}

/** Some frames of token sequences and, for each, the token that follows. A `type`, so that it is a tree with numbers in it. */
export type TokenWindow = {
  /** int32 [batch, time] */
  readonly inputs: Tensor2D;
  /** int32 [batch, time]: the token after each input. */
  readonly targets: Tensor2D;
  /** [batch, time], 1 = real; default: all are. */
  readonly mask?: Tensor2D | undefined;
  /** The first frame whose loss counts, those before it having counted in the window before; default: 0. */
  readonly counted?: number | undefined;
  /** The frames after which the state is taken that the next window starts from; default: all. */
  readonly carry?: number | undefined;
  /** Whether the window starts from the initial state; default: true. */
  readonly fresh?: boolean | undefined;
};

/** Of a task: nats (or squared error) and the fraction that is right, per target that counts. */
export type Score = { readonly loss: number; readonly accuracy: number };

/** A synthetic task: a seeded generator, and the score of what a net makes of its rows. */
export interface Task {
  readonly name: string;
  /** How to make this task again. */
  readonly recipe?: Recipe | undefined;
  /** The width of a frame; where inputs are ids, how many ids there are. */
  readonly inputSize: number;
  /** The width of an output: of logits, where targets are ids or bits. */
  readonly outputSize: number;
  /** What targets are. */
  readonly targets: 'ids' | 'bits' | 'numbers';
  /** The least each number of a difficulty may be. */
  readonly easiest: Difficulty;
  /** The most, where there is one. */
  readonly hardest?: Partial<Difficulty> | undefined;
  /** What stands for each id, to be shown to people. */
  readonly symbols?: { readonly inputs: readonly string[]; readonly targets: readonly string[] } | undefined;
  /** After the first target that counts, an input is the target of the frame before: the net reads a question and goes on. */
  readonly isGenerative?: boolean | undefined;
  /** One row for each difficulty. Row i depends on the rng, i and its difficulty alone. */
  sample(rng: Rng, rows: readonly Difficulty[]): Batch;
  /** The mean over the targets that count: nats, or squared error where targets are numbers. */
  loss(outputs: Sequence, batch: Batch): Scalar;
  /** The fraction of targets that count which are right, 0 to 1. */
  accuracy(outputs: Sequence, batch: Batch): Scalar;
  /** The best that can be had without regard to the inputs, in closed form: what a score is judged against. */
  baseline(difficulty: Difficulty): Score;
  /** When a score counts as solved: in words, and as a function. */
  readonly solved: { readonly rule: string; holds(score: Score): boolean };
  /** The same task over a part of its rows that shares none with the other parts, where its rows are few enough to meet again. */
  part?(name: 'train' | 'validation' | 'test'): Task;
}

/**
 * A pure optimizer: what to add to the parameters, given gradients, its own state and the parameters.
 * `step` counts updates from 0; schedules and bias corrections read it. All else is in the state, a tree.
 */
export interface Optimizer<S extends Tree> {
  readonly name: string;
  init(params: Tree): S;
  update<P extends Tree>(grads: P, state: S, params: P, step: number): { updates: P; state: S };
}
