import { tree } from '@elman/core';
import { tensor2d } from '@tensorflow/tfjs-core';
import type { Model } from './model.ts';

type Params = ReturnType<Model['init']>;

/**
 * The boundaries of each layer after each token, lowest layer first: 1 or 0. The tokens are cut into lanes that are read side by side,
 * each from the initial state; those left over are not read.
 */
export async function readBoundaries(
  model: Model,
  params: Params,
  ids: Int32Array,
  lanes: number,
): Promise<readonly Uint8Array[]> {
  const time = Math.floor(ids.length / lanes);
  let state = model.initialState(lanes);
  const found = state.map(() => new Uint8Array(lanes * time));
  for (let t = 0; t < time; t++) {
    const tokens = Int32Array.from({ length: lanes }, (_, lane) => ids[lane * time + t] as number);
    const next = tree.tidy(() => model.logits(params, tensor2d(tokens, [lanes, 1], 'int32'), { state }).state);
    tree.dispose(state);
    state = next;
    for (const [layer, { z }] of state.entries()) {
      (await z.data()).forEach((boundary, lane) => {
        (found[layer] as Uint8Array)[lane * time + t] = boundary;
      });
    }
  }
  tree.dispose(state);
  return found;
}
