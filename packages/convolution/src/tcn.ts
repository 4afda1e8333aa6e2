import { expectSizes } from '@elman/core';
import { type BlockParams, type BlockState, block, expectRate } from './block.ts';
import { type CausalCell, causalCell } from './causal-cell.ts';

/** Sizes of a temporal convolutional network. */
export type TcnOptions = {
  readonly inputSize: number;
  /** Channels of every block. */
  readonly hiddenSize: number;
  /** Blocks; default 6. */
  readonly layers?: number | undefined;
  /** Taps of every convolution; default 5. */
  readonly kernelSize?: number | undefined;
  /** The probability, in training, with which a channel is 0 at all frames; default 0. */
  readonly dropout?: number | undefined;
  /** Default true. */
  readonly weightNorm?: boolean | undefined;
};

/**
 * Temporal convolutional network: temporal blocks whose dilation doubles from each to the next.
 *
 *   hᵢ = blockᵢ(hᵢ₋₁)          h₀ = x, dilation 2ⁱ⁻¹; the last h is the output
 *
 * It sees 1 + 2·(kernelSize − 1)·(2^layers − 1) frames (`receptiveField`: 505 by default) and nothing before them, so a
 * task needs as many as its longest dependence. Blocks of different sizes: a `stack` of `temporalBlock`s.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize].
 * Init:   that of `temporalBlock`.
 * Cost:   a sequence is 2·kernelSize products a block over all frames at once. A step is two products a block, whatever
 *         the dilation, and copies the frames that it keeps, receptiveField − 1 of them for each row.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, or dropout is not in [0, 1).
 * @see Bai, Kolter & Koltun 2018, "An empirical evaluation of generic convolutional and recurrent networks for sequence modeling"
 */
export function tcn(options: TcnOptions): CausalCell<readonly BlockParams[], readonly BlockState[]> {
  const { inputSize, hiddenSize, layers = 6, kernelSize = 5, dropout = 0, weightNorm = true } = options;
  const name = 'tcn';
  const sizes = { inputSize, hiddenSize, layers, kernelSize };
  expectSizes(name, sizes);
  expectRate(name, dropout);
  const blocks = Array.from({ length: layers }, (_, i) =>
    block({
      inputSize: i === 0 ? inputSize : hiddenSize,
      hiddenSize,
      kernelSize,
      dilation: 2 ** i,
      dropout,
      weightNorm,
    }),
  );
  return causalCell({
    name,
    inputSize,
    outputSize: hiddenSize,
    receptiveField: 1 + blocks.reduce((sum, { reach }) => sum + reach, 0),
    recipe: { package: '@elman/convolution', factory: name, arguments: [{ ...sizes, dropout, weightNorm }] },
    init: (rng) => blocks.map((one, i) => one.init(rng.fork(i))),
    initialState: (batchSize) => blocks.map((one) => one.initialState(batchSize)),
    apply(params, state, x, run) {
      const states: BlockState[] = [];
      let y = x;
      for (const [i, one] of blocks.entries()) {
        const next = one.apply(params[i] as BlockParams, state[i] as BlockState, y, run, run.rng?.fork(i));
        y = next.y;
        states.push(next.state);
      }
      return { y, state: states };
    },
  });
}
