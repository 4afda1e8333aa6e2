import { type Sequence, type Tree, tree, valueAndGrad } from '@elman/core';
import { dot, type Scalar, slice, type Tensor1D } from '@tensorflow/tfjs-core';
import { ConformanceError } from './errors.ts';
import { checkGradient } from './gradients.ts';
import { type CellCheck, type CellSubject, stepThrough } from './subject.ts';
import { countTensors, flatten } from './tensors.ts';

/** Checks of the gradients through a cell. */
export const gradientChecks: readonly CellCheck[] = [
  { title: 'every parameter gets a gradient', run: everyParameterCounts },
  { title: 'gradients w.r.t. parameters, state and inputs agree with finite differences', run: gradientsAreRight },
  { title: 'differentiating leaks no tensor', run: tapeIsFreed },
];

/** Gradients of the randomly weighted sum of all outputs w.r.t. the parameters. */
function differentiate(subject: CellSubject): { value: Scalar; grads: Tree; aux: Tree } {
  const { params, state, inputs, rng } = subject;
  return valueAndGrad((p: Tree) => {
    const { outputs, state: final } = stepThrough(subject, p, state, inputs);
    const flat = flatten([outputs]);
    const weights = rng.fork('weights').tensor([flat.size], (r) => r.uniform(-1, 1)) as Tensor1D;
    return { loss: dot(flat, weights) as Scalar, aux: final };
  }, params);
}

async function everyParameterCounts(subject: CellSubject): Promise<void> {
  const { grads } = differentiate(subject);
  const read = tree.entries(grads).map(async ([path, gradient]) => [path, await gradient.data()] as const);
  for (const [path, gradient] of await Promise.all(read)) {
    if (gradient.some((value) => value !== 0) || subject.options.ofContext?.(path)) continue;
    throw new ConformanceError(
      `${subject.cell.name}: ${path}: expected a gradient from the outputs of several steps, got zeros.`,
    );
  }
}

async function gradientsAreRight(subject: CellSubject): Promise<void> {
  const { cell, params, state, options } = subject;
  const inputs = slice(subject.inputs, [0, 0, 0], [-1, 2, -1]);
  const through = (at: { params: Tree; state: Tree; inputs: Sequence }): Tree =>
    stepThrough(subject, at.params, at.state, at.inputs);
  const { gradientTolerance: tolerance, seed } = options;
  await checkGradient(through, { params, state, inputs }, { tolerance, seed, where: `${cell.name}: gradient` });
}

async function tapeIsFreed(subject: CellSubject): Promise<void> {
  const left = countTensors(() => {
    const { value, grads, aux } = differentiate(subject);
    tree.dispose([value, grads, aux]);
  });
  if (left !== 0) throw new ConformanceError(`${subject.cell.name}: gradient: expected no tensor left, got ${left}.`);
}
