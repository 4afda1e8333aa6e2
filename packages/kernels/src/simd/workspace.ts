import { type Arena, makeArena } from './arena.ts';
import { type BestModule, bestModule } from './best-module.ts';
import { type Blocks, makeBlocks } from './blocks.ts';
import { CONTROL_BYTES } from './control.ts';
import { compile, instantiate, type SimdExports } from './instantiate.ts';
import { growingMemory } from './memory.ts';
import { loadProgram, type Program } from './program.ts';
import { withWorkers } from './shared-team.ts';
import { alone, type Team } from './team.ts';
import { moduleOf, type SimdVariant } from './variants.ts';
import { defaultThreads, haveWorkers } from './workers.ts';

/** Widths inside are multiples of this: two vectors. */
const VECTOR = 8;
/** Rows of a block of the gradient w.r.t. a kernel (DEPTH in assembly/product.ts). */
const DEPTH = 256;

/** A module, its memory and its threads. */
export type Workspace = {
  /** The name of engines that use it. */
  readonly name: string;
  readonly simd: SimdExports;
  /** Whether its memory is shared between threads, which a generated module must declare: with up to 65,536 pages. */
  readonly isShared: boolean;
  /** Whether generated modules may use relaxed SIMD, as its own module does. */
  readonly hasFma: boolean;
  /** Its memory; the arena is one of the blocks. */
  readonly blocks: Blocks;
  readonly arena: Arena;
  readonly team: Team;
  /**
   * Compiles a generated module, which imports `env.memory` and functions of `simd` by their names, as `kernels.multiplyRows`.
   *
   * @throws {ElmanError} if it does not compile, {RangeError} if there is no room for it.
   */
  load(bytes: Uint8Array<ArrayBuffer>): Program;
};

/** Options for tests: `guarded` lets `arena.check` find writes outside of blocks; `onMemory` receives the memory. */
export type WorkspaceOptions = {
  readonly guarded?: boolean;
  readonly onMemory?: (memory: WebAssembly.Memory) => void;
};

/** Layout of the memory of a workspace: constants, the control block of its team, and then the blocks. */
const CONSTANTS = 0;
const CONTROL = 128;
const BLOCKS: number = CONTROL + CONTROL_BYTES;

/** A workspace of one variant with its own memory; undefined where the variant does not run, or there is no memory. */
export function makeWorkspace(variant: SimdVariant, options: WorkspaceOptions = {}): Workspace | undefined {
  const module = compile(moduleOf(variant), haveWorkers());
  return module && workspaceOf({ module, name: variant, flags: [] }, options);
}

let shared: Workspace | undefined;
let isChosen = false;

/**
 * A workspace of the best module that runs here; undefined where there is no SIMD, or no memory for it. One for all
 * engines: its memory is as large as the largest call has needed.
 *
 * Every element of a product is one sum in the order of its depth, so a row's results are bit-identical in any batch.
 */
export function sharedWorkspace(): Workspace | undefined {
  if (isChosen) return shared;
  isChosen = true;
  const best = bestModule(haveWorkers());
  shared = best && workspaceOf(best);
  shared?.team.resize(defaultThreads());
  return shared;
}

function workspaceOf({ module, name, flags }: BestModule, options: WorkspaceOptions = {}): Workspace | undefined {
  const isShared = haveWorkers();
  const memory = growingMemory(isShared);
  if (memory === undefined) return undefined;
  options.onMemory?.(memory);
  const simd = instantiate(module, memory, CONSTANTS);
  const team = isShared ? withWorkers(simd, { module, memory, constants: CONSTANTS, control: CONTROL }) : alone(simd);
  const blocks = makeBlocks(memory, BLOCKS);
  const arena = makeArena(blocks, options.guarded ?? false);
  const load: Workspace['load'] = (bytes) => loadProgram({ simd, memory, blocks, isShared, flags }, bytes);
  return { name, simd, isShared, hasFma: name.includes('fma'), blocks, arena, team, load };
}

/** Padded length of a row of `hidden` floats. */
export function paddedWidth(hidden: number): number {
  return Math.ceil(hidden / VECTOR) * VECTOR;
}

/** Numbers that each part of the gradient w.r.t. a kernel [rows, columns] needs as scratch. */
export function kernelGradientScratch(rows: number, columns: number): number {
  return DEPTH * (rows + columns);
}
