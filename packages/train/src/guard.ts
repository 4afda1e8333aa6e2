import { DivergenceError, type Tree, tree } from '@elman/core';

/** A loss so many times above max(1, the first loss) is a run gone wild. */
const WILD = 1e3;

const ADVICE = 'Lower the learning rate or clip the gradient (clipByGlobalNorm)';

/** Whether these numbers allow an update. */
export function isSound(loss: number, gradientNorm: number, firstLoss: number | null): boolean {
  if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) return false;
  return firstLoss === null || loss <= WILD * Math.max(1, firstLoss);
}

/**
 * The error for an update that was not made: names the first parameter with a value or a gradient that is not finite, else the
 * one with the largest gradient.
 */
export async function divergence<P extends Tree>(
  { step, loss, gradientNorm }: { readonly step: number; readonly loss: number; readonly gradientNorm: number },
  params: P,
  grads: P,
  savedAt: number | undefined,
): Promise<DivergenceError> {
  const numbers = `the loss is ${short(loss)}, the gradient's norm ${short(gradientNorm)}`;
  const blame = await blamed(params, grads);
  const saved = savedAt === undefined ? 'nothing was saved before' : `the state saved after update ${savedAt} is good`;
  return new DivergenceError(`train: update ${step}: ${numbers}; ${blame}. ${ADVICE}; ${saved}.`);
}

/** @throws {DivergenceError} naming the first parameter that is not finite after `step` updates. */
export async function expectFinite(params: Tree, step: number, savedAt: number | undefined): Promise<void> {
  for (const [path, leaf] of tree.entries(params)) {
    if (largest(await leaf.data()) < Number.POSITIVE_INFINITY) continue;
    const saved =
      savedAt === undefined ? 'nothing was saved before' : `the state saved after update ${savedAt} is good`;
    throw new DivergenceError(`train: update ${step}: it made ${path} infinite or NaN. ${ADVICE}; ${saved}.`);
  }
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
