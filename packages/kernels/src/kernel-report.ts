import { engine } from '@tensorflow/tfjs-core';
import { sharedWorkspace } from './simd/workspace.ts';
import { storages } from './storage.ts';

/** What the kernels run on with the active backend. */
export type KernelReport = {
  /**
   * What runs the sequences of a cell: `wide simd+fma`, `simd+fma` and `simd` are WebAssembly, see `useExperimentalSimd`; `javascript`;
   * `libtensorflow`; `webgl` and `webgpu` are shaders; or, on another backend, `frame by frame`: its own ops. `explain` says it for
   * one cell.
   */
  readonly engine: string;
  /** The same in words, for display: `WebAssembly, simd+fma`. */
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
  const { threads, lost } = sharedWorkspace()?.team ?? { threads: 1, lost: 0 };
  const { backendName } = engine();
  const here = backendName in storages ? (sharedWorkspace()?.name ?? 'javascript') : (DEVICES[backendName] ?? STEPS);
  return { engine: here, sequences: inWords(here), threads, lostThreads: lost };
}

const STEPS = 'frame by frame';
const DEVICES: { readonly [backendName: string]: string } = {
  tensorflow: 'libtensorflow',
  webgl: 'webgl',
  webgpu: 'webgpu',
};

function inWords(what: string): string {
  const { backendName } = engine();
  const words: { readonly [what: string]: string } = {
    [STEPS]: backendName ? `ops of ${backendName}, frame by frame` : 'no backend is active',
    javascript: 'plain JavaScript',
    libtensorflow: 'ops of libtensorflow',
    webgl: 'shaders of webgl',
    webgpu: 'shaders of webgpu',
  };
  return words[what] ?? `WebAssembly, ${what}`;
}
