import { engine } from '@tensorflow/tfjs-core';
import { gruEngine, lstmEngine, resetBeforeGruEngine, simpleRnnEngine } from './choose-engine.ts';
import { gruKernels } from './gru-kernels.ts';
import { lstmKernels, peepholeLstmKernels } from './lstm-kernels.ts';
import { resetBeforeGruKernels } from './reset-before-gru-kernels.ts';
import { isFasterHere } from './sequence-kernels.ts';
import { sharedWorkspace } from './simd/workspace.ts';
import { simpleRnnKernels } from './simple-rnn-kernels.ts';

/** The kinds of sequences. */
type Sequence = 'lstm' | 'peepholeLstm' | 'gru' | 'resetBeforeGru' | 'simpleRnn';

/**
 * What runs a sequence of each kind on the active backend: `wide simd+fma`, `simd+fma` and `simd` are WebAssembly, see
 * `useExperimentalSimd`; `javascript`; `libtensorflow`; `webgl` and `webgpu` are shaders; or, without a faster
 * op, `frame by frame`: the backend's own ops.
 */
export type KernelReport = { readonly [sequence in Sequence]: string } & {
  /** Summary in one line for display: `WebAssembly, simd+fma`. */
  readonly sequences: string;
  /** WebAssembly threads that run. They start with the first job that is large enough. */
  readonly threads: number;
  /**
   * WebAssembly threads that have ended, from outside or for lack of memory. The next large job starts others in their
   * place.
   */
  readonly lostThreads: number;
};

/** What the kernels run on with the active backend: for diagnosis and benchmarks. */
export function kernelReport(): KernelReport {
  const runs = {
    lstm: whatRuns(lstmKernels, lstmEngine),
    peepholeLstm: whatRuns(peepholeLstmKernels, lstmEngine),
    gru: whatRuns(gruKernels, gruEngine),
    resetBeforeGru: whatRuns(resetBeforeGruKernels, resetBeforeGruEngine),
    simpleRnn: whatRuns(simpleRnnKernels, simpleRnnEngine),
  };
  const sequences = [...new Set(Object.values(runs))].map(inWords).join('; ');
  const { threads, lost } = sharedWorkspace()?.team ?? { threads: 1, lost: 0 };
  return { ...runs, sequences, threads, lostThreads: lost };
}

const DEVICES: { readonly [backendName: string]: string } = { tensorflow: 'libtensorflow' };

function whatRuns(kernels: { readonly devices: object }, engineOf: () => { readonly name: string }): string {
  const { backendName } = engine();
  if (backendName in kernels.devices) return DEVICES[backendName] ?? backendName;
  const compiled = (): boolean => engineOf().name !== 'javascript';
  return isFasterHere(kernels, compiled) ? engineOf().name : 'frame by frame';
}

function inWords(what: string): string {
  const { backendName } = engine();
  const words: { readonly [what: string]: string } = {
    'frame by frame': backendName ? `ops of ${backendName}, frame by frame` : 'no backend is active',
    javascript: 'plain JavaScript',
    libtensorflow: 'ops of libtensorflow',
    webgl: 'shaders of webgl',
    webgpu: 'shaders of webgpu',
  };
  return words[what] ?? `WebAssembly, ${what}`;
}
