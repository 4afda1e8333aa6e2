import { AddN, type Tensor } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';

/** A shader of WebGPU may use eight buffers: seven terms and their sum. */
const MOST_TERMS = 7;

interface Disposing {
  disposeData(id: object): boolean;
}

/**
 * `AddN` of any number of tensors on webgpu, seven at a time. tfjs puts all of them into one shader, which fails to compile
 * from eight on: neither it nor anything else in the same queue is computed, and nothing is thrown.
 */
export function addManyOnWebgpu(): void {
  provideKernel<Tensor[], unknown, Disposing>('webgpu', AddN, (original) => (call) => {
    const { attrs, backend } = call;
    const add = (terms: Tensor[]): Tensor => original({ inputs: terms, attrs, backend }) as Tensor;
    const terms = Object.values(call.inputs);
    let total = add(terms.slice(0, MOST_TERMS));
    for (let i = MOST_TERMS; i < terms.length; i += MOST_TERMS - 1) {
      const before = total;
      total = add([before, ...terms.slice(i, i + MOST_TERMS - 1)]);
      backend.disposeData(before.dataId);
    }
    return total;
  });
}
