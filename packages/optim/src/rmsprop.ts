import { type Optimizer, type Tree, tree } from '@elman/core';
import { add, div, mul, relu, sqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { expectDecay, expectOptions, expectPositive, rateOf } from './options.ts';
import type { Schedule } from './schedules.ts';

/** Options of RMSProp. */
export type RmspropOptions = {
  /** 0.01. */
  readonly learningRate?: number | Schedule | undefined;
  /** ρ, the decay of the running means; 0.99. */
  readonly decay?: number | undefined;
  /** Added to the root; 1e-8, on every backend. */
  readonly epsilon?: number | undefined;
  /** μ in [0, 1); 0. */
  readonly momentum?: number | undefined;
  /** Divide by the standard deviation instead of the root mean square; false. */
  readonly centered?: boolean | undefined;
};

/** v / (1 − ρ), a / (1 − ρ) and b of the equations: trees like the parameters, empty where the option is off. */
export type RmspropState = {
  readonly meanSquare: Tree;
  readonly mean: Tree;
  readonly velocity: Tree;
};

/**
 * RMSProp: the gradient divided by the root of its running mean square.
 *
 *   v' = ρ·v + (1 − ρ)·g²
 *   a' = ρ·a + (1 − ρ)·g                 centered
 *   d  = g / (√v' + ε)                   or g / (√(v' − a'²) + ε), centered; a v' − a'² below 0 by rounding counts as 0
 *   b' = μ·b + d                         momentum; else b' = d
 *   u  = −learningRate · b'
 *
 * The state holds v / (1 − ρ) and a / (1 − ρ), which saves passes over the parameters.
 * @throws {OptionError} if a rate or ε is not finite and above 0, ρ or μ not in [0, 1), or an option is not known.
 * @see Tieleman & Hinton 2012, lecture 6.5; centered: Graves 2013, Generating sequences, eq. 38–45; learning rate and ε as in PyTorch
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer<RmspropState> {
  const { learningRate = 1e-2, decay = 0.99, epsilon = 1e-8, momentum = 0, centered = false } = options;
  const name = 'rmsprop';
  expectOptions(name, options, ['learningRate', 'decay', 'epsilon', 'momentum', 'centered']);
  const rate = rateOf(name, learningRate);
  expectDecay(name, { decay, momentum });
  expectPositive(name, { epsilon });
  const toRoot = Math.sqrt(1 - decay);

  // g / (√meanSquare + ε/toRoot), which is d·toRoot; that factor is applied with the learning rate.
  const scaled = (g: Tensor, square: Tensor): Tensor => div(g, add(sqrt(square), epsilon / toRoot));

  return {
    name,
    init: (params) => ({
      meanSquare: tree.zerosLike(params),
      mean: centered ? tree.zerosLike(params) : {},
      velocity: momentum > 0 ? tree.zerosLike(params) : {},
    }),
    update: <P extends Tree>(grads: P, state: RmspropState, _params: P, step: number) =>
      tree.tidy(() => {
        const lr = rate(step);
        const meanSquare = tree.zip(state.meanSquare as P, grads, (v, g) => add(mul(v, decay), square(g)));
        const mean = centered ? tree.zip(state.mean as P, grads, (a, g) => add(mul(a, decay), g)) : {};
        const variance = centered
          ? tree.zip(meanSquare, mean as P, (v, a) => relu(sub(v, mul(square(a), 1 - decay))))
          : meanSquare;
        const steps = tree.zip(grads, variance, scaled);
        const velocity = momentum > 0 ? tree.zip(state.velocity as P, steps, (b, d) => add(mul(b, momentum), d)) : {};
        const updates = tree.map(momentum > 0 ? (velocity as P) : steps, (b) => mul(b, -lr / toRoot));
        return { updates, state: { meanSquare, mean, velocity } };
      }),
  };
}
