import { Cast, type CastAttrs, getKernel, Multiply, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';

interface WebgpuBackend {
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
  disposeData(id: object): boolean;
}

/**
 * `Cast` of int32 and bool to float32 on webgpu into a new float buffer. tfjs lets the result share the integer
 * buffer; shaders that read such a tensor directly, as `transpose` does, then fail to compile, and
 * silently discard everything else in the same queue.
 */
export function castIntoFloats(): void {
  provideKernel<{ x: TensorInfo }, CastAttrs, WebgpuBackend>('webgpu', Cast, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    const whole = x.dtype === 'int32' || x.dtype === 'bool';
    if (!whole || attrs.dtype !== 'float32' || util.sizeFromShape(x.shape) === 0) return original(call);
    const one = backend.makeTensorInfo([], 'float32', Float32Array.of(1));
    const { kernelFunc } = getKernel(Multiply, 'webgpu');
    const floats = kernelFunc({ inputs: { a: x, b: one }, attrs: {}, backend }) as TensorInfo;
    backend.disposeData(one.dataId);
    return floats;
  });
}
