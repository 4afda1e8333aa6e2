import type { Factories } from '@elman/core';
import { factories } from './kinds.ts';

/** The packages that every model file may name. They are imported by literal names, which bundlers for pages understand. */
export const builtIn: { readonly [name: string]: () => Promise<Factories> } = {
  '@elman/attention': async () => (await import('@elman/attention')).factories,
  '@elman/cells': async () => (await import('@elman/cells')).factories,
  '@elman/memory': async () => (await import('@elman/memory')).factories,
  '@elman/models': async () => factories,
  '@elman/rnn': async () => (await import('@elman/rnn')).factories,
};

/** Their names. */
export const builtInPackages: readonly string[] = Object.keys(builtIn);
