import {
  type Cell,
  expectShape,
  type Frame,
  type Recipe,
  type Rng,
  type Sequence,
  type Step,
  type Tree,
  tree,
} from '@elman/core';
import { add, matMul, mul, sigmoid, split, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';
import { scanFrames, type UnrollOptions } from '../src/index.ts';

export type Params = { readonly kernel: Tensor2D; readonly recurrentKernel: Tensor2D };
export type State = { readonly h: Frame; readonly c: Frame };
export type TestCell = Cell<Params, State>;

/** A small gated cell: a, g = split(x·kernel + h·recurrentKernel), c' = σ(a)·c + tanh(g), h' = tanh(c'). */
export function gated(inputSize: number, size: number): TestCell {
  const project = (params: Params, inputs: Tensor2D): Tensor2D => matMul(inputs, params.kernel);
  const recur = (params: Params, { h, c }: State, x: Frame): Step<State> => {
    const [a, g] = split(add(x, matMul(h, params.recurrentKernel)), 2, 1) as [Frame, Frame];
    const nextC: Frame = add(mul(sigmoid(a), c), tanh(g));
    const nextH = tanh(nextC);
    return { output: nextH, state: { h: nextH, c: nextC } };
  };
  return {
    name: 'gated',
    inputSize,
    outputSize: size,
    recipe: recipe('gated', inputSize, size),
    init: (rng) => ({
      kernel: random(rng.fork('kernel'), inputSize, 2 * size),
      recurrentKernel: random(rng.fork('recurrentKernel'), size, 2 * size),
    }),
    initialState: (batch) => ({ h: zeros([batch, size]), c: zeros([batch, size]) }),
    step(params, state, input) {
      expectShape('gated', 'input', input, { batch: state.h.shape[0], inputSize });
      return tree.tidy(() => recur(params, state, project(params, input)));
    },
    scan: (params, state, inputs, options) =>
      tree.tidy(() => scanFrames((s: State, x) => recur(params, s, project(params, x)), state, inputs, options)),
  };
}

/** The same with only a step, as in a third-party cell. */
export function plain(inputSize: number, size: number): TestCell {
  const { init, initialState, step } = gated(inputSize, size);
  return {
    name: 'plain',
    inputSize,
    outputSize: size,
    recipe: recipe('plain', inputSize, size),
    init,
    initialState,
    step,
  };
}

const recipe = (factory: string, ...sizes: number[]): Recipe => ({
  package: 'test-cells',
  factory,
  arguments: sizes,
});

const random = (rng: Rng, rows: number, columns: number): Tensor2D =>
  rng.tensor([rows, columns], (r) => r.uniform(-1, 1)) as Tensor2D;

/** What `unroll` should give, by the plainest of loops: `step` at each frame, choosing row by row where there is a mask. */
export function stepByStep<P extends Tree, S extends Tree>(
  cell: Cell<P, S>,
  params: P,
  inputs: Sequence,
  { state, mask, reverse = false, rng }: UnrollOptions<S> = {},
): { outputs: Sequence; state: S } {
  return scanFrames(
    (s: S, x, t) => cell.step(params, s, x, undefined, rng?.frame(t)),
    state ?? cell.initialState(inputs.shape[0]),
    inputs,
    { mask, reverse },
  );
}
