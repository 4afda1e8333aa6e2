import type { GruEngine } from './gru-engine.ts';
import { javascriptGru } from './javascript-gru.ts';
import { javascriptLstm } from './javascript-lstm.ts';
import type { LstmEngine } from './lstm-engine.ts';
import { simdGru } from './simd/gru.ts';
import { simdLstm } from './simd/lstm.ts';
import { sharedWorkspace, type Workspace } from './simd/workspace.ts';

let chosen: LstmEngine | undefined;
let chosenGru: GruEngine | undefined;

/**
 * The engine of this process: chosen at the first use, the same ever after. It depends on the platform alone, never on
 * timing, so that a run that is resumed gives the same numbers bit for bit.
 */
export function lstmEngine(): LstmEngine {
  chosen ??= simdLstm() ?? javascriptLstm;
  return chosen;
}

/** What the kernels of this process run on. */
export interface KernelReport {
  /** `simd+fma` and `simd` are WebAssembly, with and without fused multiply-add; `javascript` runs where there is neither. */
  readonly lstm: string;
}

/** What the kernels of this process run on: for diagnosis and benchmarks. */
export function kernelReport(): KernelReport {
  return { lstm: lstmEngine().name };
}

/** Whether the engine is worth its while where matrix products are compiled already. */
export function hasCompiledLstm(): boolean {
  return lstmEngine() !== javascriptLstm;
}

/** The engine of this process for the GRU. */
export function gruEngine(): GruEngine {
  chosenGru ??= onWorkspace(simdGru) ?? javascriptGru;
  return chosenGru;
}

function onWorkspace<Engine>(make: (workspace: Workspace) => Engine): Engine | undefined {
  const workspace = sharedWorkspace();
  return workspace && make(workspace);
}

/** Whether the engine is worth its while where matrix products are compiled already. */
export function hasCompiledGru(): boolean {
  return gruEngine() !== javascriptGru;
}
