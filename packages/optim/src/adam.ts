import { type Optimizer, type Tree, tree } from '@elman/core';
import { type AdamLeaf, type AdamNumbers, type AdamUpdate, adamOfAll } from '@elman/kernels';
import { add, div, maximum, mul, sqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { rowsOf, withLeaves } from './leaves.ts';
import { expectDecay, expectNonNegative, expectOptions, expectPositive, rateOf } from './options.ts';
import type { Schedule } from './schedules.ts';

/** Options of Adam. */
export type AdamOptions = {
  /** 0.001. */
  readonly learningRate?: number | Schedule | undefined;
  /** Decay of the first moment; 0.9. */
  readonly beta1?: number | undefined;
  /** Decay of the second moment; 0.999. */
  readonly beta2?: number | undefined;
  /** Added to the root of the corrected second moment; 1e-8, on every backend. */
  readonly epsilon?: number | undefined;
  /** Divide by the largest second moment so far (Reddi et al. 2018); false. */
  readonly amsgrad?: boolean | undefined;
};

/** Options of AdamW. */
export type AdamwOptions = AdamOptions & {
  /** The decay of each parameter per unit of learning rate; 0.01. */
  readonly weightDecay?: number | undefined;
  /** Which parameters decay, by path (`layers.0.bias`); all. */
  readonly decays?: ((path: string) => boolean) | undefined;
};

const OPTIONS = ['learningRate', 'beta1', 'beta2', 'epsilon', 'amsgrad'];

/** m / (1 − β₁), v / (1 − β₂) and, with `amsgrad`, the largest of the latter so far (else empty): trees like the parameters. */
export type AdamState = {
  readonly mean: Tree;
  readonly meanSquare: Tree;
  readonly largest: Tree;
};

/**
 * Adam: the gradient's running mean divided by the root of its running mean square. At the update t = step + 1:
 *
 *   m' = β₁·m + (1 − β₁)·g
 *   v' = β₂·v + (1 − β₂)·g²
 *   u  = −learningRate · m̂ / (√v̂ + ε)       m̂ = m' / (1 − β₁ᵗ),  v̂ = v' / (1 − β₂ᵗ)
 *
 * With `amsgrad`, v̂ is taken from the largest v' so far. The state holds m / (1 − β₁) and v / (1 − β₂), which saves two
 * passes over the parameters; the corrections are plain numbers. On the backends cpu and wasm all parameters are one op,
 * in which means below 1e-30 and mean squares below 1e-37 become 0.
 * @throws {OptionError} if a rate or ε is not finite and above 0, a β not in [0, 1), or an option is not known.
 * @see Kingma & Ba 2015, Adam: a method for stochastic optimization; learning rate and ε as in PyTorch
 */
export function adam(options: AdamOptions = {}): Optimizer<AdamState> {
  expectOptions('adam', options, OPTIONS);
  return adaptive('adam', options, 0, () => false);
}

/**
 * Adam with decoupled weight decay: u = (Adam's u) − learningRate · weightDecay · p.
 *
 * @throws {OptionError} as `adam`; also if the weight decay is below 0.
 * @see Loshchilov & Hutter 2019, Decoupled weight decay regularization; the rate multiplies the decay, as in PyTorch
 */
export function adamw(options: AdamwOptions = {}): Optimizer<AdamState> {
  expectOptions('adamw', options, [...OPTIONS, 'weightDecay', 'decays']);
  const { weightDecay = 0.01, decays = () => true, ...rest } = options;
  expectNonNegative('adamw', { weightDecay });
  return adaptive('adamw', rest, weightDecay, decays);
}

function adaptive(
  name: string,
  { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad = false }: AdamOptions,
  weightDecay: number,
  decays: (path: string) => boolean,
): Optimizer<AdamState> {
  const rate = rateOf(name, learningRate);
  expectDecay(name, { beta1, beta2 });
  expectPositive(name, { epsilon });
  return {
    name,
    init: (params) => ({
      mean: tree.zerosLike(params),
      meanSquare: tree.zerosLike(params),
      largest: amsgrad ? tree.zerosLike(params) : {},
    }),
    update: <P extends Tree>(grads: P, state: AdamState, params: P, step: number) =>
      tree.tidy(() => {
        // −rate·m̂ / (√v̂ + ε) with m̂ = toMean·mean and √v̂ = toRoot·√meanSquare, the constants folded into two.
        const lr = rate(step);
        const toMean = (1 - beta1) / (1 - beta1 ** (step + 1));
        const toRoot = Math.sqrt((1 - beta2) / (1 - beta2 ** (step + 1)));
        const numbers = { beta1, beta2, epsilon: epsilon / toRoot, rate: (-lr * toMean) / toRoot };

        const trees = [grads, state.mean, state.meanSquare, params, ...(amsgrad ? [state.largest] : [])];
        const leaves = rowsOf(...trees).map(({ path, tensors }): AdamLeaf<Tensor> => {
          const [gradient, mean, meanSquare, parameter, largest] = tensors as [Tensor, Tensor, Tensor, Tensor, Tensor?];
          const decay = weightDecay > 0 && decays(path) ? lr * weightDecay : 0;
          return { gradient, mean, meanSquare, parameter, largest, decay };
        });
        const next = adamOfAll(leaves, numbers) ?? leaves.map((leaf) => updateLeaf(leaf, numbers));
        const part = (like: Tree, name: keyof AdamUpdate<Tensor>): Tree =>
          withLeaves(like, next.map((leaf) => leaf[name]) as Tensor[]);
        return {
          updates: part(grads, 'update') as P,
          state: {
            mean: part(state.mean, 'mean'),
            meanSquare: part(state.meanSquare, 'meanSquare'),
            largest: part(state.largest, 'largest'),
          },
        };
      }),
  };
}

/** One parameter, by ops of the backend: the same as `adamOfAll`. */
function updateLeaf(
  { gradient, mean, meanSquare, largest, parameter, decay }: AdamLeaf<Tensor>,
  { beta1, beta2, epsilon, rate }: AdamNumbers,
): AdamUpdate<Tensor> {
  const m = add(mul(mean, beta1), gradient);
  const v = add(mul(meanSquare, beta2), square(gradient));
  const most = largest && maximum(largest, v);
  const update = mul(div(m, add(sqrt(most ?? v), epsilon)), rate);
  return {
    update: decay === 0 ? update : sub(update, mul(parameter, decay)),
    mean: m,
    meanSquare: v,
    largest: most,
  };
}
