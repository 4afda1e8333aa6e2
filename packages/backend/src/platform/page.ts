import type { Platform } from './platform.ts';

/** A page or a worker of one. wasm comes first: a recurrent step is many small operations, and a GPU waits for each. */
export const platform: Platform = {
  order: ['wasm', 'webgpu', 'webgl', 'cpu'],
  requested: () => undefined,
  importNative: undefined,
};
