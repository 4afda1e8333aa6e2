import type { Rng } from '@elman/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Node } from '../graph.ts';
import type { Plan } from '../plan/plan.ts';

/** Inputs that are rows of a table: frame t of row b is row ids[t·batch + b]. */
export type Lookup = {
  /** [rows, inputSize] */
  readonly table: Float32Array;
  readonly rows: number;
  /** [time, batch] */
  readonly ids: Int32Array;
};

/** What a call is given: numbers of tensors, as views that are valid until the next tensor is made; each access reads them again. */
export type Given = {
  readonly time: number;
  readonly batch: number;
  readonly reverse: boolean;
  /** [batch, time, inputSize], or a table. */
  readonly input: Float32Array | Lookup;
  readonly state: readonly Float32Array[];
  /** [batch, time] */
  readonly mask: Float32Array | undefined;
  readonly context: readonly Float32Array[];
  /** Parameters and captured tensors, by node. */
  readonly tensors: ReadonlyMap<Node, Tensor>;
  readonly rng: Rng | undefined;
  /** A view of a tensor's numbers, valid until the next tensor is made. */
  read(tensor: Tensor): Float32Array;
};

/** Writes a result to where it is kept. */
export type Writing = (target: Float32Array) => void;

/** Results of a sequence. */
export type Results = {
  /** [batch, time, outputSize] */
  readonly outputs: Writing;
  readonly state: readonly Writing[];
};

/** Gradients w.r.t. results, as what a call is given; undefined: zeros. */
export type Gradients = {
  readonly outputs: Float32Array;
  readonly state: readonly (Float32Array | undefined)[];
};

/** Gradients w.r.t. what a call was given; undefined: zeros. */
export type GradientResults = {
  /** [batch, time, inputSize], or w.r.t. the table. */
  readonly input: Writing | undefined;
  readonly state: readonly (Writing | undefined)[];
  readonly context: readonly (Writing | undefined)[];
  /** [rows, columns] or [columns], by the nodes of the graph that sum over rows. */
  readonly sums: ReadonlyMap<Node, Writing>;
};

/** Memory that is held from forward to backward. */
export type Held = { release(): void };

/** A plan that can be run. */
export type Executable = {
  readonly plan: Plan;
  /** `take` makes of the results what is to be kept. What is held, if the plan has gradients, is the caller's. */
  forward<T>(given: Given, take: (results: Results) => T): { readonly taken: T; readonly held: Held | undefined };
  backward<T>(given: Given, gradients: Gradients, held: Held, take: (results: GradientResults) => T): T;
  dispose(): void;
};
