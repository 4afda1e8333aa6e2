import { expectSizes, type Frame, type Json, OptionError, tree } from '@elman/core';
import { add, addN, div, mul, ones, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { type EarlierFrames, noFrames } from '../earlier-frames.ts';

/** Which frames are in the bag, and how much each counts. */
export type BagOptions = {
  /** γ, above 0 and to 1: a frame t frames ago counts γᵗ; 1: all alike. Default 0.95. */
  readonly decay?: number | undefined;
  /** So many of the last frames alone, all alike; in place of `decay`. */
  readonly window?: number | undefined;
};

/** sum [batch, inputSize] and count [batch, 1] of all frames so far. */
type DecayedState = { readonly sum: Frame; readonly count: Frame };

/** The frames before; and of each of them [batch, 1], 1 if there was one, 0 before the first. */
type WindowState = EarlierFrames & { readonly real: readonly Frame[] };

/** What is in the bag: sums, or with a window the frames before. */
export type BagState = DecayedState | WindowState;

/** A weighted mean of the frames so far. */
export interface Bag {
  /** The options that were given. */
  readonly options: { readonly [option: string]: Json };
  initialState(batchSize: number): BagState;
  step(state: BagState, input: Frame): { readonly mean: Frame; readonly state: BagState };
}

/** The bag of words that the options describe. @throws {OptionError} if they are none. */
export function bagOf(name: string, inputSize: number, { decay, window }: BagOptions): Bag {
  if (window !== undefined) {
    if (decay !== undefined) throw new OptionError(`${name}: expected decay or window, got both; leave one out.`);
    expectSizes(name, { window });
    return windowed(inputSize, window);
  }
  const gamma = decay ?? 0.95;
  if (!(gamma > 0 && gamma <= 1)) {
    throw new OptionError(`${name}: decay: expected a number above 0 and to 1, got ${gamma}.`);
  }
  return {
    options: { decay: gamma },
    initialState: (batchSize) => ({ sum: zeros([batchSize, inputSize]), count: zeros([batchSize, 1]) }),
    step(state, input) {
      const { sum: before, count: n } = state as DecayedState;
      const sum: Tensor2D = add(mul(before, gamma), input);
      const count: Tensor2D = add(mul(n, gamma), 1);
      return { mean: div(sum, count), state: { sum, count } };
    },
  };
}

function windowed(inputSize: number, window: number): Bag {
  return {
    options: { window },
    initialState: (batchSize) => ({
      earlier: noFrames(window - 1, batchSize, inputSize),
      real: noFrames(window - 1, batchSize, 1),
    }),
    step(state, input) {
      const { earlier, real } = state as WindowState;
      const seen = [...earlier, input];
      const counted = [...real, onesOf(input)];
      const mean: Frame = div(addN(seen), addN(counted));
      return { mean, state: { earlier: tree.clone(seen.slice(1)), real: tree.clone(counted.slice(1)) } };
    },
  };
}

/** [batch, 1] */
const onesOf = ({ shape: [batch] }: Frame): Frame => ones([batch, 1]);
