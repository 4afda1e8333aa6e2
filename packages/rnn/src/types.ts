import type { Cell, Recipe, Rng, Sequence, Steps, Tree } from '@elman/core';
import type { UnrollOptions } from './unroll.ts';

/** A cell of any parameters, state and context. */
export type AnyCell = Cell<Tree, Tree, unknown>;

/** The parameters of cells or layers in an array: an array of each one's. */
export type ParamsOf<Parts extends readonly { init(rng: Rng): Tree }[]> = {
  readonly [I in keyof Parts]: ReturnType<Parts[I]['init']>;
};

/** The states of cells or layers in an array: an array of each one's. */
export type StatesOf<Parts extends readonly { initialState(batchSize: number): Tree }[]> = {
  readonly [I in keyof Parts]: ReturnType<Parts[I]['initialState']>;
};

/** The context of the cells in an array: none, unless one of them takes a context. */
export type ContextOf<Part extends AnyCell> = Something<Part extends Cell<Tree, Tree, infer C> ? C : never>;

/** The same of layers. */
export type LayerContextOf<Part extends AnyLayer> = Something<
  Part extends SequenceLayer<Tree, Tree, infer C> ? C : never
>;

type Something<C, Nothing = void> = [Exclude<C, Nothing>] extends [never] ? Nothing : Exclude<C, Nothing>;

/** Options of a layer. */
export type LayerOptions<S extends Tree, C = void> = Pick<UnrollOptions<S, C>, 'state' | 'context' | 'mask' | 'rng'>;

/**
 * A map from sequences to sequences: a cell run in a direction, two cells run in both, or a stack of these.
 * Unlike a cell it may be non-causal, so it has no step.
 */
export interface SequenceLayer<P extends Tree, S extends Tree, C = void> {
  readonly name: string;
  readonly inputSize: number;
  readonly outputSize: number;
  /** The recipe of this layer. */
  readonly recipe?: Recipe | undefined;
  init(rng: Rng): P;
  /** The state before the first frame of each direction. Axis 0 of every leaf is the batch. */
  initialState(batchSize: number, context?: C): S;
  /** inputs [batch, time, inputSize] to outputs [batch, time, outputSize] and the state after the last frame. */
  run(params: P, inputs: Sequence, options?: LayerOptions<S, C>): Steps<S>;
}

/** A layer of any parameters, state and context. */
export type AnyLayer = SequenceLayer<Tree, Tree, unknown>;
