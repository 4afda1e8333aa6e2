import type { Holding, SequenceSizes } from './sequence.ts';

/** Sizes of a sequence. */
export type LstmSizes = SequenceSizes;

/** What a sequence starts from. Time-major; gates in the order i, f, g, o. */
export type LstmInput = {
  /** [time, batch, 4·hidden]: x·kernel + bias. */
  readonly projected: Float32Array;
  /** [hidden, 4·hidden] */
  readonly recurrentKernel: Float32Array;
  /** [3, hidden]: what i, f and o see of their memory cell. */
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

/** What every frame has come to. The last frame that is run holds the final state. */
export type LstmActivations = {
  /** [time, batch, hidden]: h after each frame. */
  readonly hs: Float32Array;
  /** [time, batch, hidden]: c after each frame. */
  readonly cs: Float32Array;
  /** [time, batch, 4·hidden]: σ(i), σ(f), tanh(g), σ(o); anything where the frame is masked. */
  readonly gates: Float32Array;
};

/** Gradients of a loss by what `forward` returned. */
export type LstmOutputGradients = {
  /** [time, batch, hidden]: by h after each frame. */
  readonly hs: Float32Array;
  /** [batch, hidden]: by the final h, beside what `hs` says of it. */
  readonly hLast?: Float32Array | undefined;
  /** [batch, hidden]: by the final c. */
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
 * With peepholes, i and f are added cₜ₋₁∘peepholes, and o is added cₜ∘peepholes.
 *
 * Arguments are only read. What `forward` returns is fresh and the caller's; what `backward` returns may stand in the
 * engine's own memory, and holds until its next call.
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
