import { type Frame, type Tree, tree } from '@elman/core';
import { type CompiledCell, compiledCell } from '@elman/kernels';
import { reshape, type Tensor2D, tensor1d, tensor2d, unstack } from '@tensorflow/tfjs-core';
import { BATCH, type CellCheck, type CellSubject } from './subject.ts';
import { expectTreesClose } from './trees.ts';

/** Checks of the compiled step, by which a cell generates: it equals `step`. */
export const compiledChecks: readonly CellCheck[] = [
  {
    title: 'compiled for one frame at a time it steps as step does',
    run: (subject) => withCompiled(subject, stepsAlike),
  },
  {
    title: 'compiled for one frame at a time it continues with the rows that it keeps',
    run: (subject) => withCompiled(subject, keepsRows),
  },
];

/** Where the step cannot be compiled, or not on the active backend, there is nothing to check. */
async function withCompiled(
  subject: CellSubject,
  prove: (subject: CellSubject, compiled: CompiledCell<Tree>) => Promise<void>,
): Promise<void> {
  const { cell, params, context } = subject;
  const compiled = compiledCell(cell, params, { context, rows: BATCH });
  if (compiled === undefined) return;
  try {
    await prove(subject, compiled);
  } finally {
    compiled.dispose();
  }
}

/** One row for each of the context, and two; the inputs as numbers, and as rows of a table. */
async function stepsAlike(subject: CellSubject, compiled: CompiledCell<Tree>): Promise<void> {
  const { cell, params } = subject;
  const frames = unstack(subject.inputs, 1) as Frame[];
  const table = compiled.tabulate(reshape(subject.inputs, [-1, cell.inputSize]) as Tensor2D);
  for (const times of [1, 2]) {
    const rows = Array.from({ length: times * BATCH }, (_, row) => Math.floor(row / times));
    let { state, context } = chosen(subject, rows);
    const steppers = [compiled.start(state, rows.length), compiled.start(state, rows.length)] as const;
    for (const [t, frame] of frames.entries()) {
      const { input } = gather({ input: frame }, rows);
      const next = cell.step(params, state, input, context);
      state = next.state;
      const found = steppers[0].step((await input.data()) as Float32Array).slice();
      await expectOutput(subject, found, next.output);
      const indices = rows.map((row) => row * frames.length + t);
      await expectOutput(subject, steppers[1].stepRows(table, indices).slice(), next.output);
    }
    for (const stepper of steppers) stepper.dispose();
  }
  table.dispose();
}

/** All rows with one repeated, then fewer. */
async function keepsRows(subject: CellSubject, compiled: CompiledCell<Tree>): Promise<void> {
  const { cell, params, input } = subject;
  const stepper = compiled.start(subject.state, BATCH);
  stepper.step((await input.data()) as Float32Array);
  let { state } = cell.step(params, subject.state, input, subject.context);
  let of: Chosen = { state, context: subject.context, input };
  for (const rows of [
    [BATCH - 1, 0, 0, 1],
    [2, 0],
  ]) {
    stepper.keep(rows);
    of = chosen({ ...of, state }, rows);
    const next = cell.step(params, of.state, of.input as Frame, of.context);
    state = next.state;
    const found = stepper.step((await (of.input as Frame).data()) as Float32Array);
    await expectOutput(subject, found.slice(), next.output);
  }
  stepper.dispose();
}

type Chosen = { readonly state: Tree; readonly context: Tree | undefined; readonly input?: Frame };

/** These rows of a state, of its context and of its input. */
function chosen({ state, context, input }: Chosen, rows: readonly number[]): Chosen {
  return {
    state: gather(state, rows),
    context: context && gather(context, rows),
    ...(input === undefined ? {} : gather({ input }, rows)),
  };
}

const gather = <T extends Tree>(of: T, rows: readonly number[]): T => tree.gather(of, tensor1d([...rows], 'int32'));

async function expectOutput({ cell, options }: CellSubject, found: Float32Array, expected: Frame): Promise<void> {
  const { tolerance } = options;
  const output = tensor2d(found, [found.length / cell.outputSize, cell.outputSize]);
  const where = `${cell.name}: compiled step`;
  await expectTreesClose({ output }, { output: expected }, { relative: tolerance, absolute: tolerance, where });
}
