import { DivergenceError, Rng, type Tree, tree } from '@elman/core';
import { Tensor } from '@tensorflow/tfjs-core';
import type { Trainable } from './contracts.ts';

/** The default `divergenceFactor`. */
export const DIVERGENCE_FACTOR = 1e3;

/** Loss and gradient of an update, before it changes the parameters. */
interface Found<P extends Tree, B> {
  /** The update, from 1. */
  readonly step: number;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly params: P;
  readonly grads: P;
  readonly batch: B;
}

/** The run, for the error. */
interface Guarded<P extends Tree, S extends Tree, B> {
  readonly model: Trainable<P, S, B>;
  readonly optimizer: { readonly name: string };
  readonly seed: number | string;
  readonly divergenceFactor?: number | undefined;
}

/**
 * Throws unless an update may be made: loss and gradient are finite, and the loss is not above divergenceFactor ·
 * max(1, u), where u is the loss of untrained parameters on the same batch. u is only computed if the loss exceeds that
 * bound for the largest u so far: a series whose later windows are larger has larger losses with untrained parameters,
 * too.
 *
 * @param untrained the largest u so far; null before the first update.
 * @returns the largest u so far.
 * @throws {DivergenceError}
 */
export async function expectSound<P extends Tree, S extends Tree, B>(
  run: Guarded<P, S, B>,
  found: Found<P, B>,
  untrained: number | null,
  savedAt: number | undefined,
): Promise<number> {
  const { divergenceFactor = DIVERGENCE_FACTOR } = run;
  const { loss, gradientNorm } = found;
  const areFinite = Number.isFinite(loss) && Number.isFinite(gradientNorm);
  if (areFinite && loss <= divergenceFactor * Math.max(1, untrained ?? loss)) return untrained ?? loss;
  const here = areFinite ? await untrainedLoss(run, found.batch) : Number.NaN;
  if (areFinite && !(loss > divergenceFactor * Math.max(1, here))) {
    return Math.max(untrained ?? loss, Number.isFinite(here) ? here : 0);
  }
  throw await divergence(run, found, here, savedAt);
}

async function untrainedLoss<P extends Tree, S extends Tree, B>(
  { model, seed }: Guarded<P, S, B>,
  batch: B,
): Promise<number> {
  const loss = tree.tidy(() => {
    const state = model.initialState(model.batchSize(batch));
    return model.loss(model.init(Rng.seeded(seed).fork('parameters')), batch, state, {}).loss;
  });
  const [value] = await loss.data();
  loss.dispose();
  return value as number;
}

/**
 * The error for an update that was not made: names the first parameter with a value or gradient that is not finite, else the
 * one with the largest gradient; and the first tensor of the batch that is not finite.
 */
async function divergence<P extends Tree, S extends Tree, B>(
  { optimizer, divergenceFactor = DIVERGENCE_FACTOR }: Guarded<P, S, B>,
  { step, loss, gradientNorm, params, grads, batch }: Found<P, B>,
  untrained: number,
  savedAt: number | undefined,
): Promise<DivergenceError> {
  const numbers = `the loss is ${short(loss)}, the gradient's norm ${short(gradientNorm)}`;
  const blame = await blamed(params, grads);
  const damaged = await notFinite(batch);
  let advice = adviceFor(optimizer);
  if (damaged !== undefined) advice = `${damaged} of its batch is not finite: look at the data`;
  else if (step === 1) advice = 'No update was made yet: look at the data, and at how the parameters are initialised';
  else if (Number.isFinite(untrained)) {
    const factor = `more than ${divergenceFactor} times the ${short(untrained)} of untrained parameters`;
    advice = `That is ${factor}. ${advice}, or allow more (divergenceFactor)`;
  }
  const finding = `train: update ${step}: ${numbers}; ${blame}`;
  return new DivergenceError(`${finding}. ${advice}; ${whatIsSaved(savedAt)}.`, { finding });
}

/** @throws {DivergenceError} naming the first parameter that is not finite after `step` updates. */
export async function expectFinite(
  params: Tree,
  optimizer: { readonly name: string },
  step: number,
  savedAt: number | undefined,
): Promise<void> {
  for (const [path, leaf] of tree.entries(params)) {
    if (largest(await leaf.data()) < Number.POSITIVE_INFINITY) continue;
    const finding = `train: update ${step}: it made ${path} infinite or NaN`;
    throw new DivergenceError(`${finding}. ${adviceFor(optimizer)}; ${whatIsSaved(savedAt)}.`, { finding });
  }
}

/** Advice that is not already followed: the names of optimizers in a chain are in its name. */
const adviceFor = ({ name }: { readonly name: string }): string =>
  `Lower the learning rate or ${/\bclipBy/.test(name) ? 'the limit of the clipping' : 'clip the gradient (clipByGlobalNorm)'}`;

const whatIsSaved = (savedAt: number | undefined): string =>
  savedAt === undefined ? 'nothing was saved before' : `the state saved after update ${savedAt} is good`;

/** The first tensor of a batch that has NaN or infinite numbers, by its path. */
async function notFinite(batch: unknown, path = ''): Promise<string | undefined> {
  if (batch instanceof Tensor) {
    return largest(await batch.data()) === Number.POSITIVE_INFINITY ? path || 'a tensor' : undefined;
  }
  if (typeof batch !== 'object' || batch === null) return undefined;
  for (const [key, part] of Object.entries(batch)) {
    const found = await notFinite(part, path === '' ? key : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function blamed<P extends Tree>(params: P, grads: P): Promise<string> {
  const values = tree.entries(params);
  let most = -1;
  let steepest = '';
  for (const [i, [path, gradient]] of tree.entries(grads).entries()) {
    const [, value] = values[i] as (typeof values)[number];
    if (largest(await value.data()) === Number.POSITIVE_INFINITY) return `${path} has values that are not finite`;
    const numbers = await gradient.data();
    if (largest(numbers) === Number.POSITIVE_INFINITY) return `the gradient of ${path} is not finite`;
    const norm = Math.sqrt((numbers as Float32Array).reduce((sum, x) => sum + x * x, 0));
    if (norm > most) [most, steepest] = [norm, path];
  }
  return `the largest gradient is that of ${steepest} (norm ${short(most)})`;
}

/** The largest absolute value; Infinity if there is a NaN. */
function largest(numbers: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < numbers.length; i++) {
    const size = Math.abs(numbers[i] as number);
    if (Number.isNaN(size)) return Number.POSITIVE_INFINITY;
    if (size > most) most = size;
  }
  return most;
}

const short = (x: number): string => (Number.isFinite(x) ? `${Number(x.toPrecision(4))}` : `${x}`);
