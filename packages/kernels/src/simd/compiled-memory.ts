import { bestModule } from './best-module.ts';
import { type Blocks, makeBlocks } from './blocks.ts';
import { CONTROL_BYTES } from './control.ts';
import { hasSimdHere } from './here.ts';
import { instantiate, type SimdExports } from './instantiate.ts';
import { growingMemory } from './memory.ts';
import { withWorkers } from './shared-team.ts';
import { alone, type Team } from './team.ts';
import { haveWorkers } from './workers.ts';
import { sharedWorkspace } from './workspace.ts';

/** Separate memory for the weights and states of compiled cells, on the backends cpu and wasm. */
export type CompiledMemory = {
  readonly simd: SimdExports;
  /** As many threads as the kernels of sequences have. */
  team(): Team;
  /** Allocates this many floats, aligned to a cache line and uninitialised; freed by the caller. */
  allocate(floats: number): number;
  free(address: number): void;
  /** The floats at an address. Valid until the next allocation. */
  view(address: number, length: number): Float32Array;
  readonly buffer: ArrayBufferLike;
};

/** Addresses of the constants and the control block of the team; blocks follow. */
const CONSTANTS = 0;
const CONTROL = 128;

let made: CompiledMemory | undefined;
let isMade = false;

/**
 * The memory of all compiled cells; undefined where ops on tensors are used: without SIMD or memory, and on other
 * backends.
 */
export function compiledMemory(): CompiledMemory | undefined {
  if (!hasSimdHere()) return undefined;
  if (!isMade) made = make();
  isMade = true;
  return made;
}

function make(): CompiledMemory | undefined {
  const shared = haveWorkers();
  const best = bestModule(shared);
  if (best === undefined) return undefined;
  const memory = growingMemory(shared);
  if (memory === undefined) return undefined;
  const simd = instantiate(best.module, memory, CONSTANTS);
  const { module } = best;
  const team = shared ? withWorkers(simd, { module, memory, constants: CONSTANTS, control: CONTROL }) : alone(simd);
  const blocks: Blocks = makeBlocks(memory, CONTROL + CONTROL_BYTES);
  return {
    simd,
    team() {
      team.resize(sharedWorkspace()?.team.size ?? 1);
      return team;
    },
    allocate: (floats) => blocks.take(4 * floats),
    free: (address) => blocks.give(address),
    view: blocks.view,
    get buffer() {
      return memory.buffer;
    },
  };
}
