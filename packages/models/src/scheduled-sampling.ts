import { type Rng, type TokenModel, type Tree, tree } from '@elman/core';
import {
  argMax,
  div,
  notEqual,
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
 * draws after what it was fed so far:
 *
 *   fedₜ = drawn from softmax(logitsₜ₋₁)   with that probability, for each row and frame on its own
 *        = inputsₜ                          else
 *
 * Shapes: inputs int32 [batch, time] → the same.
 * @see Bengio et al. 2015, Scheduled sampling for sequence prediction with recurrent neural networks
 */
export function mixInputs<S extends Tree>(
  model: TokenModel<S>,
  start: S,
  inputs: Tensor2D,
  probability: number,
  rng: Rng,
): Tensor2D {
  const draws = rng.fork('draws');
  const coins = rng.fork('coins');
  const [batch, time] = inputs.shape;
  return tree.tidy(() => {
    const given = unstack(transpose(inputs)) as Tensor1D[];
    const fed = given.slice(0, 1);
    let state = start;
    for (let t = 1; t < time; t++) {
      const { logits, state: next } = model.next(state, fed[t - 1] as Tensor1D);
      // The largest of p / exponential noise is a draw from p.
      const noise = draws.tensor(logits.shape, (r) => r.exponential());
      const own: Tensor1D = argMax(div(softmax(logits), noise), 1);
      const ownTurn = coins.tensor([batch], (r) => (r.uniform() < probability ? 1 : 0), 'int32');
      fed.push(where(notEqual(ownTurn, 0), own, given[t] as Tensor1D));
      state = next;
    }
    return transpose(stack(fed)) as Tensor2D;
  });
}
