import { totalmem } from 'node:os';
import type { BackendName } from '@elman/backend';
import { OptionError, type Rng, shapesOf, type Tree, tree } from '@elman/core';

/** Training holds each parameter at least four times in float32: itself, its gradient and two moments of the optimizer. */
const BYTES = 4 * 4;
/** What the WebAssembly of TensorFlow.js can address. */
const WASM_BYTES = 2 ** 31;

/**
 * How many parameters a net has.
 *
 * @param options that make the net smaller, as they are typed.
 * @throws {OptionError} for a net that is too large to be trained on the backend, before memory is taken for it.
 */
export function countParameters(
  model: { init(rng: Rng): Tree },
  backend: BackendName,
  options: readonly string[],
): number {
  const room = Math.floor((backend === 'wasm' ? WASM_BYTES : totalmem()) / BYTES);
  const refuse = (): Error => {
    const most = `${Number((room / 1e6).toPrecision(2))}M`;
    return new OptionError(
      `the net is too large: ${backend} can train about ${most} parameters here; give a smaller ${options.join(' or ')}.`,
    );
  };
  return tree.size(shapesOf((rng) => model.init(rng), room, refuse));
}
