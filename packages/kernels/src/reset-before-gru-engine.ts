import type { GruInput, GruOutputGradients } from './gru-engine.ts';
import type { SequenceSizes } from './sequence.ts';

/** Inputs of a sequence: those of a GRU without a bias inside the reset. */
export type ResetBeforeGruInput = Omit<GruInput, 'recurrentBias'>;

/** Results of every frame. The last frame that is run holds the final state. */
export type ResetBeforeGruActivations = {
  /** [time, batch, hidden]: h after each frame. */
  readonly hs: Float32Array;
  /** [time, batch, 3·hidden]: σ(z), σ(r), tanh(n); undefined where the frame is masked. */
  readonly gates: Float32Array;
};

/** Gradients of a loss by what `forward` was given, in the same shapes. A masked frame of `projected` gets zeros. */
export type ResetBeforeGruInputGradients = {
  readonly projected: Float32Array;
  readonly recurrentKernel: Float32Array;
  readonly h0: Float32Array;
};

/**
 * The arithmetic of a whole GRU sequence on typed arrays, whose reset gate acts before the product.
 *
 *   xz, xr, xn = split(projectedₜ)       Uz, Ur, Un = split(recurrentKernel)
 *   z = σ(xz + hₜ₋₁·Uz)   r = σ(xr + hₜ₋₁·Ur)   n = tanh(xn + (r∘hₜ₋₁)·Un)
 *   hₜ = (1 − z)∘n + z∘hₜ₋₁
 *
 * Arguments are only read. What `forward` returns is fresh and the caller's; what `backward` returns may lie in the
 * engine's own memory and is valid until its next call.
 */
export interface ResetBeforeGruEngine {
  readonly name: string;
  forward(sizes: SequenceSizes, input: ResetBeforeGruInput): ResetBeforeGruActivations;
  backward(
    sizes: SequenceSizes,
    saved: Omit<ResetBeforeGruInput, 'projected'> & ResetBeforeGruActivations,
    grads: GruOutputGradients,
  ): ResetBeforeGruInputGradients;
}
