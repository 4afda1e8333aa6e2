import { type Optimizer, OptionError, type Tree, tree } from '@elman/core';
import { add, mul } from '@tensorflow/tfjs-core';
import { expectDecay, expectOptions, rateOf } from './options.ts';
import type { Schedule } from './schedules.ts';

/** Options of gradient descent. */
export type SgdOptions = {
  /** No default: other libraries have 0.001 to 0.1. */
  readonly learningRate: number | Schedule;
  /** μ in [0, 1); 0, plain gradient descent. */
  readonly momentum?: number | undefined;
  /** Nesterov's momentum; false. Needs momentum above 0. */
  readonly nesterov?: boolean | undefined;
};

/** The velocity, a tree like the parameters; empty without momentum. */
export type SgdState = {
  readonly velocity: Tree;
};

/**
 * Gradient descent, optionally with momentum or Nesterov's momentum.
 *
 *   u  = −learningRate · g                        plain
 *   b' = μ·b + g,  u = −learningRate · b'         momentum
 *   b' = μ·b + g,  u = −learningRate · (g + μ·b') Nesterov
 *
 * b is 0 before the first update. b does not include the rate: when that changes, it applies to past gradients, too.
 * @throws {OptionError} if the rate is not finite and above 0, μ not in [0, 1), Nesterov has no momentum, or an option is
 * not known.
 * @see Polyak 1964; Nesterov 1983; Sutskever et al. 2013, in the form of PyTorch
 */
export function sgd(options: SgdOptions): Optimizer<SgdState> {
  const name = 'sgd';
  expectOptions(name, options, ['learningRate', 'momentum', 'nesterov']);
  const { learningRate, momentum = 0, nesterov = false } = options;
  const rate = rateOf(name, learningRate);
  expectDecay(name, { momentum });
  if (nesterov && momentum === 0) throw new OptionError(`${name}: nesterov: expected momentum above 0, got 0.`);
  return {
    name,
    init: (params) => ({ velocity: momentum > 0 ? tree.zerosLike(params) : {} }),
    update: <P extends Tree>(grads: P, state: SgdState, _params: P, step: number) =>
      tree.tidy(() => {
        const lr = rate(step);
        if (momentum === 0) return { updates: tree.map(grads, (g) => mul(g, -lr)), state: { velocity: {} } };
        const velocity = tree.zip(state.velocity as P, grads, (b, g) => add(mul(b, momentum), g));
        const updates = nesterov
          ? tree.zip(velocity, grads, (b, g) => mul(add(mul(b, momentum), g), -lr))
          : tree.map(velocity, (b) => mul(b, -lr));
        return { updates, state: { velocity } };
      }),
  };
}
