import type { TensorInfo } from '@tensorflow/tfjs-core';
import { bestModule } from './best-module.ts';
import { copiesBetween } from './copy-floats.ts';
import { instantiate, type SimdExports } from './instantiate.ts';

/** The parts used here of tfjs's wasm backend. */
type WasmBackend = {
  readonly wasm: {
    readonly asm: { readonly memory?: WebAssembly.Memory };
    /** The shared memory of tfjs's own threads, in pages that are cross-origin isolated. */
    readonly wasmMemory?: WebAssembly.Memory;
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  readonly dataIdMap: { get(id: TensorInfo['dataId']): { readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
};

/** Our module on the heap of tfjs's wasm backend: it computes where the tensors lie. */
export type Heap = {
  readonly simd: SimdExports;
  readonly memory: WebAssembly.Memory;
  /** Whether the memory is shared between threads of tfjs. */
  readonly isShared: boolean;
  /** Of the module: see `BestModule`. */
  readonly name: string;
  readonly flags: readonly string[];
  /** The address of a tensor, in bytes. */
  addressOf(tensor: TensorInfo): number;
  /** A fresh float32 tensor, uninitialised. */
  make(shape: number[]): TensorInfo;
  /** Allocates this many floats, uninitialised; the address is in bytes from the start of the heap. */
  allocate(floats: number): number;
  free(address: number): void;
  /** The floats at an address. Valid until the heap grows, as with any new tensor it may. */
  view(address: number, length: number): Float32Array;
  /** Scratch space of this many floats, valid until the next call; it grows to the largest request. */
  scratch(floats: number): number;
};

const heaps = new WeakMap<object, Heap>();

/** The heap of a wasm backend; undefined where there is no SIMD. */
export function heapOf(backend: object): Heap | undefined {
  const known = heaps.get(backend);
  if (known !== undefined) return known;
  const { wasm, dataIdMap } = backend as WasmBackend;
  const memory = wasm.asm.memory ?? wasm.wasmMemory;
  if (memory === undefined) return undefined;
  const isShared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const best = bestModule(isShared);
  if (best === undefined) return undefined;
  const allocate = (floats: number): number => {
    const address = wasm._malloc(4 * floats);
    if (address === 0)
      throw new RangeError(`kernels: expected room for ${floats} numbers on the heap of tfjs, found none.`);
    return address;
  };
  copiesBetween(memory);
  let block = { address: 0, floats: 0 };
  const heap: Heap = {
    simd: instantiate(best.module, memory, allocate(32)),
    memory,
    isShared,
    name: best.name,
    flags: best.flags,
    make: (shape) => (backend as WasmBackend).makeOutput(shape, 'float32'),
    addressOf: ({ dataId }) => dataIdMap.get(dataId).memoryOffset,
    allocate,
    free: (address) => wasm._free(address),
    view: (address, length) => new Float32Array(memory.buffer, address, length),
    scratch(floats) {
      if (floats > block.floats) {
        if (block.address !== 0) wasm._free(block.address);
        block = { address: allocate(floats), floats };
      }
      return block.address;
    },
  };
  heaps.set(backend, heap);
  return heap;
}
