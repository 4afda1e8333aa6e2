import type { Sequence } from '@elman/core';
import {
  customGrad,
  engine,
  exp,
  expandDims,
  fill,
  type GradSaveFunc,
  gather,
  less,
  logSoftmax,
  matMul,
  maximum,
  mul,
  neg,
  notEqual,
  oneHot,
  reshape,
  softmax,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor3D,
  transpose,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { type Lattice, latticeOf, NEVER } from './lattice.ts';
import { noSecondGradient } from './loss-kernel.ts';
import { alphas, alphasAndBetas } from './recursion.ts';
import type { TargetTensors } from './target-tensors.ts';

type Options = { readonly blank: number; readonly zeroInfinity: boolean };

/**
 * The losses of rows, [batch], by ops of any backend, without reading back from it.
 *
 *   P(π at s in frame t | labels) = softmax over s of log αₜ(s) + log βₜ(s) − log yₜ(l′ₛ)      βₜ includes yₜ here
 */
export function lossOnTensors(logits: Sequence, targets: TargetTensors, options: Options): Tensor1D {
  const wantsGradient = engine().state.gradientDepth > 0;
  const losses = customGrad<Tensor1D>((given, save) => {
    const z = given as Tensor3D;
    const { value, gradient } = lossAndGradient(z, targets, options, wantsGradient);
    if (gradient !== undefined) (save as GradSaveFunc)([gradient, z]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor => scaled(dy, saved[1] as Tensor, saved[0] as Tensor);
    return { value, gradFunc };
  });
  return losses(logits);
}

/** The gradient times that by the loss, 0 where the latter is 0; throws for second-order gradients. */
function scaled(dy: Tensor, logits: Tensor, gradient: Tensor): Tensor {
  const product = customGrad<Tensor>((given) => {
    const weights = reshape(given as Tensor, [-1, 1, 1]);
    const value = where(notEqual(weights, 0), mul(gradient, weights), zerosLike(gradient));
    const gradFunc = (): Tensor => {
      throw noSecondGradient();
    };
    return { value, gradFunc };
  });
  return product(dy, logits);
}

type LossAndGradient = { readonly value: Tensor1D; readonly gradient?: Tensor3D };

function lossAndGradient(
  logits: Tensor3D,
  targets: TargetTensors,
  { blank, zeroInfinity }: Options,
  wantsGradient: boolean,
): LossAndGradient {
  const { real } = targets;
  const here = real && expandDims(real, 2);
  const normalized = logSoftmax(here === undefined ? logits : where(here, logits, zerosLike(logits))) as Tensor3D;
  const lattice = latticeOf(targets, blank);
  const emissions = emissionsOf(normalized, lattice);
  const { logLikelihood, logAlphas, logBetas } = wantsGradient
    ? alphasAndBetas(lattice, emissions, real)
    : { ...alphas(lattice, emissions, real), logAlphas: undefined, logBetas: undefined };
  const instead = (shape: number[]): Tensor => fill(shape, zeroInfinity ? 0 : Number.POSITIVE_INFINITY);
  const isImpossible = less(logLikelihood, NEVER / 2);
  const value = where(isImpossible, instead(logLikelihood.shape), neg(logLikelihood)) as Tensor1D;
  if (logAlphas === undefined || logBetas === undefined) return { value };

  const shares = softmax(sub(logAlphas, sub(emissions, logBetas)));
  const occupied = matMul(transpose(shares, [1, 0, 2]), oneHot(lattice.labels, logits.shape[2], 1, 0, 'float32'));
  const difference = sub(exp(normalized), occupied);
  const nothing = fill(difference.shape, zeroInfinity ? 0 : Number.NaN);
  const known = where(reshape(isImpossible, [-1, 1, 1]), nothing, difference);
  return { value, gradient: (here === undefined ? known : where(here, known, zerosLike(known))) as Tensor3D };
}

/** log yₜ(l′ₛ), [time, batch, states]; log 0 beyond the states of a row. */
function emissionsOf(normalized: Tensor3D, { labels, isState }: Lattice): Tensor3D {
  const chosen = gather(maximum(normalized, NEVER), labels, 2, 1) as Tensor3D;
  const possible = where(expandDims(isState, 1), chosen, fill(chosen.shape, NEVER));
  return transpose(possible, [1, 0, 2]);
}
