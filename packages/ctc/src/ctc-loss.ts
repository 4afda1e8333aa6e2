import { OptionError, type Sequence } from '@elman/core';
import { valuesHere } from '@elman/kernels';
import { div, maximum, mean, type Scalar, sum, type Tensor1D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { hasNumbersHere, lossByKernel } from './loss-kernel.ts';
import { lossOnTensors } from './loss-on-tensors.ts';
import { type CtcTargetOptions, type CtcTargets, expectTargets, sizesOf } from './options.ts';
import { expectEnoughFrames, realFrames, targetRows } from './rows.ts';
import { tensorsOf } from './target-tensors.ts';

/** How the losses of rows are reduced. */
export type CtcReduction = 'mean' | 'sum' | 'none';

/** Options of the loss. */
export type CtcLossOptions<R extends CtcReduction = CtcReduction> = CtcTargetOptions & {
  /**
   * `mean`, the default: the loss of each row divided by its number of labels (at least 1), averaged over the rows, as in PyTorch; `sum`
   * over the rows; or `none`: the loss of each row, [batch].
   */
  readonly reduction?: R | undefined;
  /** Whether rows without an alignment have loss and gradient 0; false by default. */
  readonly zeroInfinity?: boolean | undefined;
};

/**
 * Connectionist temporal classification: the negative log-probability, in nats, of the labels, summed over all paths through the
 * frames that collapse to them.
 *
 *   loss   = −log Σ Πₜ yₜ(πₜ)      over the paths π which, with repeats merged and blanks removed, are the labels
 *   dzₜ(k) = yₜ(k) − P(πₜ = k | labels)                                                    y = softmax z
 *
 *   ctcLoss(logits, [[3, 1, 1], [2]], { inputLengths: [20, 14] })
 *
 * Shapes: logits [batch, time, classes], not normalised; labels from 0 to classes − 1 without the blank. Frames beyond a row's length,
 * or masked, have no influence, even if NaN. Logits may be −∞ for classes that are forbidden. A row without labels is all blanks.
 *
 * On cpu and wasm one op in double precision; elsewhere about fifteen ops a frame, forward and backward together. Nothing is read back from
 * a device, so there tensors of targets and lengths are not checked; arrays always are.
 *
 * A row without an alignment has the loss ∞ and the gradient NaN, unless `zeroInfinity`: its labels are forbidden or, where lengths
 * are not checked, it has too few frames. NaN among the logits gives NaN.
 *
 * @throws {ShapeError} {OptionError} if the arguments do not match each other. {DataError} for labels out of range or
 * equal to the blank, or for too few frames, unless `zeroInfinity`. {ElmanError} for a second-order gradient.
 * @see Graves, Fernández, Gomez & Schmidhuber 2006
 */
export function ctcLoss<R extends CtcReduction = 'mean'>(
  logits: Sequence,
  targets: CtcTargets,
  options: CtcLossOptions<R> = {},
): R extends 'none' ? Tensor1D : Scalar {
  const where = 'ctcLoss';
  const { zeroInfinity = false, reduction = 'mean' } = options;
  if (!['mean', 'sum', 'none'].includes(reduction)) {
    throw new OptionError(`${where}: reduction: expected 'mean', 'sum' or 'none', got ${JSON.stringify(reduction)}.`);
  }
  const sizes = sizesOf(where, logits, options);
  expectTargets(where, targets, options, sizes.batch);
  const reduced = tidy(() => {
    const { losses, lengths } = lossesOf(where, logits, targets, options, sizes, zeroInfinity);
    if (reduction === 'none') return losses;
    if (reduction === 'sum') return sum<Scalar>(losses);
    return mean<Scalar>(div(losses, maximum(lengths(), 1)));
  });
  return reduced as R extends 'none' ? Tensor1D : Scalar;
}

type Losses = { readonly losses: Tensor1D; lengths(): Tensor1D };

function lossesOf(
  where: string,
  logits: Sequence,
  targets: CtcTargets,
  options: CtcTargetOptions,
  sizes: ReturnType<typeof sizesOf>,
  zeroInfinity: boolean,
): Losses {
  const { blank } = sizes;
  if (!hasNumbersHere()) {
    const tensors = tensorsOf(where, sizes, targets, options, zeroInfinity);
    return { losses: lossOnTensors(logits, tensors, { blank, zeroInfinity }), lengths: () => tensors.lengths };
  }
  const frames = realFrames(where, sizes, options, valuesHere);
  const labels = targetRows(where, sizes, targets, options, valuesHere);
  if (!zeroInfinity) expectEnoughFrames(where, frames, labels);
  const lengths = (): Tensor1D => tensor1d(labels.map(({ length }) => length));
  return { losses: lossByKernel(logits, { frames, labels, blank, zeroInfinity }), lengths };
}
