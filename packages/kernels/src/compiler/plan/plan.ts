import type { Node, StepGraph } from '../graph.ts';
import type { Strided } from '../simplify/row-views.ts';

/**
 * What a buffer holds a row for:
 *
 * - `frames`: each row of each frame
 * - `states`: the same, and the initial state: before and after each frame
 * - `carry`: a gradient w.r.t. the state, of one frame: what comes in from the frame that is run before, and what goes out
 * - `constant`: each row of the batch: the same at all frames
 * - `local`: each row of the frame, or of the block of rows, that is being computed
 * - `scratch`: the row that is being computed
 * - `shared`: a row that is the same for all rows: a bias
 * - `totals`: each row of the batch, or each block of rows: sums over frames
 */
export type BufferKind = 'frames' | 'states' | 'carry' | 'constant' | 'local' | 'scratch' | 'shared' | 'totals';

export type Buffer = {
  readonly id: number;
  readonly kind: BufferKind;
  /** Numbers of a row, without padding. */
  readonly width: number;
  /** Numbers from one row to the next. */
  readonly stride: number;
};

/** Columns of a buffer from `column` on. */
export type Place = {
  readonly buffer: Buffer;
  readonly column: number;
  /** Of `states`, in relation to the frame. */
  readonly side?: 'before' | 'after' | undefined;
  /** Of a `carry`: whether what goes out, or comes in. */
  readonly isOut?: boolean | undefined;
  /** Of what is stored: where in the row its numbers go, if not one after the other. */
  readonly view?: Strided | undefined;
};

/** A matrix of weights, packed for products. */
export type Weights = {
  readonly node: Node;
  readonly transposed: boolean;
  /** Of the product: [rows, depth]·[depth, columns]. */
  readonly depth: number;
  readonly columns: number;
};

export type ProductStep = {
  readonly kind: 'product';
  /** Of each row of the batch, one after the other. */
  readonly rows: number;
  readonly a: Place;
  readonly weights: Weights;
  readonly to: Place;
};

export type Store = { readonly value: Node; readonly to: Place };

/** Passes over the columns of one row, those of a level before those of the next. */
export type Level = {
  readonly level: number;
  /** Of one number each. */
  readonly scalars: readonly Store[];
  readonly totalsOfScalars: readonly Store[];
  readonly loops: readonly Loop[];
};

/** One pass over columns: what is stored, reduced to a number, added to totals. */
export type Loop = {
  readonly width: number;
  /** The axes of the row, where one of its values is a view, or reduced over an axis. */
  readonly sizes?: readonly number[] | undefined;
  readonly stores: readonly Store[];
  readonly reductions: readonly Node[];
  readonly totals: readonly Store[];
  /** Reductions over an axis, and where their results go. */
  readonly axisReductions: readonly Store[];
};

export type RowsStep = {
  readonly kind: 'rows';
  readonly index: number;
  readonly levels: readonly Level[];
};

/**
 * Steps for one frame after another (`loop`), for all rows of all frames in blocks (`all`), or for the rows of the batch, once
 * (`once`).
 */
export type Section = {
  readonly kind: 'loop' | 'all' | 'once';
  readonly isBackward: boolean;
  readonly steps: readonly (ProductStep | RowsStep)[];
  /** Where a value is found, if it does not have to be computed here. */
  readonly places: ReadonlyMap<Node, Place>;
  /** When a value that is stored here may be read: from this step of rows and its level on. */
  readonly storedAt: ReadonlyMap<Node, Moment>;
  /** Totals that start from 0 here. */
  readonly totals: readonly Buffer[];
};

/** A step of rows, by its index in its section, and a level of it. */
export type Moment = { readonly step: number; readonly level: number };

/** A gradient w.r.t. weights: aᵀ·b, over the rows of all frames, or over the batch (`once`) where both are totals or constant. */
export type WeightGradient = {
  readonly node: Node;
  readonly a: Place;
  readonly b: Place;
  readonly rows: number;
  readonly columns: number;
  /** How many rows are summed over in each row of the batch. */
  readonly count: number;
  readonly once: boolean;
};

/** A sum over the rows of totals. */
export type RowTotal = { readonly node: Node; readonly totals: Buffer; readonly perBlock: boolean };

/** How a sequence is run. */
export type Plan = {
  readonly graph: StepGraph;
  readonly forward: readonly Section[];
  readonly backward: readonly Section[];
  readonly buffers: readonly Buffer[];
  readonly input: Buffer;
  readonly dOutput: Buffer | undefined;
  readonly mask: Buffer | undefined;
  readonly states: readonly Buffer[];
  readonly carries: readonly Buffer[];
  /** Context and constant noise, by node. */
  readonly given: ReadonlyMap<Node, Buffer>;
  readonly output: Place;
  readonly dInput: Place | undefined;
  /** Totals of the gradients w.r.t. the context. */
  readonly dContext: readonly (Buffer | undefined)[];
  /** Rows that all rows share, by node. */
  readonly shared: ReadonlyMap<Node, Buffer>;
  readonly weights: readonly Weights[];
  readonly gradients: readonly WeightGradient[];
  readonly sums: readonly RowTotal[];
  /** Buffers that backward needs of forward. */
  readonly held: ReadonlySet<Buffer>;
};

/** Numbers from one row to the next of a buffer of this width: whole pairs of vectors, unless rows are single numbers. */
export const strideOf = (width: number): number => (width === 1 ? 1 : Math.ceil(width / 8) * 8);

/** Rows of a block, where all rows of all frames are computed at once. */
export const BLOCK = 48;

/** What a step writes. */
export function targetsOf(step: ProductStep | RowsStep): Buffer[] {
  if (step.kind === 'product') return [step.to.buffer];
  return step.levels.flatMap(({ scalars, loops }) => [
    ...scalars.map(({ to }) => to.buffer),
    ...loops.flatMap(({ stores, axisReductions }) => [...stores, ...axisReductions].map(({ to }) => to.buffer)),
  ]);
}
