import { OptionError } from '@elman/core';
import { hasSoftmaxCrossEntropy, type SoftmaxTargets, softmaxCrossEntropyOf, valuesHere } from '@elman/kernels';
import {
  add,
  cast,
  clone,
  div,
  exp,
  log,
  max,
  mean,
  mul,
  notEqual,
  oneHot,
  ones,
  reshape,
  type Scalar,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';
import { expectTargets } from './expect.ts';
import { type Loss, type MaskOption, meanWeights } from './masked.ts';

/** Options of the softmax cross-entropy. */
export type CrossEntropyOptions = MaskOption & {
  /** ε: the target is (1 − ε) of the id and ε spread evenly over all V; 0 by default. */
  readonly labelSmoothing?: number | undefined;
};

/**
 * Cross-entropy of the softmax of logits, in nats: the mean over the n unmasked targets, and n.
 *
 *   loss = 1/n Σ log Σᵥ exp zᵥ − (1 − ε)·z_id − ε·mean(z)
 *   dz   = 1/n · (softmax(z) − (1 − ε)·onehot(id) − ε/V)
 *
 * Shapes: logits […, V]; ids int32 […]; mask […], 1 = real. Logits may be any float32, and −∞ for a token
 * that is forbidden. 0 for a mask of zeros. Unmasked ids are from 0 to V − 1; that is checked on the backends cpu and
 * wasm, not where it would stall a device. Gradients below 1e-30 become 0 where WebAssembly SIMD computes (cpu and wasm).
 *
 * @throws {ShapeError} if the shapes do not match, the ids are not int32, or there are none.
 * @throws {DataError} for an unmasked id that is out of range, on cpu and wasm.
 * @throws {OptionError} if labelSmoothing is not in [0, 1).
 * @see label smoothing: Szegedy et al. 2016
 */
export function softmaxCrossEntropy(logits: Tensor, ids: Tensor, options: CrossEntropyOptions = {}): Loss {
  const name = 'softmaxCrossEntropy';
  const { mask, labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new OptionError(`${name}: labelSmoothing: expected a number from 0 to below 1, got ${labelSmoothing}.`);
  }
  expectTargets(name, logits, ids, mask);
  return tidy(() => {
    const vocabSize = logits.shape.at(-1) as number;
    const rows: Tensor1D = reshape(ids, [-1]);
    const real = mask === undefined ? undefined : reshape(mask, [-1, 1]);
    const { weights, count } = meanWeights([rows.size, 1], real);
    if (hasSoftmaxCrossEntropy()) {
      const loss = inOnePass(reshape(logits, [-1, vocabSize]), { ids: rows, weights, labelSmoothing });
      return { loss, count };
    }
    const loss = withGradient<Scalar>(reshape(logits, [-1, vocabSize]), (given, save) => {
      const z = real === undefined ? given : where(notEqual(real, 0), given, zerosLike(given));
      const shifted: Tensor = sub(z, max(z, 1, true));
      const exps = exp(shifted);
      const sums = sum(exps, 1, true);
      const chosen = sum(where(cast(hotOf(rows, vocabSize), 'bool'), shifted, zerosLike(shifted)), 1, true);
      const smoothed =
        labelSmoothing === 0
          ? chosen
          : add(mul(chosen, 1 - labelSmoothing), mul(mean(shifted, 1, true), labelSmoothing));
      save([exps, sums, rows, weights]);
      const gradFunc = (dy: Scalar, saved: Tensor[]): Tensor => {
        const [e, total, id, weight] = saved as [Tensor, Tensor, Tensor1D, Tensor];
        const each = mul(weight, dy);
        const target = mul(cast(hotOf(id, vocabSize), 'float32'), mul(each, 1 - labelSmoothing));
        const gradient: Tensor = sub(mul(e, div(each, total)), target);
        return labelSmoothing === 0 ? gradient : sub(gradient, mul(each, labelSmoothing / vocabSize));
      };
      return { value: sum(mul(sub(log(sums), smoothed), weights)), gradFunc };
    });
    return { loss, count };
  });
}

/** One-hot rows: of one column, which `oneHot` refuses, too. */
const hotOf = (ids: Tensor1D, columns: number): Tensor => (columns === 1 ? ones([ids.size, 1]) : oneHot(ids, columns));

/** The weighted sum of the losses, by the kernels, with its gradient. */
function inOnePass(logits: Tensor2D, targets: Omit<SoftmaxTargets, 'logits'>): Scalar {
  return withGradient<Scalar>(logits, (given, save) => {
    const { loss, gradient } = softmaxCrossEntropyOf({ ...targets, logits: given as Tensor2D });
    save([gradient]);
    const gradFunc = (dy: Scalar, [byLogits]: Tensor[]): Tensor =>
      valuesHere(dy)[0] === 1 ? clone(byLogits as Tensor) : mul(byLogits as Tensor, dy);
    return { value: loss, gradFunc };
  });
}
