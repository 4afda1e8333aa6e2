import { type Attention, expectShape, expectSizes, type Frame, OptionError, type Source, tree } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  add,
  concat,
  expandDims,
  matMul,
  pad,
  reshape,
  slice,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { expectSource, maskedSoftmax, meanUnder, realFrames, throughKernel } from './weigh.ts';

/** Sizes of a location-aware attention. */
export type LocationAwareAttentionOptions = {
  readonly querySize: number;
  readonly memorySize: number;
  /** Hidden units. */
  readonly size: number;
  /** Width of the convolution, in frames; odd. By default 7. */
  readonly width?: number | undefined;
  /** Number of its filters; by default 8. */
  readonly filters?: number | undefined;
};

/** As of additive attention, and filterKernel [width, filters], placeKernel [filters, size]. */
export type LocationAwareAttentionParams = {
  readonly queryKernel: Tensor2D;
  readonly memoryKernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly scoreKernel: Tensor2D;
  readonly filterKernel: Tensor2D;
  readonly placeKernel: Tensor2D;
};

/**
 * Additive attention that also depends on the weights of the previous step.
 *
 *   placeⱼ  = previousⱼ₋ᵣ … previousⱼ₊ᵣ · filterKernel              r = (width − 1)/2, zeros beyond the ends
 *   keysⱼ   = memoryⱼ·memoryKernel + bias
 *   scoreⱼ  = tanh(query·queryKernel + keysⱼ + placeⱼ·placeKernel)·scoreKernel
 *   weights = softmax(score) over the real frames                   context = Σ weightsⱼ·memoryⱼ
 *
 * Shapes: query [batch, querySize]; memory [batch, length, memorySize]; previous, weights [batch, length].
 * Init:   kernels uniform ±1/√(their inputs); bias 0.
 * @throws {ShapeError} if query, memory, previous or mask are not of these shapes.
 * @throws {OptionError} if the width is even.
 * @see Chorowski et al. 2015, Attention-based models for speech recognition
 */
export function locationAwareAttention(
  options: LocationAwareAttentionOptions,
): Attention<LocationAwareAttentionParams> {
  const { querySize, memorySize, size, width = 7, filters = 8 } = options;
  const name = 'locationAwareAttention';
  expectSizes(name, { querySize, memorySize, size, width, filters });
  if (width % 2 === 0) throw new OptionError(`${name}: width: expected an odd number, got ${width}.`);
  return {
    name,
    recipe: {
      package: '@elman/attention',
      factory: name,
      arguments: [{ querySize, memorySize, size, width, filters }],
    },
    querySize,
    memorySize,
    contextSize: memorySize,
    init: (rng) => ({
      queryKernel: uniform(rng.fork('queryKernel'), [querySize, size], 1 / Math.sqrt(querySize)),
      memoryKernel: uniform(rng.fork('memoryKernel'), [memorySize, size], 1 / Math.sqrt(memorySize)),
      bias: zeros([size]),
      scoreKernel: uniform(rng.fork('scoreKernel'), [size, 1], 1 / Math.sqrt(size)),
      filterKernel: uniform(rng.fork('filterKernel'), [width, filters], 1 / Math.sqrt(width)),
      placeKernel: uniform(rng.fork('placeKernel'), [filters, size], 1 / Math.sqrt(filters)),
    }),
    keys(params, memory) {
      expectShape(name, 'memory', memory, { batch: undefined, length: undefined, memorySize });
      return tree.tidy(() => add(throughKernel(memory, params.memoryKernel), params.bias)) as Tensor3D;
    },
    attend(params, query: Frame, source: Source, previous: Frame) {
      expectSource(name, query, source, { query: querySize, keys: size });
      const [batch, length] = source.memory.shape;
      expectShape(name, 'previous', previous, { batch, length });
      return tree.tidy(() => {
        const places = matMul(windows(previous, width), matMul(params.filterKernel, params.placeKernel));
        const asked = expandDims(matMul(query, params.queryKernel), 1);
        const hidden = tanh(add(add(asked, source.keys), reshape(places, [batch, length, size])));
        const scores = matMul(reshape(hidden, [batch * length, size]), params.scoreKernel);
        const weights = maskedSoftmax(reshape(scores, [batch, length]), realFrames(source));
        return { context: meanUnder(weights, source.memory), weights };
      });
    },
  };
}

/** Windows around each number of a row: [batch, length] → [batch·length, width]. */
function windows(x: Tensor2D, width: number): Tensor2D {
  const [batch, length] = x.shape;
  const radius = (width - 1) / 2;
  const wide = pad(x, [
    [0, 0],
    [radius, radius],
  ]);
  const shifted = Array.from({ length: width }, (_, i) => expandDims(slice(wide, [0, i], [batch, length]), 2));
  return reshape(concat(shifted, 2), [batch * length, width]);
}
