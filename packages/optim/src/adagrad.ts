import { type Optimizer, type Tree, tree } from '@elman/core';
import { add, div, mul, onesLike, sqrt, square } from '@tensorflow/tfjs-core';
import { expectNonNegative, expectOptions, expectPositive, rateOf } from './options.ts';
import type { Schedule } from './schedules.ts';

/** Options of AdaGrad. */
export type AdagradOptions = {
  /** 0.01. */
  readonly learningRate?: number | Schedule | undefined;
  /** The initial sum of squares; 0. */
  readonly initialSum?: number | undefined;
  /** Added to the root; 1e-10, on every backend. */
  readonly epsilon?: number | undefined;
};

/** The sum of squared gradients, a tree like the parameters. */
export type AdagradState = {
  readonly sumOfSquares: Tree;
};

/**
 * AdaGrad: the gradient divided by the root of the sum of its squares so far.
 *
 *   s' = s + g²
 *   u  = −learningRate · g / (√s' + ε)
 *
 * @throws {OptionError} if the rate or ε is not finite and above 0, the initial sum below 0, or an option is not known.
 * @see Duchi, Hazan & Singer 2011, Adaptive subgradient methods; learning rate and ε as in PyTorch
 */
export function adagrad(options: AdagradOptions = {}): Optimizer<AdagradState> {
  const { learningRate = 1e-2, initialSum = 0, epsilon = 1e-10 } = options;
  const name = 'adagrad';
  expectOptions(name, options, ['learningRate', 'initialSum', 'epsilon']);
  const rate = rateOf(name, learningRate);
  expectNonNegative(name, { initialSum });
  expectPositive(name, { epsilon });
  return {
    name,
    init: (params) => tree.tidy(() => ({ sumOfSquares: tree.map<Tree>(params, (p) => mul(onesLike(p), initialSum)) })),
    update: <P extends Tree>(grads: P, state: AdagradState, _params: P, step: number) =>
      tree.tidy(() => {
        const lr = rate(step);
        const sumOfSquares = tree.zip(state.sumOfSquares as P, grads, (s, g) => add(s, square(g)));
        const updates = tree.zip(grads, sumOfSquares, (g, s) => mul(div(g, add(sqrt(s), epsilon)), -lr));
        return { updates, state: { sumOfSquares } };
      }),
  };
}
