import { type DataId, type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';

/** The wasm backend's record of a tensor. `id` identifies it in the module. */
interface HeapEntry {
  readonly id: number;
  readonly memoryOffset: number;
}

/** The parts of tfjs's wasm backend that our kernels use. */
export interface WasmBackend {
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    cwrap(name: string, returns: string | null, parameters: string[]): (...parameters: unknown[]) => void;
    readonly tfjs: {
      registerTensor(id: number, size: number, memoryOffset: number): void;
      disposeData(id: number): void;
    };
  };
  readonly dataIdMap: { get(id: DataId): HeapEntry };
  dataIdNextNumber: number;
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
  incRef(id: DataId): void;
  disposeData(id: DataId, force?: boolean): boolean;
}

/**
 * Copies `count` runs of `run` elements out of `from`, `stride` elements apart from `start` on, one after the other into
 * `to`. Both stay in the module's memory: nothing is allocated.
 */
export function copyRuns(
  backend: WasmBackend,
  from: TensorInfo,
  to: TensorInfo,
  { start, stride, run, count }: { start: number; stride: number; run: number; count: number },
): void {
  const bytes = util.bytesPerElement(from.dtype);
  const heap = backend.wasm.HEAPU8;
  let source = backend.dataIdMap.get(from.dataId).memoryOffset + start * bytes;
  let target = backend.dataIdMap.get(to.dataId).memoryOffset;
  for (let i = 0; i < count; i++) {
    heap.copyWithin(target, source, source + run * bytes);
    source += stride * bytes;
    target += run * bytes;
  }
}
