import { multiplyArrays } from '@elman/kernels';
import { BatchMatMul, type BatchMatMulAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';
import { type Factors, type MatMulShape, matMulShape, productsOf } from '../mat-mul-shape.ts';
import { multiplyMatrices } from '../portable/mat-mul.ts';
import { type CpuBackend, valuesOf } from './backend.ts';

/**
 * `BatchMatMul` on cpu by the SIMD kernels of `@elman/kernels`: 60 GFLOP/s a thread, where tfjs reaches 1. int32, and where
 * there is no SIMD, in register tiles: about 7.
 */
export function multiplyCompiledOnCpu(): void {
  provideKernel<Factors, BatchMatMulAttrs, CpuBackend>('cpu', BatchMatMul, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { a, b } = inputs;
    if (a.dtype === 'complex64' || b.dtype === 'complex64') return original(call);
    const shape = matMulShape(inputs, attrs);
    if (a.dtype === 'float32' && b.dtype === 'float32') {
      const compiled = multiplyOnCpu(backend, inputs, shape, attrs);
      if (compiled !== undefined) return compiled;
    }
    const out = util.getArrayFromDType(a.dtype as 'float32', util.sizeFromShape(shape.out));
    multiplyMatrices(valuesOf(backend, a), valuesOf(backend, b), out, shape, attrs);
    return backend.makeTensorInfo(shape.out, a.dtype, out);
  });
}

/** By the kernels, if there is SIMD: a·b + bias of float32. */
export function multiplyOnCpu(
  backend: CpuBackend,
  { a, b, bias }: Factors & { bias?: TensorInfo | undefined },
  shape: MatMulShape,
  attrs: BatchMatMulAttrs,
): TensorInfo | undefined {
  const read = (tensor: TensorInfo): Float32Array => valuesOf(backend, tensor) as Float32Array;
  const out = new Float32Array(util.sizeFromShape(shape.out));
  const operands = { a: read(a), b: read(b), out, bias: bias && read(bias) };
  return multiplyArrays(operands, ...productsOf(shape, attrs))
    ? backend.makeTensorInfo(shape.out, 'float32', out)
    : undefined;
}
