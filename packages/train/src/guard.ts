import { DataError, DivergenceError, Rng, type Tree, tree } from '@elman/core';
import type { Trainable } from './contracts.ts';
import { damageOf } from './damage.ts';

/** The default `divergenceFactor`. */
export const DIVERGENCE_FACTOR = 1e3;

/** Loss and gradient of an update, before it changes the parameters. */
interface Found<P extends Tree, B> {
  /** The update, from 1. */
  readonly step: number;
  /** Its batch in the source: epoch and index, from 0. */
  readonly place: readonly [epoch: number, index: number];
  readonly loss: number;
  /** Unmasked targets. */
  readonly count: number;
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
 * @throws {DataError} naming batch, row and frame, if the batch has NaN or infinite numbers; {DivergenceError}.
 */
export async function expectSound<P extends Tree, S extends Tree, B>(
  run: Guarded<P, S, B>,
  found: Found<P, B>,
  untrained: number | null,
  savedAt: number | undefined,
): Promise<number> {
  const { divergenceFactor = DIVERGENCE_FACTOR } = run;
  const { loss, gradientNorm, count } = found;
  const areFinite = [loss, gradientNorm, count].every(Number.isFinite);
  if (areFinite && loss <= divergenceFactor * Math.max(1, untrained ?? loss)) return untrained ?? loss;
  const here = areFinite ? await untrainedLoss(run, found.batch) : Number.NaN;
  if (areFinite && !(loss > divergenceFactor * Math.max(1, here))) {
    return Math.max(untrained ?? loss, Number.isFinite(here) ? here : 0);
  }
  await expectGoodBatch(found, savedAt);
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
 * @throws {DataError} naming the first number of the batch that is not finite, or if there is no target to have a loss
 * of.
 */
async function expectGoodBatch<B>(
  { step, place: [epoch, index], count, batch }: Omit<Found<Tree, B>, 'params' | 'grads'>,
  savedAt: number | undefined,
): Promise<void> {
  const damage = await damageOf(batch);
  const where = `train: update ${step}: batch ${index} of epoch ${epoch}`;
  if (damage !== undefined) {
    throw new DataError(`${where}, ${damage}. Look at the data, or mask it; ${whatIsSaved(savedAt)}.`);
  }
  if (count === 0) {
    throw new DataError(
      `${where}: all targets are masked, and loss or gradient are no numbers. Leave such batches out; ${whatIsSaved(savedAt)}.`,
    );
  }
}

/**
 * The error for an update that was not made: names the first parameter with a value or gradient that is not finite, else the
 * one with the largest gradient.
 */
async function divergence<P extends Tree, S extends Tree, B>(
  { optimizer, divergenceFactor = DIVERGENCE_FACTOR }: Guarded<P, S, B>,
  { step, loss, gradientNorm, params, grads }: Found<P, B>,
  untrained: number,
  savedAt: number | undefined,
): Promise<DivergenceError> {
  const numbers = `the loss is ${short(loss)}, the gradient's norm ${short(gradientNorm)}`;
  const blame = await blamed(params, grads);
  let advice = adviceFor(optimizer);
  if (step === 1) advice = 'No update was made yet: look at the data, and at how the parameters are initialised';
  else if (Number.isFinite(untrained)) {
    const factor = `more than ${divergenceFactor} times the ${short(untrained)} of untrained parameters`;
    advice = `That is ${factor}. ${advice}, or allow more (divergenceFactor)`;
  }
  const finding = `train: update ${step}: ${numbers}; ${blame}`;
  return new DivergenceError(`${finding}. ${advice}; ${whatIsSaved(savedAt)}.`, { finding, byUpdates: step > 1 });
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
