import { type TensorInfo, TensorScatterUpdate } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';
import { type CpuBackend, valuesOf } from './backend.ts';

type Inputs = { tensor: TensorInfo; indices: TensorInfo; updates: TensorInfo };

/** `TensorScatterUpdate` on cpu into a copy. tfjs also writes the updates into its argument. */
export function scatterIntoCopy(): void {
  provideKernel<Inputs, unknown, CpuBackend>('cpu', TensorScatterUpdate, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { tensor } = inputs;
    const copy = backend.makeTensorInfo(tensor.shape, tensor.dtype, valuesOf(backend, tensor).slice());
    const out = original({ inputs: { ...inputs, tensor: copy }, attrs, backend });
    backend.disposeData(copy.dataId);
    return out;
  });
}
