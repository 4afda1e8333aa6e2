/** What `explain` returns: a plain object, and the same in words. */
export type Explanation = {
  /** The name of the cell. */
  readonly cell: string;
  /** What runs a sequence on the active backend: `WebAssembly, simd+fma, 2 threads`. */
  readonly runsOn: string;
  /** Whether that is the compiled step. */
  readonly isCompiledHere: boolean;
  /** The compiled step; undefined if it cannot be compiled. */
  readonly compiled: CompiledForm | undefined;
  /** Why it cannot be compiled; undefined if it can. */
  readonly reason: Reason | undefined;
  /** All of it as text: lines of at most 120 columns. */
  readonly text: string;
  toString(): string;
};

/** Why a step is not compiled. */
export type Reason = {
  /** The op, by the name of its kernel in TensorFlow.js; `step` where it is the step as a whole. */
  readonly op: string;
  /** The line of the step, `my-cell.ts:57`, where it is known. */
  readonly line: string | undefined;
  /** What is wrong, and what to change. */
  readonly message: string;
};

/** A compiled step and its gradient, for a number of rows and frames. */
export type CompiledForm = {
  /** Ops of the graph, forward and backward together: as traced, and after simplification. */
  readonly ops: { readonly traced: number; readonly simplified: number };
  readonly forward: readonly Part[];
  readonly backward: readonly Part[];
  readonly kept: Kept;
  /** For one frame of all rows. */
  readonly perFrame: { readonly forward: Work; readonly backward: Work };
};

/** A part of a sequence. Parts run one after the other. */
export type Part = {
  /** `once`: what is the same at all frames. */
  readonly when: 'once' | 'for all frames at once' | 'loop over frames';
  /** Of a loop: the leaves of the state that it computes; backward those whose gradients it computes. */
  readonly states: readonly string[];
  readonly products: readonly Product[];
  /** Fused passes over the numbers of a row. */
  readonly passes: number;
  /** The ops that these passes compute: elementwise ops and reductions. */
  readonly ops: number;
  readonly perFrame: Work;
};

/** A product of matrices, [rows, depth]·[depth, columns]. */
export type Product = {
  /** `h · recurrentKernel` */
  readonly name: string;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
};

/** What forward keeps for backward, beside inputs and parameters. */
export type Kept = {
  readonly values: readonly KeptValue[];
  /** Numbers for a row of a frame. */
  readonly numbers: number;
  /** The same for a unit of the output. */
  readonly numbersPerUnit: number;
  /** For all rows and frames, with padding. */
  readonly bytes: number;
};

type KeptValue = {
  /** `state h`, or the op: `Sigmoid`. */
  readonly name: string;
  /** Numbers of a row. */
  readonly width: number;
  readonly line: string | undefined;
};

/** What is done. */
export type Work = {
  /** Floating-point operations of products: a multiplication and an addition are two. */
  readonly products: number;
  /** Those of elementwise ops and reductions; a function such as tanh is one. */
  readonly elementwise: number;
  /** Bytes read and written. */
  readonly bytes: number;
};
