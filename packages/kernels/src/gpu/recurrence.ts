/**
 * A recurrent cell for shaders: unit by unit, in quads (vectors of four numbers).
 *
 *   gates = f(x, p, before, constants)         x projected, p = hₜ₋₁·recurrentKernel, a channel a gate
 *   state = g(gates, before, constants)        h in channel x, and any further state in y
 *
 * Its backward pass is linear in the gradient d = (dh, dy) of the state, with coefficients that depend on the forward pass
 * alone. So they are computed for all frames at once, and the loop over frames is the same for every cell:
 *
 *   dhₜ = dOutputₜ + carriesₜ₊₁.z·dhₜ₊₁ + Σ recurrent(deltas(factorsₜ₊₁, dₜ₊₁))·recurrentKernelᵀ
 *   dyₜ = carriesₜ₊₁.y·dyₜ₊₁ + carriesₜ.x·dhₜ
 */
export type Recurrence = {
  /** Columns of `projected` for each unit: at most four. */
  readonly gates: number;
  /** The inputs that make up the state, in the order of their channels. */
  readonly state: readonly ['h'] | readonly ['h', 'c'];
  /** Weights per unit (such as peepholes): the names of inputs [hidden], with the channels that they come in. */
  readonly constants: readonly { readonly name: string; readonly channel: number }[];
  /** `quad gatesOf(quad x, quad p, quad before, quad constants)` and `quad stateOf(quad gates, quad before, quad constants)`. */
  readonly forward: string;
  /**
   * With the same arguments and the state `after`: `quad factorsOf(quad gates, quad before, quad after, quad constants)`, and from
   * those `quad carriesOf(quad gates, quad factors, quad after, quad constants)`.
   */
  readonly coefficients: string;
  /** `quad deltas(quad factors, quad d)`: the gradient w.r.t. x. */
  readonly deltas: string;
  /** `quad recurrent(quad deltas)`: the gradient w.r.t. p, unless it is the gradient w.r.t. x. */
  readonly recurrent?: string;
  /** `quad slopes(quad recurrent, quad before, quad after)`: the contribution of a frame to the gradient w.r.t. the constants. */
  readonly slopes?: string;
};

/** `quad recurrentOf(quad deltas)`: the gradient w.r.t. p, in either case. */
export const recurrentIn = ({ recurrent }: Recurrence): string => `${recurrent ?? ''}
quad recurrentOf(quad deltas) {
  return ${recurrent ? 'recurrent(deltas)' : 'deltas'};
}`;
