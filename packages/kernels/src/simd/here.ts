import { engine } from '@tensorflow/tfjs-core';
import { type Heap, heapOf } from './heap.ts';
import { sharedWorkspace } from './workspace.ts';

/** The heap of the active backend, if that is wasm and there is SIMD. */
export function heapHere(): Heap | undefined {
  const { backendName, backend } = engine();
  return backendName === 'wasm' ? heapOf(backend) : undefined;
}

/** Whether SIMD computes for the active backend: on cpu with copies, on wasm in place. */
export function hasSimdHere(): boolean {
  return engine().backendName === 'cpu' ? sharedWorkspace() !== undefined : heapHere() !== undefined;
}
