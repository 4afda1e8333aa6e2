import type { Blocks } from './blocks.ts';
import { type Heap, heapOf } from './heap.ts';
import { loadProgram } from './program.ts';
import { alone } from './team.ts';
import type { Workspace } from './workspace.ts';

/** What plans need of `Blocks`. */
export type PlanBlocks = Pick<Blocks, 'take' | 'give' | 'view' | 'addressOf'>;

/** What plans need of a workspace. */
export type PlanWorkspace = Pick<Workspace, 'isShared' | 'hasFma' | 'team' | 'load'> & { readonly blocks: PlanBlocks };

const workspaces = new WeakMap<Heap, PlanWorkspace>();

/**
 * The heap of a wasm backend as a workspace of one thread: tensors are read where they lie. It may grow, which invalidates views,
 * with any tensor that is made. Undefined where there is no SIMD.
 */
export function heapWorkspace(backend: object): PlanWorkspace | undefined {
  const heap = heapOf(backend);
  if (heap === undefined) return undefined;
  let workspace = workspaces.get(heap);
  if (workspace === undefined) {
    workspace = workspaceOn(heap);
    workspaces.set(heap, workspace);
  }
  return workspace;
}

/** Bytes of a cache line, to which blocks are aligned. */
const LINE = 64;

function workspaceOn({ simd, memory, name, flags, isShared, allocate, free, view }: Heap): PlanWorkspace {
  /** The addresses of allocations, by those of the blocks in them. */
  const starts = new Map<number, number>();
  const blocks: PlanBlocks = {
    take(bytes) {
      const start = allocate(Math.ceil((bytes + LINE) / 4));
      const address = Math.ceil(start / LINE) * LINE;
      starts.set(address, start);
      return address;
    },
    give(address) {
      const start = starts.get(address);
      if (start !== undefined) free(start);
      starts.delete(address);
    },
    view,
    addressOf: ({ buffer, byteOffset }) => (buffer === memory.buffer ? byteOffset : undefined),
  };
  return {
    isShared,
    hasFma: name.includes('fma'),
    blocks,
    team: alone(simd),
    load: (bytes) => loadProgram({ simd, memory, blocks, isShared, flags }, bytes),
  };
}
