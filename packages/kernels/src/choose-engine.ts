import { OptionError } from '@elman/core';
import type { GruEngine } from './gru-engine.ts';
import { javascriptGru } from './javascript-gru.ts';
import { javascriptLstm } from './javascript-lstm.ts';
import { javascriptResetBeforeGru } from './javascript-reset-before-gru.ts';
import { javascriptSimpleRnn } from './javascript-simple-rnn.ts';
import type { LstmEngine } from './lstm-engine.ts';
import type { ResetBeforeGruEngine } from './reset-before-gru-engine.ts';
import { simdGru } from './simd/gru.ts';
import { simdLstm } from './simd/lstm.ts';
import { simdResetBeforeGru } from './simd/reset-before-gru.ts';
import { simdSimpleRnn } from './simd/simple-rnn.ts';
import { sharedWorkspace, type Workspace } from './simd/workspace.ts';
import type { SimpleRnnEngine } from './simple-rnn-engine.ts';

/**
 * The engines of this process: chosen at the first use, fixed from then on. They depend on the platform alone, never on
 * timing, so that a run that is resumed gives the same numbers bit for bit.
 */
export const lstmEngine: () => LstmEngine = once(() => onWorkspace(simdLstm) ?? javascriptLstm);
export const gruEngine: () => GruEngine = once(() => onWorkspace(simdGru) ?? javascriptGru);
export const resetBeforeGruEngine: () => ResetBeforeGruEngine = once(
  () => onWorkspace(simdResetBeforeGru) ?? javascriptResetBeforeGru,
);
export const simpleRnnEngine: () => SimpleRnnEngine = once(() => onWorkspace(simdSimpleRnn) ?? javascriptSimpleRnn);

/**
 * How many threads the kernels use from the next call on. Results are bit-identical for any number. Without this call:
 * the variable ELMAN_THREADS in Node, else as many as the machine has, at most eight; one where memory cannot be shared (a page
 * that is not cross-origin isolated).
 *
 * @throws {OptionError} if the count is not a whole number from 1 to 64.
 */
export function useThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > 64) {
    throw new OptionError(`useThreads: count: expected a whole number from 1 to 64, got ${count}.`);
  }
  sharedWorkspace()?.team.resize(count);
}

/** Whether the engine pays off where matrix products are compiled already. */
export function hasCompiledLstm(): boolean {
  return lstmEngine() !== javascriptLstm;
}

/** The same for the GRU. */
export function hasCompiledGru(): boolean {
  return gruEngine() !== javascriptGru;
}

/** The same for the GRU whose reset gate acts before the product. */
export function hasCompiledResetBeforeGru(): boolean {
  return resetBeforeGruEngine() !== javascriptResetBeforeGru;
}

/** The same for the simple recurrent network. */
export function hasCompiledSimpleRnn(): boolean {
  return simpleRnnEngine() !== javascriptSimpleRnn;
}

function once<T>(choose: () => T): () => T {
  let chosen: T | undefined;
  return () => {
    chosen ??= choose();
    return chosen;
  };
}

function onWorkspace<Engine>(make: (workspace: Workspace) => Engine): Engine | undefined {
  const workspace = sharedWorkspace();
  return workspace && make(workspace);
}
