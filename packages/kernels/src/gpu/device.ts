import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * The layout of a shader's input: a matrix of quads, or plain tfjs tensors of three, two or one axes and of any
 * number type.
 */
export type InputKind = 'quads' | 'sequence' | 'matrix' | 'vector';

/**
 * The layout of a shader's result: a matrix of quads, or of numbers; those of an `operand` lie as products of tfjs read them.
 */
export type OutputKind = 'quads' | 'numbers' | 'operand';

/**
 * A shader in the language that is common to GLSL and WGSL, see `shader.ts`. Its code defines `quad value(int row, int column)`,
 * or `float value(…)` for a result of numbers: the element at that position. Each input is a function of the
 * indices of its axes; integers (uniforms) are variables.
 */
export type Program = {
  readonly inputs: { readonly [name: string]: InputKind };
  readonly output: OutputKind;
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

/** Blocks of quads [rows, columns], one below the other. */
export type Track = { readonly rows: number; readonly columns: number; readonly blocks: number };

/** A block of a track, by their indices. */
export type Block = { readonly track: number; readonly block: number };

/**
 * A draw that writes a block, and reads blocks that others have written under the names of inputs in `from`. Draws of one program read
 * the same tracks.
 */
export type BlockStep = Call & { readonly to: Block; readonly from: { readonly [name: string]: Block } };

/**
 * A GPU through a tfjs backend. A matrix of quads is a tensor whose layout only the device knows: it passes
 * from program to program. All that is returned is fresh; nothing waits for the GPU.
 */
export type Device = {
  /** How many tensors a program may read. */
  readonly mostInputs: number;
  /** One draw: a matrix of quads, or of numbers. */
  run(call: Call, rows: number, columns: number): Tensor;
  /** One draw a step. A block that is written again loses what it had. */
  scan(tracks: readonly Track[], steps: readonly BlockStep[]): Tensor[];
};
