import { type Cell, expectShape, expectSizes, type Frame, OptionError, type Rng, tree } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  add,
  clipByValue,
  concat,
  matMul,
  mul,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tensor1d,
  zeros,
} from '@tensorflow/tfjs-core';
import { binarize } from './straight-through.ts';

/** Sizes of a hierarchical multiscale LSTM. */
export type HierarchicalMultiscaleLstmOptions = {
  readonly inputSize: number;
  /** Of each layer. */
  readonly hiddenSize: number;
  /** Default 2. */
  readonly layers?: number | undefined;
  /** Of the hard sigmoid of boundaries; default 1. */
  readonly slope?: number | undefined;
  /** The initial bias of boundaries: above 0, there are many at first. Default 0. */
  readonly boundaryBias?: number | undefined;
};

/**
 * Of each layer, lowest first: kernel [size below, 4·hiddenSize + 1], recurrentKernel [hiddenSize, 4·hiddenSize + 1], bias
 * [4·hiddenSize + 1]; of all but the highest also topDownKernel [hiddenSize, 4·hiddenSize + 1]. Gates i, f, g, o, then the boundary.
 */
export type HierarchicalMultiscaleLstmParams = readonly {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly topDownKernel?: Tensor2D;
  readonly bias: Tensor1D;
}[];

/** Of each layer h, c [batch, hiddenSize] and its boundary z [batch, 1], which is 0 or 1. */
export type HierarchicalMultiscaleLstmState = readonly { readonly h: Frame; readonly c: Frame; readonly z: Frame }[];

/**
 * Hierarchical multiscale LSTM: layers that detect boundaries, and so find their own time scales. For each layer, lowest first, with
 * the new h and z of the layer below (x and 1 below the first) and the old ones of the layer itself and of the layer above:
 *
 *   i, f, g, o, b = split(zBelow'·(hBelow'·kernel) + h·recurrentKernel + z·(hAbove·topDownKernel) + bias)
 *   c' = σ(f)∘c + σ(i)∘tanh(g)    if z = 0 and zBelow' = 1    update
 *        c                        if z = 0 and zBelow' = 0    copy
 *        σ(i)∘tanh(g)             if z = 1                    flush: start anew, the layer above has taken what was there
 *   h' = h where it copies, else σ(o)∘tanh(c')
 *   z' = 1 if max(0, min(1, (slope·b + 1)/2)) > 1/2, else 0
 *   output = the h' of all layers, side by side
 *
 * The gradient of z' is that of the hard sigmoid (straight-through): slope/2 where |slope·b| < 1, else 0. The slope has no influence on z',
 * nor on parameters and state: to raise it from 1 to 5 in the course of training, as the paper does (slope annealing), give `train` a
 * cell of each slope (`modelAt`). Where |slope·b| is 1 or more a boundary no longer learns, and where it never comes the layers above stay as
 * they are: with a `boundaryBias` above 0 there are many at first. Boundaries can be read in the state.
 *
 * The paper's gated output module is a layer above this cell; without its layer normalisation. The highest layer has a boundary, too,
 * as in the paper's equations: it flushes that layer.
 *
 * Shapes: x [batch, inputSize]; h, c [batch, hiddenSize], z [batch, 1] of each layer; output [batch, layers·hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; bias 0, forget gate 1, boundaries `boundaryBias`; the state 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, the slope is not positive, or the bias not finite.
 * @see Chung, Ahn & Bengio 2016, "Hierarchical multiscale recurrent neural networks"
 */
export function hierarchicalMultiscaleLstm(
  options: HierarchicalMultiscaleLstmOptions,
): Cell<HierarchicalMultiscaleLstmParams, HierarchicalMultiscaleLstmState> {
  const { inputSize, hiddenSize, layers = 2, slope = 1, boundaryBias = 0 } = options;
  const name = 'hierarchicalMultiscaleLstm';
  expectSizes(name, { inputSize, hiddenSize, layers });
  if (!(slope > 0 && Number.isFinite(slope))) {
    throw new OptionError(`${name}: slope: expected a positive number, got ${slope}.`);
  }
  if (!Number.isFinite(boundaryBias)) {
    throw new OptionError(`${name}: boundaryBias: expected a finite number, got ${boundaryBias}.`);
  }
  const width = 4 * hiddenSize + 1;
  const biases = [0, 1, 0, 0].flatMap((bias) => Array<number>(hiddenSize).fill(bias)).concat(boundaryBias);
  const eachLayer = <T>(make: (layer: number) => T): T[] => Array.from({ length: layers }, (_, layer) => make(layer));

  return {
    name,
    inputSize,
    outputSize: layers * hiddenSize,
    recipe: {
      package: '@elman/cells',
      factory: name,
      arguments: [{ inputSize, hiddenSize, layers, slope, boundaryBias }],
    },
    init(rng) {
      const limit = 1 / Math.sqrt(hiddenSize);
      const kernel = (of: Rng, label: string, rows: number): Tensor2D => uniform(of.fork(label), [rows, width], limit);
      return eachLayer((layer) => {
        const own = rng.fork(layer);
        return {
          kernel: kernel(own, 'kernel', layer === 0 ? inputSize : hiddenSize),
          recurrentKernel: kernel(own, 'recurrentKernel', hiddenSize),
          ...(layer < layers - 1 && { topDownKernel: kernel(own, 'topDownKernel', hiddenSize) }),
          bias: tensor1d(biases),
        };
      });
    },
    initialState: (batchSize) =>
      eachLayer(() => ({
        h: zeros([batchSize, hiddenSize]),
        c: zeros([batchSize, hiddenSize]),
        z: zeros([batchSize, 1]),
      })),
    step(params, state, input) {
      expectShape(name, 'input', input, { batch: state[0]?.h.shape[0], inputSize });
      return tree.tidy(() => {
        let below: { readonly h: Frame; readonly z?: Frame } = { h: input };
        const next = state.map(({ h, c, z }, layer) => {
          const { kernel, recurrentKernel, topDownKernel, bias } = params[layer] as (typeof params)[number];
          const above = state[layer + 1]?.h;
          const bottomUp = matMul(below.h, kernel);
          let sums: Frame = add(matMul(h, recurrentKernel), bias);
          sums = add(sums, below.z === undefined ? bottomUp : mul(below.z, bottomUp));
          if (above !== undefined) sums = add(sums, mul(z, matMul(above, topDownKernel as Tensor2D)));
          const gates = [...Array<number>(4).fill(hiddenSize), 1];
          const [i, f, g, o, b] = split(sums, gates, 1) as [Frame, Frame, Frame, Frame, Frame];

          const goesOn = sub(1, z);
          const updates = below.z === undefined ? goesOn : mul(goesOn, below.z);
          const copies = below.z === undefined ? undefined : mul(goesOn, sub(1, below.z));
          const orCopy = (fresh: Frame, old: Frame): Frame =>
            copies === undefined ? fresh : add(mul(sub(1, copies), fresh), mul(copies, old));
          const kept: Frame = mul(mul(updates, sigmoid(f)), c);
          const nextC: Frame = add(kept, orCopy(mul(sigmoid(i), tanh(g)), c));
          const nextH = orCopy(mul(sigmoid(o), tanh(nextC)), h);
          const nextZ = binarize(clipByValue(mul(add(mul(b, slope), 1), 0.5), 0, 1));
          below = { h: nextH, z: nextZ };
          return { h: nextH, c: nextC, z: nextZ };
        });
        return {
          output: concat(
            next.map(({ h }) => h),
            1,
          ) as Frame,
          state: next,
        };
      });
    },
  };
}
