import type { Cell, Recipe, Rng, Sequence, Steps, Tree } from '@elman/core';
import type { UnrollOptions } from './unroll.ts';

/** A cell of whatever parameters, state and context. */
export type AnyCell = Cell<Tree, Tree, unknown>;

/** The parameters of cells or layers in an array: an array of each one's. */
export type ParamsOf<Parts extends readonly { init(rng: Rng): Tree }[]> = {
  readonly [I in keyof Parts]: ReturnType<Parts[I]['init']>;
};

/** The states of cells or layers in an array: an array of each one's. */
export type StatesOf<Parts extends readonly { initialState(batchSize: number): Tree }[]> = {
  readonly [I in keyof Parts]: ReturnType<Parts[I]['initialState']>;
};

/** What the cells in an array are told beside their input: nothing, unless one of them takes a context. */
export type ContextOf<Part extends AnyCell> = Something<Part extends Cell<Tree, Tree, infer C> ? C : never>;

/** The same of layers. */
export type LayerContextOf<Part extends AnyLayer> = Something<
  Part extends SequenceLayer<Tree, Tree, infer C> ? C : never
>;

type Something<C, Nothing = void> = [Exclude<C, Nothing>] extends [never] ? Nothing : Exclude<C, Nothing>;

/** What a layer is told beside its inputs. */
export type LayerOptions<S extends Tree, C = void> = Pick<UnrollOptions<S, C>, 'state' | 'context' | 'mask' | 'rng'>;

/**
 * What turns a sequence into a sequence: a cell run in a direction, two cells run in both, or layers of these in a row.
 * Unlike a cell it may look ahead, so it has no step.
 */
export interface SequenceLayer<P extends Tree, S extends Tree, C = void> {
  readonly name: string;
  readonly inputSize: number;
  readonly outputSize: number;
  /** How to make this layer again. */
  readonly recipe?: Recipe | undefined;
  init(rng: Rng): P;
  /** The state before the first frame of each direction. Axis 0 of every leaf is the batch. */
  initialState(batchSize: number, context?: C): S;
  /** inputs [batch, time, inputSize] to outputs [batch, time, outputSize] and the state after the last frame. */
  run(params: P, inputs: Sequence, options?: LayerOptions<S, C>): Steps<S>;
}

/** A layer of whatever parameters, state and context. */
export type AnyLayer = SequenceLayer<Tree, Tree, unknown>;
