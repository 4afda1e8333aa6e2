import { type Factories, packagesOf, type Recipe } from '@elman/core';
import { factories } from './kinds.ts';

/** The packages that every model file may name, imported by literal names, which bundlers need. */
export const builtIn: { readonly [name: string]: () => Promise<Factories> } = {
  '@elman/attention': async () => (await import('@elman/attention')).factories,
  '@elman/cells': async () => (await import('@elman/cells')).factories,
  '@elman/convolution': async () => (await import('@elman/convolution')).factories,
  '@elman/memory': async () => (await import('@elman/memory')).factories,
  '@elman/models': async () => factories,
  '@elman/rnn': async () => (await import('@elman/rnn')).factories,
};

/**
 * The names of the packages that must be trusted to load a saved model; none for a model of built-in parts.
 *
 *   loadModel(storage, { trust: packagesToTrust(model) })
 */
export function packagesToTrust({ recipe }: { readonly recipe?: Recipe | undefined }): readonly string[] {
  return recipe === undefined ? [] : packagesOf(recipe).filter((name) => !Object.hasOwn(builtIn, name));
}
