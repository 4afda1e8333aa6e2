import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * How a shader sees an input: a matrix of quads, or tensors of tfjs as they are, of three, two and one axes and of any
 * number type.
 */
export type InputKind = 'quads' | 'sequence' | 'matrix' | 'vector';

/**
 * A shader in the language that is common to GLSL and WGSL, see `shader.ts`. Its code defines `quad value(int row, int column)`,
 * or `float value(…)` where numbers come out: what stands there in the result. It finds each input as a function of the
 * places of its axes, and its whole numbers by their names.
 */
export type Program = {
  readonly inputs: { readonly [name: string]: InputKind };
  readonly output: 'quads' | 'numbers';
  /** Whole numbers that may be different at each run. */
  readonly numbers: readonly string[];
  readonly code: string;
};

/** What a program is run on. */
export type Call = {
  readonly program: Program;
  readonly inputs: { readonly [name: string]: Tensor };
  readonly numbers: { readonly [name: string]: number };
};

/**
 * One step of a recurrence: it writes block `to` of the result, and finds blocks that others have written under the names of
 * inputs in `from`.
 */
export type RecurrentStep = Call & { readonly to: number; readonly from: { readonly [name: string]: number } };

/**
 * A graphics processor through a backend of tfjs. A matrix of quads is a tensor whose layout only the device knows: it passes
 * from program to program. All that is returned is fresh; nothing waits for the processor.
 */
export type Device = {
  /** One draw: a matrix of quads, or of numbers. */
  run(call: Call, rows: number, columns: number): Tensor;
  /**
   * One draw a step: blocks of quads [rows, columns], one below the other, those of the steps by their places `to` and after
   * them that of `start`.
   */
  recur(start: Call, steps: readonly RecurrentStep[], rows: number, columns: number): Tensor;
};
