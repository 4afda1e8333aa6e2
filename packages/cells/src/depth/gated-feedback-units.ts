import type { Frame } from '@elman/core';
import { add, concat, mul, sigmoid, split, sub, tanh } from '@tensorflow/tfjs-core';
import { lstmUpdate } from '../lstm-update.ts';

/** Of a layer: h, and c of the LSTM, [batch, hiddenSize]. */
export type UnitState = { readonly h: Frame; readonly c?: Frame };

/** What a unit computes its new state from. */
type Given = {
  /** Of the layer below, for the gates and the candidate. */
  readonly projected: Frame;
  /** Of its own old h, for the gates, if there are any. */
  readonly recurrent: Frame | undefined;
  /** Of the old h of all layers, for the candidate. */
  readonly feedback: Frame;
  readonly old: UnitState;
};

/** Units of a gated-feedback RNN: the number of their gates besides the candidate, and their equations (see `gatedFeedbackRnn`). */
export const UNITS = {
  tanh: { gates: 0, update: ({ projected, feedback }: Given): UnitState => ({ h: tanh(add(projected, feedback)) }) },
  lstm: {
    gates: 3,
    update({ projected, recurrent, feedback, old }: Given): UnitState {
      const [i, f, o] = split(recurrent as Frame, 3, 1) as [Frame, Frame, Frame];
      return lstmUpdate(add(projected, concat([i, f, feedback, o], 1)), old.c as Frame).state;
    },
  },
  gru: {
    gates: 2,
    update({ projected, recurrent, feedback, old: { h } }: Given): UnitState {
      const [xz, xr, xn] = split(projected, 3, 1) as [Frame, Frame, Frame];
      const [rz, rr] = split(recurrent as Frame, 2, 1) as [Frame, Frame];
      const n: Frame = tanh(add(xn, mul(sigmoid(add(xr, rr)), feedback)));
      return { h: add(n, mul(sigmoid(add(xz, rz)), sub(h, n))) };
    },
  },
} as const;
