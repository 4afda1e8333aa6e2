import type { SequenceSizes } from './sequence.ts';

/** The activation. */
export type SimpleRnnActivation = 'tanh' | 'relu' | 'sigmoid';

/** Inputs of a sequence, time-major. */
export type SimpleRnnInput = {
  readonly activation: SimpleRnnActivation;
  /** [time, batch, hidden]: x·kernel + bias. */
  readonly projected: Float32Array;
  /** [hidden, hidden] */
  readonly recurrentKernel: Float32Array;
  /** [batch, hidden] */
  readonly h0: Float32Array;
  /** [time, batch], 1 = real; where it is 0 the state is held. */
  readonly mask?: Float32Array | undefined;
  /** Run from the last frame to the first; every frame's results stay at its place. */
  readonly reverse: boolean;
};

/** Results of every frame. The last frame that is run holds the final state. */
export type SimpleRnnActivations = {
  /** [time, batch, hidden]: h after each frame. */
  readonly hs: Float32Array;
};

/** Gradients of a loss by what `forward` returned. */
export type SimpleRnnOutputGradients = {
  /** [time, batch, hidden]: w.r.t. h after each frame. */
  readonly hs: Float32Array;
  /** [batch, hidden]: w.r.t. the final h, in addition to its part in `hs`. */
  readonly hLast?: Float32Array | undefined;
};

/** Gradients of a loss by what `forward` was given, in the same shapes. A masked frame of `projected` gets zeros. */
export type SimpleRnnInputGradients = {
  readonly projected: Float32Array;
  readonly recurrentKernel: Float32Array;
  readonly h0: Float32Array;
};

/**
 * The arithmetic of a whole sequence of a simple recurrent network on typed arrays.
 *
 *   hₜ = f(projectedₜ + hₜ₋₁·recurrentKernel)     f = tanh, relu or σ
 *
 * Arguments are only read. What `forward` returns is fresh and the caller's; what `backward` returns may lie in the
 * engine's own memory and is valid until its next call.
 */
export interface SimpleRnnEngine {
  readonly name: string;
  forward(sizes: SequenceSizes, input: SimpleRnnInput): SimpleRnnActivations;
  backward(
    sizes: SequenceSizes,
    saved: Omit<SimpleRnnInput, 'projected'> & SimpleRnnActivations,
    grads: SimpleRnnOutputGradients,
  ): SimpleRnnInputGradients;
}
