import { access } from 'node:fs/promises';
import util from 'node:util';
import type { Platform } from './platform.ts';

/** Node: libtensorflow where it is installed, else wasm with SIMD. */
export const platform: Platform = {
  name: 'node',
  order: ['node-gpu', 'node', 'wasm', 'cpu'],
  requested: () => process.env.ELMAN_BACKEND || undefined,
  async whyMissing(address) {
    try {
      await access(address.startsWith('file:') ? new URL(address) : address);
      return undefined;
    } catch {
      return `there is no file ${address}`;
    }
  },
  async importNative(packageName) {
    // tfjs-node 4.22 calls one function that Node 23 took away, and one that Node 22 warns of.
    const old = util as { isNullOrUndefined?: (value: unknown) => boolean; isArray: (value: unknown) => boolean };
    old.isNullOrUndefined ??= (value) => value === null || value === undefined;
    old.isArray = Array.isArray;
    // Or libtensorflow writes to the terminal that it found a processor with AVX2.
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
    return import(/* @vite-ignore */ packageName);
  },
};
