import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { type Heap, heapOf } from './simd/heap.ts';
import { type Axes, scratch, swapAxes, swapped } from './swap-axes.ts';

/** How a kernel reads tensors of a backend as typed arrays, and makes new ones. */
export type Storage = {
  /** A view of a tensor's data: read-only, and valid until the next `make`. */
  read(tensor: TensorInfo): Float32Array;
  /** The same of an int32 tensor, as they are. */
  readInts(tensor: TensorInfo): ArrayLike<number>;
  /** A fresh float32 tensor, filled by `fill`, to which it is passed uninitialised. */
  make(shape: number[], fill: (values: Float32Array) => void): TensorInfo;
  /** The data of a tensor [first, second, size] as [second, first, size]: read-only, and valid until the next call. */
  readSwapped(tensor: TensorInfo): Float32Array;
  /** A fresh tensor of this shape, [first, second, size], from data in the order [second, first, size]. */
  makeSwapped(shape: Axes, values: Float32Array): TensorInfo;
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
    return swappingHere({
      read: ({ dataId }) => asFloats(data.get(dataId).values),
      readInts: ({ dataId }) => data.get(dataId).values,
      make(shape, fill) {
        const values = new Float32Array(sizeOf(shape));
        fill(values);
        return (backend as CpuBackend).makeTensorInfo(shape, 'float32', values);
      },
    });
  },
  wasm: (object) => {
    const backend = object as WasmBackend;
    const read = (tensor: TensorInfo): Float32Array => asFloats(backend.typedArrayFromHeap(tensor));
    const plain: Plain = {
      read,
      readInts: (tensor) => backend.typedArrayFromHeap(tensor),
      make(shape, fill) {
        const tensor = backend.makeOutput(shape, 'float32');
        fill(read(tensor));
        return tensor;
      },
    };
    const heap = heapOf(object);
    return heap === undefined ? swappingHere(plain) : { ...plain, ...swappingOn(heap, plain) };
  },
};

type Plain = Pick<Storage, 'read' | 'readInts' | 'make'>;
type Swapping = Pick<Storage, 'readSwapped' | 'makeSwapped'>;

/** In JavaScript. */
function swappingHere(plain: Plain): Storage {
  return {
    ...plain,
    readSwapped(tensor) {
      const axes = tensor.shape as unknown as Axes;
      return swapped(plain.read(tensor), axes, scratch(axes));
    },
    makeSwapped: ([first, second, size], values) =>
      plain.make([first, second, size], (target) => swapAxes(values, target, [second, first, size])),
  };
}

/** In SIMD, on the heap of tfjs. */
function swappingOn(heap: Heap, plain: Plain): Swapping {
  return {
    readSwapped(tensor) {
      const [first, second, size] = tensor.shape as [number, number, number];
      const length = first * second * size;
      const room = heap.scratch(length);
      heap.simd.swapAxes(0, 0, second, heap.addressOf(tensor), 4 * size, room, 4 * size, first, second, size);
      return heap.view(room, length);
    },
    makeSwapped([first, second, size], values) {
      const tensor = plain.make([first, second, size], () => undefined);
      const room = heap.scratch(values.length);
      heap.view(room, values.length).set(values);
      heap.simd.swapAxes(0, 0, first, room, 4 * size, heap.addressOf(tensor), 4 * size, second, first, size);
      return tensor;
    },
  };
}

/** A mask may be of another type than float32. */
function asFloats(values: ArrayLike<number>): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** How many numbers a tensor of a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, axis) => size * axis, 1);
}
