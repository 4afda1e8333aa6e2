import type { Frame, Sequence, Steps, Tree } from '@elman/core';
import { reshape, slice, stack } from '@tensorflow/tfjs-core';
import { withGradients } from './scan-checks.ts';
import { type CellCheck, type CellSubject, stepThrough } from './subject.ts';
import { expectTreesClose } from './trees.ts';

/** Checks of `feed`, where the backend supports it: fed frame by frame, a cell equals `step`. */
export const feedChecks: readonly CellCheck[] = [
  {
    title: 'a cell that is fed frame by frame steps as step does, and so do its gradients',
    applies: (cell) => cell.feed !== undefined && cell.inputSize > 1,
    run: feedEqualsStep,
  },
];

/** The number of last inputs that are fed. */
const FED = 1;

async function feedEqualsStep(subject: CellSubject): Promise<void> {
  const { cell, params, inputs, options } = subject;
  if (cell.feed?.(params, known(inputs), FED) === undefined) return; // the backend has no faster way than step
  const [fed, stepped] = [feedThrough, stepThrough].map((through) => withGradients(subject, through)) as [Both, Both];
  const closeness = { relative: options.tolerance, absolute: options.tolerance };
  await expectTreesClose(fed.values, stepped.values, { ...closeness, where: `${cell.name}: feed` });
  await expectTreesClose(fed.grads, stepped.grads, { ...closeness, where: `${cell.name}: gradient through feed` });
}

type Both = ReturnType<typeof withGradients>;

const known = (inputs: Sequence): Sequence => slice(inputs, [0, 0, 0], [-1, -1, inputs.shape[2] - FED]);

function feedThrough({ cell }: Pick<CellSubject, 'cell'>, params: Tree, start: Tree, inputs: Sequence): Steps<Tree> {
  const [batch, time, size] = inputs.shape;
  const ready = cell.feed?.(params, known(inputs), FED);
  const outputs: Frame[] = [];
  let state = start;
  for (let t = 0; t < time; t++) {
    const fed: Frame = reshape(slice(inputs, [0, t, size - FED], [-1, 1, FED]), [batch, FED]);
    const next = ready?.step(state, fed, t) as { output: Frame; state: Tree };
    outputs.push(next.output);
    state = next.state;
  }
  return { outputs: stack(outputs, 1) as Sequence, state };
}
