import { multiplyInTiles } from './cpu/mat-mul.ts';
import { sliceByRows } from './cpu/slice.ts';
import { multiplyThroughXnnpack } from './wasm/mat-mul.ts';
import { shareIdentity } from './wasm/share.ts';
import { sliceInPlace } from './wasm/slice.ts';

const completions: { readonly [backendName: string]: readonly (() => void)[] } = {
  cpu: [multiplyInTiles, sliceByRows],
  wasm: [multiplyThroughXnnpack, shareIdentity, sliceInPlace],
};

/** Gives a backend, whose own kernels are registered, what it lacks for training. Doing it again changes nothing. */
export function completeKernels(backendName: string): void {
  for (const complete of completions[backendName] ?? []) complete();
}

/** Puts right the gradients that tfjs gets wrong or lacks, on every backend. Doing it again changes nothing. */
export function completeGradients(): void {}
