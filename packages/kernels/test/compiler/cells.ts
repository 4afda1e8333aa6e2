import { type Cell, type Frame, type Rng, type Step, type Tree, tree } from '@elman/core';
import {
  add,
  concat,
  div,
  matMul,
  mean,
  mul,
  ones,
  relu,
  scalar,
  sigmoid,
  split,
  sqrt,
  square,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';

export const INPUT = 3;
export const HIDDEN = 4;

/** A cell of the fewest lines: parameters by their shapes, states of zeros. */
export function cellOf<P extends { readonly [name: string]: Tensor }, S extends Tree, C = void>(
  shapes: { readonly [Name in keyof P]: readonly number[] },
  initialState: (batch: number) => S,
  step: Cell<P, S, C>['step'],
  outputSize: number = HIDDEN,
): Cell<P, S, C> {
  const init = (rng: Rng): P =>
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        rng.fork(name).tensor(shape as number[], (r) => r.normal(0, 0.5)),
      ]),
    ) as P;
  const tidied: typeof step = (...given) => tree.tidy(() => step(...given) as never) as Step<S>;
  return { name: 'own', inputSize: INPUT, outputSize, init, initialState, step: tidied };
}

export const h0 = (batch: number): { h: Frame } => ({ h: zeros([batch, HIDDEN]) });
const hc0 = (batch: number): { h: Frame; c: Frame } => ({ h: zeros([batch, HIDDEN]), c: zeros([batch, HIDDEN]) });

type Weights = { w: Tensor2D; u: Tensor2D; b: Tensor1D };
const weights = (gates: number) => ({ w: [INPUT, gates * HIDDEN], u: [HIDDEN, gates * HIDDEN], b: [gates * HIDDEN] });

export const simpleRnn = () =>
  cellOf<Weights, { h: Frame }>(weights(1), h0, ({ w, u, b }, { h }, x) => {
    const next: Frame = tanh(add(add(matMul(x, w), matMul(h, u)), b));
    return { output: next, state: { h: next } };
  });

export const lstm = () =>
  cellOf<Weights, { h: Frame; c: Frame }>(weights(4), hc0, ({ w, u, b }, { h, c }, x) => {
    const gates = add(add(matMul(x, w), matMul(h, u)), b);
    const [i, f, g, o] = split(gates, 4, 1) as [Frame, Frame, Frame, Frame];
    const next: Frame = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
    const output: Frame = mul(sigmoid(o), tanh(next));
    return { output, state: { h: output, c: next } };
  });

export const gru = () =>
  cellOf<Weights & { r: Tensor2D }, { h: Frame }>(
    { ...weights(3), r: [HIDDEN, HIDDEN] },
    h0,
    ({ w, u, b }, { h }, x) => {
      const [zx, rx, nx] = split(add(matMul(x, w), b), 3, 1) as [Frame, Frame, Frame];
      const [zh, rh, nh] = split(matMul(h, u), 3, 1) as [Frame, Frame, Frame];
      const z = sigmoid(add(zx, zh));
      const n = tanh(add(nx, mul(sigmoid(add(rx, rh)), nh)));
      const next: Frame = add(mul(z, h), mul(sub(1, z), n));
      return { output: next, state: { h: next } };
    },
  );

const normalised = (x: Frame, gain: Tensor1D): Frame => {
  const centered = sub(x, mean(x, 1, true));
  return mul(div(centered, sqrt(add(mean(square(centered), 1, true), 1e-5))), gain);
};

type NormWeights = Weights & { gx: Tensor1D; gh: Tensor1D; gc: Tensor1D; bc: Tensor1D };

export const layerNormLstm = (size: number = HIDDEN) =>
  cellOf<NormWeights, { h: Frame; c: Frame }>(
    {
      w: [INPUT, 4 * size],
      u: [size, 4 * size],
      b: [4 * size],
      gx: [4 * size],
      gh: [4 * size],
      gc: [size],
      bc: [size],
    },
    (batch) => ({ h: zeros([batch, size]), c: zeros([batch, size]) }),
    ({ w, u, b, gx, gh, gc, bc }, { h, c }, x) => {
      const z = add(add(normalised(matMul(x, w), gx), normalised(matMul(h, u), gh)), b);
      const [i, f, g, o] = split(z, 4, 1) as [Frame, Frame, Frame, Frame];
      const next: Frame = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
      const output: Frame = mul(sigmoid(o), tanh(add(normalised(next, gc), bc)));
      return { output, state: { h: output, c: next } };
    },
    size,
  );

/** With a context, [batch, 2], and a table that all rows share. */
export const withContext = () =>
  cellOf<Weights, { h: Frame }, { vector: Frame; table: Tensor2D; scale: number; absent: undefined }>(
    { w: [INPUT + 2, HIDDEN], u: [HIDDEN, HIDDEN], b: [HIDDEN] },
    h0,
    ({ w, u, b }, { h }, x, { vector, table, scale }) => {
      const fed = concat([x, vector], 1);
      const next: Frame = tanh(add(add(matMul(fed, w), matMul(matMul(h, table), u)), mul(b, scale)));
      return { output: next, state: { h: next } };
    },
  );

/** With a count in its state. */
export const counting = () =>
  cellOf<Weights, { h: Frame; count: Tensor2D }>(
    weights(1),
    (batch) => ({ ...h0(batch), count: zeros([batch, 1], 'int32') }),
    ({ w, u, b }, { h, count }, x) => {
      const next: Frame = relu(add(add(matMul(x, w), div(matMul(h, u), add(count, 1))), b));
      return { output: next, state: { h: next, count: add(count, scalar(1, 'int32')) } };
    },
  );

/** With noise of each frame and noise of the whole sequence. */
export const noisy = () =>
  cellOf<Weights, { h: Frame }>(weights(1), h0, ({ w, u, b }, { h }, x, _, rng) => {
    const [batch] = x.shape;
    const own = rng?.fork('own');
    const mask = own?.tensor([batch, INPUT], (r) => (r.uniform() < 0.5 ? 0 : 2)) ?? ones([1]);
    const more = own?.tensor([batch, 1], (r) => r.normal()) ?? zeros([1]);
    const shared =
      rng
        ?.sequence()
        .fork('shared')
        .tensor([HIDDEN], (r) => r.normal()) ?? zeros([1]);
    const next: Frame = tanh(add(add(matMul(mul(x, mask), w), matMul(h, u)), add(add(b, shared), more)));
    return { output: next, state: { h: next } };
  });
