import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * The layout of a shader's input: a matrix of quads, or plain tfjs tensors of three, two or one axes and of any
 * number type.
 */
export type InputKind = 'quads' | 'sequence' | 'matrix' | 'vector';

/**
 * A shader in the language that is common to GLSL and WGSL, see `shader.ts`. Its code defines `quad value(int row, int column)`,
 * or `float value(…)` for a result of numbers: the element at that position. Each input is a function of the
 * indices of its axes; integers (uniforms) are variables.
 */
export type Program = {
  readonly inputs: { readonly [name: string]: InputKind };
  readonly output: 'quads' | 'numbers';
  /** Integers that may differ at each run (uniforms). */
  readonly numbers: readonly string[];
  readonly code: string;
};

/** Arguments of a run of a program. */
export type Call = {
  readonly program: Program;
  readonly inputs: { readonly [name: string]: Tensor };
  readonly numbers: { readonly [name: string]: number };
};

/**
 * One step of a recurrence: it writes block `to` of the result, and reads blocks that others have written under the names of
 * inputs in `from`.
 */
export type RecurrentStep = Call & { readonly to: number; readonly from: { readonly [name: string]: number } };

/**
 * A GPU through a tfjs backend. A matrix of quads is a tensor whose layout only the device knows: it passes
 * from program to program. All that is returned is fresh; nothing waits for the GPU.
 */
export type Device = {
  /** One draw: a matrix of quads, or of numbers. */
  run(call: Call, rows: number, columns: number): Tensor;
  /**
   * One draw a step: blocks of quads [rows, columns], one below the other, those of the steps at their positions `to` and after
   * them that of `start`.
   */
  recur(start: Call, steps: readonly RecurrentStep[], rows: number, columns: number): Tensor;
};
