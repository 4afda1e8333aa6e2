import { type Cell, expectShape, expectSizes, type Frame, type Rng, tree } from '@elman/core';
import { affine } from '@elman/kernels';
import { uniform } from '@elman/nn';
import {
  add,
  concat1d,
  matMul,
  mul,
  sigmoid,
  split,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { forgetGateBias } from '../lstm-update.ts';

/** Sizes and layers of a grid LSTM. */
export type GridLstmOptions = {
  readonly inputSize: number;
  /** Of each layer. */
  readonly hiddenSize: number;
  /** Default 2. */
  readonly layers?: number | undefined;
  /** Whether all layers have the same weights; default false. */
  readonly tied?: boolean | undefined;
};

/**
 * inputKernel [inputSize, 2·hiddenSize] and inputBias: h and c below the first layer. Of each layer, lowest first, or once if tied: kernel
 * and recurrentKernel [hiddenSize, 8·hiddenSize] and bias [8·hiddenSize]; gates i, f, g, o along time, then along depth.
 */
export type GridLstmParams = {
  readonly inputKernel: Tensor2D;
  readonly inputBias: Tensor1D;
  readonly layers: readonly {
    readonly kernel: Tensor2D;
    readonly recurrentKernel: Tensor2D;
    readonly bias: Tensor1D;
  }[];
};

/** Of each layer h and c along time, [batch, hiddenSize]. */
export type GridLstmState = readonly { readonly h: Frame; readonly c: Frame }[];

/**
 * Grid LSTM of two dimensions, depth and time: layers whose memory cells go on along depth as they do along time. With d and m, the h and
 * c along depth:
 *
 *   d, m = split(x·inputKernel + inputBias)
 *   for each layer, lowest first, with its h and c along time:
 *     t, u = split(d·kernel + h·recurrentKernel + bias)
 *     h', c' = LSTM(t, c)
 *     d, m = LSTM(u, m)
 *   output = d above the highest layer
 *
 *   LSTM(a, c):  i, f, g, o = split(a)                  gates in this order
 *                c' = σ(f)∘c + σ(i)∘tanh(g)
 *                h' = tanh(σ(o)∘c')
 *
 * The last tanh is around the output gate, as in the paper; implementations often have σ(o)∘tanh(c'), as other LSTMs do. The paper's
 * equations have no biases. No dimension has priority: LSTMs along time and depth read the same d and the old h.
 *
 * Shapes: x [batch, inputSize]; h, c [batch, hiddenSize] of each layer; output [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize, that of the input ±1/√inputSize; biases 0, forget gates 1.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Kalchbrenner, Danihelka & Graves 2016, "Grid long short-term memory"; tied: weights shared along depth
 */
export function gridLstm(options: GridLstmOptions): Cell<GridLstmParams, GridLstmState> {
  const { inputSize, hiddenSize, layers = 2, tied = false } = options;
  const name = 'gridLstm';
  expectSizes(name, { inputSize, hiddenSize, layers });
  const kernel = (rng: Rng, label: string): Tensor2D =>
    uniform(rng.fork(label), [hiddenSize, 8 * hiddenSize], 1 / Math.sqrt(hiddenSize));

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, layers, tied }] },
    init: (rng) => ({
      inputKernel: uniform(rng.fork('inputKernel'), [inputSize, 2 * hiddenSize], 1 / Math.sqrt(inputSize)),
      inputBias: zeros([2 * hiddenSize]),
      layers: Array.from({ length: tied ? 1 : layers }, (_, layer) => ({
        kernel: kernel(rng.fork(layer), 'kernel'),
        recurrentKernel: kernel(rng.fork(layer), 'recurrentKernel'),
        bias: tidy(() => concat1d([forgetGateBias(hiddenSize), forgetGateBias(hiddenSize)])),
      })),
    }),
    initialState: (batchSize) =>
      Array.from({ length: layers }, () => ({ h: zeros([batchSize, hiddenSize]), c: zeros([batchSize, hiddenSize]) })),
    step(params, state, input) {
      expectShape(name, 'input', input, { batch: state[0]?.h.shape[0], inputSize });
      return tree.tidy(() => {
        const { inputKernel, inputBias } = params;
        let [d, m] = split(affine({ x: input, kernel: inputKernel, bias: inputBias }), 2, 1) as [Frame, Frame];
        const next = state.map(({ h, c }, layer) => {
          const own = params.layers[tied ? 0 : layer] as GridLstmParams['layers'][number];
          const sums = add(affine({ x: d, ...own }), matMul(h, own.recurrentKernel));
          const [alongTime, alongDepth] = split(sums, 2, 1) as [Frame, Frame];
          ({ h: d, c: m } = transform(alongDepth, m));
          return transform(alongTime, c);
        });
        return { output: d, state: next };
      });
    },
  };
}

function transform(gates: Frame, c: Frame): { h: Frame; c: Frame } {
  const [i, f, g, o] = split(gates, 4, 1) as [Frame, Frame, Frame, Frame];
  const nextC: Frame = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
  return { h: tanh(mul(sigmoid(o), nextC)), c: nextC };
}
