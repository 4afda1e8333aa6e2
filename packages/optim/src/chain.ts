import { type Optimizer, OptionError, type Tree, tree } from '@elman/core';

/**
 * Optimizers in sequence: the updates of each are the gradients of the next.
 *
 *   chain(clipByGlobalNorm(5), adam({ learningRate: 0.002 }))
 *
 * The state is the list of their states.
 * @throws {OptionError} if there are none, or a part is not an optimizer.
 */
export function chain<S extends readonly Tree[]>(...optimizers: { [K in keyof S]: Optimizer<S[K]> }): Optimizer<S> {
  const parts: readonly Optimizer<Tree>[] = optimizers;
  if (parts.length === 0) throw new OptionError('chain: expected one optimizer or more, got none.');
  parts.forEach((part: unknown, i) => {
    if (typeof (part as Optimizer<Tree> | undefined)?.update === 'function') return;
    const got = typeof part === 'function' ? `the function ${part.name}: call it` : `${part}`;
    throw new OptionError(`chain: part ${i}: expected an optimizer, such as adam(), got ${got}.`);
  });
  return {
    name: `chain(${parts.map((part) => part.name).join(', ')})`,
    init: (params) => parts.map((part) => part.init(params)) as readonly Tree[] as S,
    update: <P extends Tree>(grads: P, state: S, params: P, step: number) =>
      tree.tidy(() => {
        let updates = grads;
        const next = parts.map((part, i) => {
          const made = part.update(updates, state[i] as Tree, params, step);
          updates = made.updates;
          return made.state;
        });
        return { updates, state: next as readonly Tree[] as S };
      }),
  };
}
