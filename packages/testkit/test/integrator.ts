import { type Cell, expectShape, type Frame, type Sequence, type Step, tree } from '@elman/core';
import {
  add,
  cast,
  expandDims,
  matMul,
  mul,
  notEqual,
  stack,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tidy,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core';

export type IntegratorParams = { readonly kernel: Tensor2D; readonly decay: Tensor1D };
export type IntegratorState = { readonly h: Frame };
export type Integrator = Cell<IntegratorParams, IntegratorState>;

/** h' = tanh(x·kernel + h∘decay): small, correct, with all optional functions; the tests break it. */
export function integrator(options: { readonly inputSize: number; readonly hiddenSize: number }): Integrator {
  const { inputSize, hiddenSize } = options;
  const recur = (params: IntegratorParams, h: Frame, projected: Frame): Frame =>
    tanh(add(projected, mul(h, params.decay)));
  return {
    name: 'integrator',
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: 'elman-cell-integrator', factory: 'integrator', arguments: [{ inputSize, hiddenSize }] },
    init: (rng) => ({
      kernel: rng.fork('kernel').tensor([inputSize, hiddenSize], (r) => r.uniform(-1, 1)) as Tensor2D,
      decay: rng.fork('decay').tensor([hiddenSize], (r) => r.uniform(0, 1)) as Tensor1D,
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step(params, { h }, input): Step<IntegratorState> {
      expectShape('integrator', 'input', input, { batch: h.shape[0], inputSize });
      const output = tidy(() => recur(params, h, matMul(input, params.kernel)));
      return { output, state: { h: output } };
    },
    scan: (params, start, inputs, { mask, reverse }) =>
      tree.tidy(() => {
        const frames = unstack(inputs, 1) as Frame[];
        const masks = mask === undefined ? undefined : (unstack(expandDims(mask, 2), 1) as Frame[]);
        const outputs: Frame[] = [];
        let state = start;
        for (let i = 0; i < frames.length; i++) {
          const t = reverse ? frames.length - 1 - i : i;
          const h = recur(params, state.h, matMul(frames[t] as Frame, params.kernel));
          const real = masks?.[t];
          outputs[t] = real === undefined ? h : mul(h, cast(notEqual(real, 0), 'float32'));
          state = real === undefined ? { h } : tree.where(real, { h }, state);
        }
        return { outputs: stack(outputs, 1) as Sequence, state };
      }),
  };
}
