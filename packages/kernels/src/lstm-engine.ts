import type { Holding, SequenceSizes } from './sequence.ts';

/** Sizes of a sequence. */
export type LstmSizes = SequenceSizes;

/** Inputs of a sequence, time-major; gates in the order i, f, g, o. */
export type LstmInput = {
  /** [time, batch, 4·hidden]: x·kernel + bias. */
  readonly projected: Float32Array;
  /** [hidden, 4·hidden] */
  readonly recurrentKernel: Float32Array;
  /** [3, hidden]: the weights of i, f and o for their memory cell. */
  readonly peepholes?: Float32Array | undefined;
  /** [batch, hidden] */
  readonly h0: Float32Array;
  /** [batch, hidden] */
  readonly c0: Float32Array;
  /** [time, batch], 1 = real; where it is 0 the state is held. */
  readonly mask?: Float32Array | undefined;
  /** Run from the last frame to the first; every frame's results stay at its place. */
  readonly reverse: boolean;
} & Holding;

/** Results of every frame. The last frame that is run holds the final state. */
export type LstmActivations = {
  /** [time, batch, hidden]: h after each frame. */
  readonly hs: Float32Array;
  /** [time, batch, hidden]: c after each frame. */
  readonly cs: Float32Array;
  /** [time, batch, 4·hidden]: σ(i), σ(f), tanh(g), σ(o); undefined where the frame is masked. */
  readonly gates: Float32Array;
};

/** Gradients of a loss by what `forward` returned. */
export type LstmOutputGradients = {
  /** [time, batch, hidden]: w.r.t. h after each frame. */
  readonly hs: Float32Array;
  /** [batch, hidden]: w.r.t. the final h, in addition to its part in `hs`. */
  readonly hLast?: Float32Array | undefined;
  /** [batch, hidden]: w.r.t. the final c. */
  readonly cLast?: Float32Array | undefined;
};

/** Gradients of a loss by what `forward` was given, in the same shapes. A masked frame of `projected` gets zeros. */
export type LstmInputGradients = {
  readonly projected: Float32Array;
  readonly recurrentKernel: Float32Array;
  readonly peepholes?: Float32Array | undefined;
  readonly h0: Float32Array;
  readonly c0: Float32Array;
};

/**
 * The arithmetic of a whole LSTM sequence on typed arrays: all that differs between plain JavaScript and WebAssembly.
 *
 *   i, f, g, o = split(projectedₜ + hₜ₋₁·recurrentKernel)
 *   cₜ = σ(f)·cₜ₋₁ + σ(i)·tanh(g)
 *   hₜ = σ(o)·tanh(cₜ)
 *
 * With peepholes, cₜ₋₁∘peepholes is added to i and f, and cₜ∘peepholes to o.
 *
 * Arguments are only read. What `forward` returns is fresh and the caller's; what `backward` returns may lie in the
 * engine's own memory and is valid until its next call.
 */
export interface LstmEngine {
  readonly name: string;
  forward(sizes: LstmSizes, input: LstmInput): LstmActivations;
  backward(
    sizes: LstmSizes,
    saved: Omit<LstmInput, 'projected'> & LstmActivations,
    grads: LstmOutputGradients,
  ): LstmInputGradients;
}
