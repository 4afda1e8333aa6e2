import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** How a kernel reads tensors of a backend as typed arrays, and makes new ones. */
export type Storage = {
  /** A view of a tensor's data: read-only, and valid until the next `make`. */
  read(tensor: TensorInfo): Float32Array;
  /** The same of an int32 tensor, as they are. */
  readInts(tensor: TensorInfo): ArrayLike<number>;
  /** A fresh float32 tensor, filled by `fill`, to which it is passed uninitialised. */
  make(shape: number[], fill: (values: Float32Array) => void): TensorInfo;
};

/** What we use of the cpu backend: its data are typed arrays. */
type CpuBackend = {
  readonly data: { get(id: TensorInfo['dataId']): { readonly values: ArrayLike<number> } };
  makeTensorInfo(shape: number[], dtype: DataType, values: Float32Array): TensorInfo;
};

/** What we use of the wasm backend: its data are on one heap, whose views become invalid when it grows. */
type WasmBackend = {
  typedArrayFromHeap(tensor: TensorInfo): ArrayLike<number>;
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
};

/** By the name of the backend, for those that keep their data in the main memory. */
export const storages: { readonly [backendName: string]: ((backend: object) => Storage) | undefined } = {
  cpu: (backend) => {
    const { data } = backend as CpuBackend;
    return {
      read: ({ dataId }) => asFloats(data.get(dataId).values),
      readInts: ({ dataId }) => data.get(dataId).values,
      make(shape, fill) {
        const values = new Float32Array(sizeOf(shape));
        fill(values);
        return (backend as CpuBackend).makeTensorInfo(shape, 'float32', values);
      },
    };
  },
  wasm: (object) => {
    const backend = object as WasmBackend;
    const read = (tensor: TensorInfo): Float32Array => asFloats(backend.typedArrayFromHeap(tensor));
    return {
      read,
      readInts: (tensor) => backend.typedArrayFromHeap(tensor),
      make(shape, fill) {
        const tensor = backend.makeOutput(shape, 'float32');
        fill(read(tensor));
        return tensor;
      },
    };
  },
};

/** A mask may be of another type than float32. */
function asFloats(values: ArrayLike<number>): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** How many numbers a tensor of a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, axis) => size * axis, 1);
}
