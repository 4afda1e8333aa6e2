import { type Heap, heapOf } from '../simd/heap.ts';
import { ntmInArena, ntmOnHeap } from '../simd/ntm.ts';
import { sharedWorkspace } from '../simd/workspace.ts';
import { storages } from '../storage.ts';
import { javascriptNtm } from './javascript-ntm.ts';
import type { NtmEngine } from './ntm-engine.ts';

const engines = new WeakMap<object, NtmEngine>();

/** The engine of a backend, cpu or wasm: SIMD where available. The same for as long as the backend lives. */
export function ntmEngineOf(backendName: string, backend: object): NtmEngine {
  let made = engines.get(backend);
  if (made === undefined) {
    made = choose(backendName, backend);
    engines.set(backend, made);
  }
  return made;
}

function choose(backendName: string, backend: object): NtmEngine {
  const storage = (storages[backendName] as NonNullable<(typeof storages)[string]>)(backend);
  const heap: Heap | undefined = backendName === 'wasm' ? heapOf(backend) : undefined;
  if (heap !== undefined) return ntmOnHeap(heap);
  const workspace = backendName === 'cpu' ? sharedWorkspace() : undefined;
  return workspace === undefined ? javascriptNtm(storage) : ntmInArena(workspace, storage);
}
