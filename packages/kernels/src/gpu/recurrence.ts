/**
 * A recurrent cell as shaders see it: unit by unit, in quads (vectors of four numbers).
 *
 *   gates = f(x, p, before, constants)         x projected, p = hₜ₋₁·recurrentKernel, a channel a gate
 *   state = g(gates, before, constants)        h in channel x, and what else is carried in y
 *
 * Its backward pass is linear in the gradient d = (dh, dy) of the state, with coefficients that depend on the forward pass
 * alone. So they are worked out for all frames at once, and what is left to do frame by frame is the same for every cell:
 *
 *   dhₜ = dOutputₜ + carriesₜ₊₁.z·dhₜ₊₁ + Σ recurrent(deltas(factorsₜ₊₁, dₜ₊₁))·recurrentKernelᵀ
 *   dyₜ = carriesₜ₊₁.y·dyₜ₊₁ + carriesₜ.x·dhₜ
 */
export type Recurrence = {
  /** Columns of `projected` for each unit: at most four. */
  readonly gates: number;
  /** The inputs that make up the state, in the order of their channels. */
  readonly state: readonly ['h'] | readonly ['h', 'c'];
  /** Weights of each unit of its own: the names of inputs [hidden], with the channels that they come in. */
  readonly constants: readonly { readonly name: string; readonly channel: number }[];
  /** `quad gatesOf(quad x, quad p, quad before, quad constants)` and `quad stateOf(quad gates, quad before, quad constants)`. */
  readonly forward: string;
  /**
   * Of the same arguments, and the state `after`: `quad factorsOf(quad gates, quad before, quad after, quad constants)`, and of
   * those `quad carriesOf(quad gates, quad factors, quad after, quad constants)`.
   */
  readonly coefficients: string;
  /** `quad deltas(quad factors, quad d)`: the gradient by x. */
  readonly deltas: string;
  /** `quad recurrent(quad deltas)`: the gradient by p, unless it is the gradient by x. */
  readonly recurrent?: string;
  /** `quad slopes(quad recurrent, quad before, quad after)`: what a frame adds to the gradient by the constants. */
  readonly slopes?: string;
};
