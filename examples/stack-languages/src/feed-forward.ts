import { type Cell, expectShape } from '@elman/core';
import { type DenseParams, dense } from '@elman/nn';
import { sigmoid, tidy } from '@tensorflow/tfjs-core';

/** There is none. */
export type NoState = Record<string, never>;

/**
 * A controller that remembers nothing, so that all that is remembered is in its memory: y = σ(x·kernel + bias).
 *
 * Init: kernel Glorot uniform, bias 0.
 */
export function feedForward(inputSize: number, outputSize: number): Cell<DenseParams, NoState> {
  const layer = dense({ inputSize, outputSize });
  const name = 'feedForward';
  return {
    name,
    inputSize,
    outputSize,
    init: (rng) => layer.init(rng),
    initialState: () => ({}),
    step(params, _, input) {
      expectShape(name, 'input', input, { batch: undefined, inputSize });
      return { output: tidy(() => sigmoid(layer.apply(params, input))), state: {} };
    },
  };
}
