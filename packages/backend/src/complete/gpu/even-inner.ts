import { _FusedMatMul, type BatchMatMulAttrs, pad, type Tensor } from '@tensorflow/tfjs-core';
import { type Kernel, provideKernel } from '../kernel.ts';

export type Factors = { a: Tensor; b: Tensor };

/**
 * A product of matrices on webgl whose inner size is even, by a row and a column of zeros where it is odd.
 *
 * tfjs packs 2 × 2 numbers into a pixel. Where a size is odd, the pixels of the edge hold something beyond it: after `exp`
 * or `sigmoid`, after `1 - x`, it is not 0, and its product is added to every number of the result, silently.
 */
export function withEvenInner<B>(original: Kernel<Factors, BatchMatMulAttrs, B>): Kernel<Factors, BatchMatMulAttrs, B> {
  return (call) => {
    const { inputs, attrs } = call;
    const [axisA, axisB] = [attrs.transposeA ? -2 : -1, attrs.transposeB ? -1 : -2];
    if ((inputs.a.shape.at(axisA) as number) % 2 === 0) return original(call);
    const [a, b] = [padded(inputs.a, axisA), padded(inputs.b, axisB)];
    const product = original({ ...call, inputs: { ...inputs, a, b } });
    a.dispose();
    b.dispose();
    return product;
  };
}

/** Pads an axis, counted from the end, with one zero. */
function padded(x: Tensor, axis: number): Tensor {
  return pad(
    x,
    x.shape.map((_, i): [number, number] => [0, i === x.shape.length + axis ? 1 : 0]),
  );
}

/** The same for the product that adds a bias and applies an activation. */
export function evenInnerOfFusedMatMul(): void {
  provideKernel<Factors, BatchMatMulAttrs, unknown>('webgl', _FusedMatMul, withEvenInner);
}
