import { type CompiledCell, type Frame, type Stepper, type Tree, tree } from '@elman/core';
import { type Tensor2D, tensor1d, tensor2d, unstack } from '@tensorflow/tfjs-core';
import { BATCH, type CellCheck, type CellSubject } from './subject.ts';
import { expectTreesClose } from './trees.ts';

/** Checks of `compile`, where the backend supports it: its steppers equal `step`. */
export const compileChecks: readonly CellCheck[] = [
  {
    title: 'a compiled cell steps as step does, through project or not',
    applies: (cell) => cell.compile !== undefined,
    run: (subject) => withStepper(subject, stepsAlike),
  },
  {
    title: 'a compiled cell continues with the rows that it keeps',
    applies: (cell) => cell.compile !== undefined,
    run: (subject) => withStepper(subject, keepsRows),
  },
];

type Proof = (subject: CellSubject, start: CompiledCell<Tree>['start']) => Promise<void>;

/** Where the backend has no faster way than `step`, there is nothing to check. */
async function withStepper(subject: CellSubject, prove: Proof): Promise<void> {
  const compiled = subject.cell.compile?.(subject.params);
  if (compiled === undefined) return;
  const steppers: Stepper[] = [];
  const start = (state: Tree): Stepper => {
    const stepper = compiled.start(state);
    steppers.push(stepper);
    return stepper;
  };
  try {
    await prove(subject, start);
  } finally {
    for (const stepper of steppers) stepper.dispose();
    compiled.dispose();
  }
}

async function stepsAlike(subject: CellSubject, start: CompiledCell<Tree>['start']): Promise<void> {
  const { cell, params, context } = subject;
  const ways = cell.project === undefined ? [false] : [false, true];
  for (const isProjected of ways) {
    const stepper = start(subject.state);
    let state = subject.state;
    for (const frame of unstack(subject.inputs, 1) as Frame[]) {
      const next = cell.step(params, state, frame, context);
      state = next.state;
      const inputs = isProjected ? (cell.project?.(params, frame) as Tensor2D) : frame;
      const found = stepper.step((await inputs.data()) as Float32Array, isProjected).slice();
      await expectOutput(subject, found, next.output);
    }
  }
}

async function keepsRows(subject: CellSubject, start: CompiledCell<Tree>['start']): Promise<void> {
  const { cell, params, context, input } = subject;
  const stepper = start(subject.state);
  stepper.step((await input.data()) as Float32Array);
  let { state } = cell.step(params, subject.state, input, context);
  // All rows with one repeated, then fewer.
  for (const rows of [
    [BATCH - 1, 0, 0, 1],
    [2, 0],
  ]) {
    stepper.keep(rows);
    state = tree.gather(state, tensor1d(rows, 'int32'));
    const frame = tree.gather({ input }, tensor1d(rows, 'int32')).input;
    const next = cell.step(params, state, frame, context);
    state = next.state;
    await expectOutput(subject, stepper.step((await frame.data()) as Float32Array).slice(), next.output);
  }
}

async function expectOutput({ cell, options }: CellSubject, found: Float32Array, expected: Frame): Promise<void> {
  const { tolerance } = options;
  const output = tensor2d(found, [found.length / cell.outputSize, cell.outputSize]);
  const where = `${cell.name}: compiled step`;
  await expectTreesClose({ output }, { output: expected }, { relative: tolerance, absolute: tolerance, where });
}
