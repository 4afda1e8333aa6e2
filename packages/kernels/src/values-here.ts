import { engine, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/** What we use of the backends cpu and wasm. */
type Backend = {
  readonly data: { get(id: TensorInfo['dataId']): { readonly values: Float32Array } };
  typedArrayFromHeap(tensor: Tensor): Float32Array;
};

/**
 * Whether `valuesHere` can read tensors of the active backend: on cpu and wasm, where their numbers lie in this
 * process's memory.
 */
export function hasValuesHere(): boolean {
  const { backendName } = engine();
  return backendName === 'cpu' || backendName === 'wasm';
}

/** A view of the data of a float32 tensor on the backend cpu or wasm: read-only, and valid until the next op. */
export function valuesHere(tensor: Tensor): Float32Array {
  const { backendName, backend } = engine();
  const { data } = backend as unknown as Backend;
  return backendName === 'cpu'
    ? data.get(tensor.dataId).values
    : (backend as unknown as Backend).typedArrayFromHeap(tensor);
}

/** The indices of the i-th number of a tensor. */
export function placeOf(i: number, shape: readonly number[]): number[] {
  let rest = i;
  const place: number[] = [];
  for (const size of shape.toReversed()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}
