import { Cast, type DataType, getKernel, type TensorInfo, Transpose, UnsortedSegmentSum } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';

type Inputs = { x: TensorInfo };

interface Disposing {
  disposeData(id: object): boolean;
}

/**
 * `Transpose` and `UnsortedSegmentSum` of whole numbers on webgpu, as floats and back: exact up to 2²⁴, like all int32
 * operations there. In tfjs the shader of the first does not compile from three axes on, and the second returns the bits of
 * floats.
 */
export function wholeNumbersAsFloats(): void {
  for (const kernelName of [Transpose, UnsortedSegmentSum]) {
    provideKernel<Inputs, unknown, Disposing>('webgpu', kernelName, (original) => (call) => {
      const { inputs, attrs, backend } = call;
      const { x } = inputs;
      if (x.dtype !== 'int32' && x.dtype !== 'bool') return original(call);
      const cast = (from: TensorInfo, dtype: DataType): TensorInfo =>
        getKernel(Cast, 'webgpu').kernelFunc({ inputs: { x: from }, attrs: { dtype }, backend }) as TensorInfo;
      const floats = cast(x, 'float32');
      const out = original({ inputs: { ...inputs, x: floats }, attrs, backend }) as TensorInfo;
      const whole = cast(out, x.dtype);
      backend.disposeData(floats.dataId);
      backend.disposeData(out.dataId);
      return whole;
    });
  }
}
