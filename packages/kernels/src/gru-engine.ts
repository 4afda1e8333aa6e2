import type { Holding, SequenceSizes } from './sequence.ts';

/** Inputs of a sequence, time-major; gates in the order z, r, n. */
export type GruInput = {
  /** [time, batch, 3·hidden]: x·kernel + bias. */
  readonly projected: Float32Array;
  /** [hidden, 3·hidden] */
  readonly recurrentKernel: Float32Array;
  /** [hidden]: the bias of n inside the reset. */
  readonly recurrentBias: Float32Array;
  /** [batch, hidden] */
  readonly h0: Float32Array;
  /** [time, batch], 1 = real; where it is 0 the state is held. */
  readonly mask?: Float32Array | undefined;
  /** Run from the last frame to the first; every frame's results stay at its place. */
  readonly reverse: boolean;
} & Holding;

/** Results of every frame. The last frame that is run holds the final state. */
export type GruActivations = {
  /** [time, batch, hidden]: h after each frame. */
  readonly hs: Float32Array;
  /** [time, batch, 3·hidden]: σ(z), σ(r), and s, the term that r scales; undefined where the frame is masked. */
  readonly gates: Float32Array;
  /** [time, batch, hidden]: tanh(n); undefined where the frame is masked. */
  readonly candidates: Float32Array;
};

/** Gradients of a loss by what `forward` returned. */
export type GruOutputGradients = {
  /** [time, batch, hidden]: w.r.t. h after each frame. */
  readonly hs: Float32Array;
  /** [batch, hidden]: w.r.t. the final h, in addition to its part in `hs`. */
  readonly hLast?: Float32Array | undefined;
};

/** Gradients of a loss by what `forward` was given, in the same shapes. A masked frame of `projected` gets zeros. */
export type GruInputGradients = {
  readonly projected: Float32Array;
  readonly recurrentKernel: Float32Array;
  readonly recurrentBias: Float32Array;
  readonly h0: Float32Array;
};

/**
 * The arithmetic of a whole GRU sequence on typed arrays, whose reset gate acts after the product.
 *
 *   xz, xr, xn = split(projectedₜ)       hz, hr, hn = split(hₜ₋₁·recurrentKernel)
 *   z = σ(xz + hz)   r = σ(xr + hr)   s = hn + recurrentBias   n = tanh(xn + r∘s)
 *   hₜ = (1 − z)∘n + z∘hₜ₋₁
 *
 * Arguments are only read. What `forward` returns is fresh and the caller's; what `backward` returns may lie in the
 * engine's own memory and is valid until its next call.
 */
export interface GruEngine {
  readonly name: string;
  forward(sizes: SequenceSizes, input: GruInput): GruActivations;
  backward(
    sizes: SequenceSizes,
    saved: Omit<GruInput, 'projected' | 'recurrentBias'> & GruActivations,
    grads: GruOutputGradients,
  ): GruInputGradients;
}
