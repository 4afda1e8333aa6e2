import {
  type Frame,
  OptionError,
  type Rng,
  type Sequence,
  type TokenModel,
  type Tree,
  tree,
  withoutGradient,
} from '@elman/core';
import {
  argMax,
  div,
  logicalAnd,
  mul,
  notEqual,
  slice,
  softmax,
  stack,
  type Tensor1D,
  type Tensor2D,
  transpose,
  unstack,
  where,
} from '@tensorflow/tfjs-core';

/**
 * The inputs of a window, each from the second on replaced with the given probability by a token that the model itself
 * draws after the inputs so far:
 *
 *   fedₜ = drawn from softmax(logitsₜ₋₁)   with that probability, for each row and frame on its own
 *        = inputsₜ                          else, and where the mask is 0
 *
 * Shapes: inputs int32 [batch, time] → the same; mask [batch, time].
 * @see Bengio et al. 2015, Scheduled sampling for sequence prediction with recurrent neural networks
 */
export function mixInputs<S extends Tree>(
  model: TokenModel<S>,
  start: S,
  inputs: Tensor2D,
  probability: number,
  rng: Rng,
  mask?: Tensor2D | undefined,
): Tensor2D {
  const draws = rng.fork('draws');
  const coins = rng.fork('coins');
  const [batch, time] = inputs.shape;
  return tree.tidy(() => {
    const given = unstack(transpose(inputs)) as Tensor1D[];
    const real = mask && (unstack(transpose(notEqual(mask, 0))) as Tensor1D[]);
    const fed = given.slice(0, 1);
    let state = start;
    for (let t = 1; t < time; t++) {
      const { logits, state: next } = model.next(state, fed[t - 1] as Tensor1D, model.context);
      // The largest of p / exponential noise is a draw from p.
      const noise = draws.tensor(logits.shape, (r) => r.exponential());
      const own: Tensor1D = argMax(div(softmax(logits), noise), 1);
      const ownTurn = coins.tensor([batch], (r) => (r.uniform() < probability ? 1 : 0), 'int32');
      const isOwn: Tensor1D = notEqual(ownTurn, 0);
      fed.push(where(real ? logicalAnd(isOwn, real[t] as Tensor1D) : isOwn, own, given[t] as Tensor1D));
      state = next;
    }
    return transpose(stack(fed)) as Tensor2D;
  });
}

/**
 * `mixInputs` over the rows of a bound model, without a gradient; the unchanged inputs where `sampling` is 0.
 * Tensors of `bound` are disposed by the surrounding tidy.
 *
 * @throws {OptionError} for an invalid probability, or without an rng.
 */
export function sampledInputs<S extends Tree>(
  name: string,
  bound: () => TokenModel<S>,
  inputs: Tensor2D,
  options: {
    readonly sampling: number;
    readonly rng: Rng | undefined;
    readonly mask?: Tensor2D | undefined;
    readonly start?: S | undefined;
  },
): Tensor2D {
  const { sampling, rng, mask, start } = options;
  if (sampling === 0) return inputs;
  expectSampling(name, sampling, rng);
  return withoutGradient(() => {
    const model = bound();
    return mixInputs(model, start ?? model.initialState(inputs.shape[0]), inputs, sampling, rng.fork('sampling'), mask);
  });
}

/** @throws {OptionError} for an invalid probability, or without an rng. */
export function expectSampling(name: string, sampling: number, rng: Rng | undefined): asserts rng is Rng {
  if (!(sampling >= 0 && sampling <= 1)) {
    throw new OptionError(`${name}: sampling: expected a probability from 0 to 1, got ${sampling}.`);
  }
  if (rng === undefined) throw new OptionError(`${name}: sampling: expected \`rng\` with it, got none.`);
}

/**
 * The frames of a window, each from the second on replaced with the given probability by the model's prediction after its inputs
 * so far; where the mask is 0 they stay.
 *
 * @see Bengio et al. 2015, Scheduled sampling for sequence prediction with recurrent neural networks
 */
export function mixFrames<S extends Tree>(
  step: (state: S, frame: Frame, rng: Rng) => { readonly frame: Frame; readonly state: S },
  start: S,
  inputs: Sequence,
  probability: number,
  coins: Rng,
  mask: Tensor2D | undefined,
): Sequence {
  const [batch, time] = inputs.shape;
  if (time === 1) return inputs;
  return tree.tidy(() => {
    const given = unstack(inputs, 1) as Frame[];
    const fed = given.slice(0, 1);
    let state = start;
    for (let t = 1; t < time; t++) {
      const own = step(state, fed[t - 1] as Frame, coins.fork(t));
      state = own.state;
      const turn = coins.tensor([batch, 1], (r) => (r.uniform() < probability ? 1 : 0)) as Frame;
      const real = mask === undefined ? turn : mul(turn, slice(mask, [0, t], [batch, 1]));
      fed.push(where(notEqual(real, 0), own.frame, given[t] as Frame));
    }
    return stack(fed, 1) as Sequence;
  });
}
