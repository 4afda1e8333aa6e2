import { type Cell, expectShape, type Frame, type ScanOptions, type Sequence, type Tree, tree } from '@elman/core';
import { linearScan } from '@elman/kernels';
import { add, cast, expandDims, mul, notEqual, reshape, type Tensor2D } from '@tensorflow/tfjs-core';

/** Rows of the recurrence h' = a∘h + b, and what the output depends on in addition. */
type Rows<E extends { readonly [name: string]: Tensor2D }> = { readonly a: Tensor2D; readonly b: Tensor2D } & E;

/** Of frames [batch, time, inputSize] in one row for each frame, and back. */
export const rowsOf = (frames: Sequence): Tensor2D => reshape(frames, [-1, frames.shape[2]]);
export const framesOf = (rows: Tensor2D, [batch, time]: readonly number[]): Sequence =>
  reshape(rows, [batch as number, time as number, -1]);

/** Outputs that are 0 where the mask is. */
export function masked(outputs: Sequence, mask: ScanOptions['mask']): Sequence {
  return mask === undefined ? outputs : mul(outputs, cast(notEqual(expandDims(mask, 2), 0), 'float32'));
}

/**
 * `step` and `scan` of a cell with one state h whose factors depend on the input alone:
 *
 *   a, b, … = rows(params, x)
 *   h' = a∘h + b
 *   y = output(h', …)                 default: h'
 *
 * `scan` computes the rows of all frames at once, and the states by `linearScan`.
 */
export function linearRecurrence<P extends Tree, E extends { readonly [name: string]: Tensor2D }>(
  name: string,
  inputSize: number,
  rows: (params: P, x: Tensor2D) => Rows<E>,
  output?: (h: Tensor2D, of: Rows<E>) => Tensor2D,
): Required<Pick<Cell<P, { readonly h: Frame }>, 'scan' | 'step'>> {
  return {
    step(params, { h }, input) {
      expectShape(name, 'input', input, { batch: h.shape[0], inputSize });
      return tree.tidy(() => {
        const of = rows(params, input);
        const next: Frame = add(mul(of.a, h), of.b);
        return { output: output?.(next, of) ?? next, state: { h: next } };
      });
    },
    scan: (params, { h }, inputs, { mask, reverse }) =>
      tree.tidy(() => {
        const of = rows(params, rowsOf(inputs));
        const [a, b] = [framesOf(of.a, inputs.shape), framesOf(of.b, inputs.shape)];
        const states = linearScan({ a, b, h, mask, reverse });
        const outputs =
          output === undefined
            ? states.outputs
            : masked(framesOf(output(rowsOf(states.outputs), of), inputs.shape), mask);
        return { outputs, state: { h: states.h } };
      }),
  };
}
