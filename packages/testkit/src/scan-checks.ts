import { type Sequence, type Steps, type Tree, valueAndGrad } from '@elman/core';
import { dot, type Scalar, slice, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { differentiable } from './gradients.ts';
import { type CellCheck, type CellSubject, type Going, stepThrough, TIME } from './subject.ts';
import { flatten } from './tensors.ts';
import { expectTreesClose } from './trees.ts';

const hasScan: CellCheck['applies'] = (cell) => cell.scan !== undefined;

/** Checks of `scan`, where it is not undefined: it equals `step`. */
export const scanChecks: readonly CellCheck[] = [
  {
    title: 'scan equals step over the frames, and so do its gradients',
    applies: hasScan,
    run: (subject) => scanEqualsStep(subject, {}),
  },
  {
    title: 'scan under a mask holds the state and gives outputs of 0, as step does, and so do its gradients',
    applies: hasScan,
    run: (subject) => scanEqualsStep(subject, { mask: subject.mask }),
  },
  {
    title: 'scan in reverse goes from the last frame to the first',
    applies: hasScan,
    run: (subject) => scanEqualsStep(subject, { reverse: true }),
  },
  {
    title: 'scan in reverse under a mask equals step over the frames',
    applies: hasScan,
    run: (subject) => scanEqualsStep(subject, { mask: subject.mask, reverse: true }),
  },
  { title: 'scanning two parts in turn equals scanning the whole', applies: hasScan, run: scanInParts },
];

/** By `scan`, or by `step` where the scan is undefined on the active backend. */
function scanThrough(
  subject: Pick<CellSubject, 'cell' | 'context'>,
  params: Tree,
  state: Tree,
  inputs: Sequence,
  going: Going = {},
): Steps<Tree> {
  const { cell, context } = subject;
  return (
    cell.scan?.(params, state, inputs, { context, ...going }) ?? stepThrough(subject, params, state, inputs, going)
  );
}

async function scanEqualsStep(subject: CellSubject, going: Going): Promise<void> {
  const { cell, options } = subject;
  const { tolerance } = options;
  const [scanned, stepped] = [scanThrough, stepThrough].map((through) => withGradients(subject, through, going)) as [
    Both,
    Both,
  ];
  const closeness = { relative: tolerance, absolute: tolerance };
  await expectTreesClose(scanned.values, stepped.values, { ...closeness, where: `${cell.name}: scan` });
  await expectTreesClose(scanned.grads, stepped.grads, { ...closeness, where: `${cell.name}: gradient through scan` });
}

type Both = { readonly values: Tree; readonly grads: Tree };

/** Outputs and state, and the gradients of their randomly weighted sum by parameters, state, inputs and context. */
export function withGradients(subject: CellSubject, through: typeof scanThrough, going: Going = {}): Both {
  const { params, state, inputs, context, rng } = subject;
  const given = { params, state, inputs, ...(context !== undefined && { context }) };
  const { leaves, paths, put } = differentiable(given as { [key: string]: Tree });
  const { grads, aux } = valueAndGrad(
    (values: Tensor[]) => {
      const at = put(values) as { params: Tree; state: Tree; inputs: Sequence; context?: Tree };
      const { outputs, state: final } = through(
        { ...subject, context: at.context },
        at.params,
        at.state,
        at.inputs,
        going,
      );
      const flat = flatten(differentiable([outputs, final]).leaves);
      const weights = rng.fork('weights').tensor([flat.size], (r) => r.uniform(-1, 1)) as Tensor1D;
      return { loss: dot(flat, weights) as Scalar, aux: { outputs, state: final } as Tree };
    },
    [...leaves],
  );
  return {
    values: aux,
    grads: Object.fromEntries(paths.map((path, i) => [path.replaceAll('.', '/'), grads[i] as Tensor])),
  };
}

async function scanInParts(subject: CellSubject): Promise<void> {
  const { cell, params, state, inputs, options } = subject;
  const { tolerance } = options;
  const part = (from: number, to: number): Sequence =>
    slice(inputs, [0, from, 0], [inputs.shape[0], to - from, inputs.shape[2]]);
  const whole = scanThrough(subject, params, state, inputs);
  const first = scanThrough(subject, params, state, part(0, 1));
  const second = scanThrough(subject, params, first.state, part(1, TIME));
  const where = `${cell.name}: scan in two parts`;
  const closeness = { relative: tolerance, absolute: tolerance, where };
  await expectTreesClose({ state: second.state }, { state: whole.state }, closeness);
  await expectTreesClose(
    { outputs: [first.outputs, second.outputs] },
    { outputs: [slice(whole.outputs, [0, 0, 0], [-1, 1, -1]), slice(whole.outputs, [0, 1, 0], [-1, -1, -1])] },
    closeness,
  );
}
