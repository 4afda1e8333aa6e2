import { multiplyArrays } from '@elman/kernels';
import { BatchMatMul, type BatchMatMulAttrs, util } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';
import { type Factors, matMulShape, productsOf } from '../mat-mul-shape.ts';
import { multiplyMatrices } from '../portable/mat-mul.ts';
import { type CpuBackend, valuesOf } from './backend.ts';

/**
 * `BatchMatMul` on cpu by the SIMD kernels of `@elman/kernels`: 60 GFLOP/s a thread, where tfjs makes 1. Whole numbers, and where
 * there is no SIMD, in register tiles: about 7.
 */
export function multiplyCompiledOnCpu(): void {
  provideKernel<Factors, BatchMatMulAttrs, CpuBackend>('cpu', BatchMatMul, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    if (inputs.a.dtype === 'complex64' || inputs.b.dtype === 'complex64') return original(call);
    const shape = matMulShape(inputs, attrs);
    const [a, b] = [valuesOf(backend, inputs.a), valuesOf(backend, inputs.b)];
    const out = util.getArrayFromDType(inputs.a.dtype as 'float32', util.sizeFromShape(shape.out));
    const areFloats = a instanceof Float32Array && b instanceof Float32Array && out instanceof Float32Array;
    if (!areFloats || !multiplyArrays({ a, b, out }, ...productsOf(shape, attrs))) {
      multiplyMatrices(a, b, out, shape, attrs);
    }
    return backend.makeTensorInfo(shape.out, inputs.a.dtype, out);
  });
}
