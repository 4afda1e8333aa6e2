import { totalmem } from 'node:os';
import type { BackendName } from '@elman/backend';
import { OptionError, Rng, type Tree, tree } from '@elman/core';

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
  const params = tree.tidy(() => {
    const rng = limited(Rng.seeded(0), room, () => {
      const most = `${Number((room / 1e6).toPrecision(2))}M`;
      throw new OptionError(
        `the net is too large: ${backend} can train about ${most} parameters here; give a smaller ${options.join(' or ')}.`,
      );
    });
    return model.init(rng);
  });
  const count = tree.size(params);
  tree.dispose(params);
  return count;
}

/** The stream, and all that are forked from it, calling `refuse` in place of drawing more than `room` numbers of tensors altogether. */
function limited(rng: Rng, room: number, refuse: () => never): Rng {
  let drawn = 0;
  const watched = (stream: Rng): Rng =>
    new Proxy(stream, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (key === 'tensor') {
            drawn += (args[0] as readonly number[]).reduce((product, axis) => product * axis, 1);
            if (drawn > room) refuse();
          }
          const made: unknown = member.apply(target, args);
          return made instanceof Rng ? watched(made) : made;
        };
      },
    });
  return watched(rng);
}
