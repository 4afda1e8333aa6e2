import { expectShape, expectSizes, type Frame, OptionError } from '@elman/core';
import { affine } from '@elman/kernels';
import { addN, relu, type Tensor2D } from '@tensorflow/tfjs-core';
import { type CausalCell, causalCell } from './causal-cell.ts';
import { type ConvolutionParams, convolution } from './convolution.ts';
import { type GatedBlock, type GatedBlockParams, gatedBlock, type Pointwise, pointwise } from './gated-block.ts';
import type { Earlier } from './run.ts';

/** Sizes of a WaveNet. */
export type WaveNetOptions = {
  readonly inputSize: number;
  /** Residual channels, and outputs of the net. */
  readonly hiddenSize: number;
  /** Skip channels; default: hiddenSize. */
  readonly skipSize?: number | undefined;
  /** Of each layer, the frames from one tap to the next; default 1, 2, 4 … 128. Several cycles: 1, 2, 4, 1, 2, 4. */
  readonly dilations?: readonly number[] | undefined;
  /** Taps of every convolution; default 2. */
  readonly kernelSize?: number | undefined;
  /** Size of the vector that the net is conditioned on, its context; default 0: none. */
  readonly contextSize?: number | undefined;
};

/** Of the first convolution, of each layer, and of the two at the end. */
export type WaveNetParams = {
  readonly first: ConvolutionParams;
  readonly layers: readonly GatedBlockParams[];
  readonly last: readonly [Pointwise, Pointwise];
};

/** The earlier inputs of the first convolution and of each layer. */
export type WaveNetState = { readonly first: Earlier; readonly layers: readonly Earlier[] };

/**
 * WaveNet: layers of gated, dilated causal convolutions, whose outputs are summed.
 *
 *   h₀ = convolve(x)
 *   f, g = split(convolveᵢ(hᵢ₋₁) + v·contextᵢ)             dilationᵢ; the last term with a context v only
 *   z = tanh(f)∘σ(g)
 *   hᵢ = hᵢ₋₁ + z·residualᵢ,    sᵢ = z·skipᵢ               with biases; no h of the last layer
 *   y = relu(relu(Σ sᵢ)·last₁)·last₂                       with biases; the output
 *
 * The convolutions are those of `causalConvolution`. `v` [batch, contextSize], the same for all frames of a row (global
 * conditioning: a speaker, say), is the context of the cell.
 *
 * It sees 1 + (kernelSize − 1)·(1 + Σ dilations) frames (`receptiveField`: 257 by default) and nothing before them.
 *
 * Shapes: x [batch, inputSize]; h, y [batch, hiddenSize]; s [batch, skipSize].
 * Init:   all kernels and biases uniform ±1/√(numbers that an output sees) (the paper does not say).
 * Cost:   a sequence is kernelSize + 2 products a layer over all frames at once. A step is three products a layer,
 *         whatever the dilation, and copies the frames that it keeps, receptiveField − 1 of them for each row.
 * @throws {ShapeError} if x is not [batch, inputSize], or the context not [batch, contextSize].
 * @throws {OptionError} if a size or a dilation is not a positive whole number, or the context is missing.
 * @see van den Oord et al. 2016, "WaveNet: a generative model for raw audio"; steps from a cache: Le Paine et al. 2016,
 * "Fast Wavenet generation algorithm"
 */
export function waveNet(
  options: WaveNetOptions & { readonly contextSize: number },
): CausalCell<WaveNetParams, WaveNetState, Frame>;
export function waveNet(options: WaveNetOptions): CausalCell<WaveNetParams, WaveNetState>;
export function waveNet(
  options: WaveNetOptions,
): CausalCell<WaveNetParams, WaveNetState, Frame> | CausalCell<WaveNetParams, WaveNetState> {
  const { inputSize, hiddenSize, kernelSize = 2, contextSize = 0 } = options;
  const { skipSize = hiddenSize, dilations = [1, 2, 4, 8, 16, 32, 64, 128] } = options;
  const name = 'waveNet';
  expectSizes(name, { inputSize, hiddenSize, skipSize, kernelSize, ...(contextSize !== 0 && { contextSize }) });
  if (dilations.length === 0) throw new OptionError(`${name}: dilations: expected one or more, got none.`);
  expectSizes(name, Object.fromEntries(dilations.map((dilation, i) => [`dilations[${i}]`, dilation])));
  const first = convolution({ inputSize, outputSize: hiddenSize, kernelSize, dilation: 1 });
  const layers = dilations.map((dilation, i) =>
    gatedBlock({ hiddenSize, skipSize, kernelSize, dilation, contextSize, isLast: i === dilations.length - 1 }),
  );
  return causalCell<WaveNetParams, WaveNetState, Frame>({
    name,
    inputSize,
    outputSize: hiddenSize,
    receptiveField: 1 + [first, ...layers].reduce((sum, { reach }) => sum + reach, 0),
    recipe: {
      package: '@elman/convolution',
      factory: name,
      arguments: [{ inputSize, hiddenSize, skipSize, dilations: [...dilations], kernelSize, contextSize }],
    },
    init: (rng) => ({
      first: first.init(rng.fork('first')),
      layers: layers.map((layer, i) => layer.init(rng.fork(i))),
      last: [
        pointwise(rng.fork('last').fork(0), skipSize, skipSize),
        pointwise(rng.fork('last').fork(1), skipSize, hiddenSize),
      ],
    }),
    initialState: (batchSize) => ({
      first: first.initialState(batchSize),
      layers: layers.map((layer) => layer.initialState(batchSize)),
    }),
    apply(params, state, x, run, context) {
      const start = first.apply(params.first, state.first, x, run);
      const skips: Tensor2D[] = [];
      const kept: Earlier[] = [];
      let h = start.y;
      for (const [i, layer] of (layers as readonly GatedBlock[]).entries()) {
        const of = layer.apply(params.layers[i] as GatedBlockParams, state.layers[i] as Earlier, h, run, context);
        h = of.y;
        skips.push(of.skip);
        kept.push(of.next);
      }
      const hidden: Tensor2D = affine({ x: relu(addN(skips)), ...params.last[0] });
      const y: Tensor2D = affine({ x: relu(hidden), ...params.last[1] });
      return { y, state: { first: start.next, layers: kept } };
    },
    expectContext(context: Frame | undefined, batch) {
      if (contextSize === 0) return;
      if (context !== undefined) return expectShape(name, 'context', context, { batch, contextSize });
      throw new OptionError(
        `${name}: context: expected the vector [batch, ${contextSize}] to be conditioned on, got none.`,
      );
    },
  });
}
