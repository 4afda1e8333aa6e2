import type { Cell, Frame, Tree } from '@elman/core';
import {
  add,
  matMul,
  mul,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { cellOf, HIDDEN, h0, INPUT, lstm, simpleRnn } from './cells.ts';

type Weights = { w: Tensor2D; u: Tensor2D; b: Tensor1D };
type State = { h: Frame; c: Frame };
const shapes = (gates: number) => ({ w: [INPUT, gates * HIDDEN], u: [HIDDEN, gates * HIDDEN], b: [gates * HIDDEN] });
const hc0 = (batch: number): State => ({ h: zeros([batch, HIDDEN]), c: zeros([batch, HIDDEN]) });

const gru = () =>
  cellOf<Weights & { r: Tensor1D }, { h: Frame }>({ ...shapes(3), r: [HIDDEN] }, h0, ({ w, u, b, r }, { h }, x) => {
    const [zx, rx, nx] = split(add(matMul(x, w), b), 3, 1) as [Frame, Frame, Frame];
    const [zh, rh, nh] = split(matMul(h, u), 3, 1) as [Frame, Frame, Frame];
    const z = sigmoid(add(zx, zh));
    const n = tanh(add(nx, mul(sigmoid(add(rx, rh)), add(nh, r))));
    const next: Frame = add(n, mul(z, sub(h, n)));
    return { output: next, state: { h: next } };
  });

const resetBeforeGru = () =>
  cellOf<Weights, { h: Frame }>(shapes(3), h0, ({ w, u, b }, { h }, x) => {
    const [zx, rx, nx] = split(add(matMul(x, w), b), 3, 1) as [Frame, Frame, Frame];
    const [uz, ur, un] = split(u, 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
    const z = sigmoid(add(zx, matMul(h, uz)));
    const r = sigmoid(add(rx, matMul(h, ur)));
    const n: Frame = tanh(add(nx, matMul(mul(r, h), un)));
    const next: Frame = add(n, mul(z, sub(h, n)));
    return { output: next, state: { h: next } };
  });

type Peepholes = { pi: Tensor1D; pf: Tensor1D; po: Tensor1D };

const peepholeLstm = () =>
  cellOf<Weights & Peepholes, State>(
    { ...shapes(4), pi: [HIDDEN], pf: [HIDDEN], po: [HIDDEN] },
    hc0,
    ({ w, u, b, pi, pf, po }, { h, c }, x) => {
      const gates = split(add(add(matMul(x, w), b), matMul(h, u)), 4, 1) as [Frame, Frame, Frame, Frame];
      const i = sigmoid(add(gates[0], mul(c, pi)));
      const f = sigmoid(add(gates[1], mul(c, pf)));
      const next: Frame = add(mul(f, c), mul(i, tanh(gates[2])));
      const output: Frame = mul(sigmoid(add(gates[3], mul(next, po))), tanh(next));
      return { output, state: { h: output, c: next } };
    },
  );

/** The built-in cells as plain steps. */
export const builtIn: { readonly [name: string]: () => Cell<Tree, Tree> } = {
  simpleRnn,
  lstm,
  peepholeLstm,
  gru,
  resetBeforeGru,
} as unknown as { readonly [name: string]: () => Cell<Tree, Tree> };
