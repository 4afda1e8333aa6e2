import { Rng, type Sequence, type Steps, type Tree, tree } from '@elman/core';
import { compiledScan, type Explanation, explain } from '@elman/kernels';
import { reverse } from '@tensorflow/tfjs-core';
import { ConformanceError } from './errors.ts';
import { withGradients } from './scan-checks.ts';
import {
  type AnyCell,
  BATCH,
  type CellCheck,
  type CellOptions,
  type CellSubject,
  type Going,
  stepThrough,
  TIME,
} from './subject.ts';
import { expectTreesClose } from './trees.ts';

/** Checks of the compiled step, by which `unroll` runs a sequence as one op: it equals `step`, frame by frame. */
export const compiledSequenceChecks: readonly CellCheck[] = [
  { title: verdict, run: compiles },
  {
    title: 'compiled, a sequence equals step over the frames in both directions, and so do its gradients',
    run: (subject) => equalsStep(subject, [{}, { reverse: true }]),
  },
  {
    title: 'compiled under a mask, it holds the state and gives outputs of 0, as step does, and so do its gradients',
    run: (subject) => equalsStep(subject, [{ mask: subject.mask }, { mask: reverse(subject.mask, 1), reverse: true }]),
  },
  {
    title: 'compiled with noise and a mask, it draws the numbers that step draws',
    run: (subject) => equalsStep(subject, [{ rng: subject.rng.fork('noise'), mask: subject.mask }]),
  },
];

/** What the compiler makes of a cell, with mask and noise. */
function explanationOf(cell: AnyCell, { context }: CellOptions<unknown>): Explanation {
  const given = context?.(BATCH, Rng.seeded(0)) as Tree | undefined;
  const found = explain(cell, { batchSize: BATCH, time: TIME, context: given, masked: true, noisy: true });
  if (given !== undefined) tree.dispose(given);
  return found;
}

/** Whether a cell is compiled, in one line. */
function verdict(cell: AnyCell, options: CellOptions<unknown>): string {
  let found: Explanation;
  try {
    found = explanationOf(cell, options);
  } catch {
    return 'compiles'; // It has no parameters or no state: the check itself throws that.
  }
  const { compiled, reason } = found;
  if (compiled !== undefined) {
    const loops = [...compiled.forward, ...compiled.backward].filter(({ when }) => when === 'loop over frames');
    const products = loops.reduce((sum, part) => sum + part.products.length, 0);
    return `compiles: ${compiled.ops.simplified} ops, ${products} products a frame`;
  }
  const { op, line } = reason as NonNullable<typeof reason>;
  return `runs frame by frame: ${op}${line === undefined ? '' : ` at ${line}`}`;
}

async function compiles({ cell, options }: CellSubject): Promise<void> {
  const { notCompiled } = options;
  const { compiled, reason } = explanationOf(cell, options);
  if (compiled !== undefined && notCompiled !== undefined) {
    throw new ConformanceError(
      `${cell.name}: notCompiled: expected a cell that is not compiled, it is; leave the option out.`,
    );
  }
  if (reason === undefined || notCompiled !== undefined) return;
  const { op, line, message } = reason;
  const where = line === undefined ? op : `${op} at ${line}`;
  throw new ConformanceError(
    `${cell.name}: step: expected one that compiles: ${where}: ${message} If that cannot be, say why with notCompiled.`,
  );
}

async function equalsStep(subject: CellSubject, ways: readonly Going[]): Promise<void> {
  const { cell, options } = subject;
  const closeness = { relative: options.tolerance, absolute: options.tolerance };
  for (const going of ways) {
    if (!isCompiled(subject, going)) return;
    const [found, wanted] = [compiledThrough, stepThrough].map((through) => withGradients(subject, through, going)) as [
      Both,
      Both,
    ];
    await expectTreesClose(found.values, wanted.values, { ...closeness, where: `${cell.name}: compiled` });
    await expectTreesClose(found.grads, wanted.grads, {
      ...closeness,
      where: `${cell.name}: gradient of the compiled step`,
    });
  }
}

type Both = ReturnType<typeof withGradients>;

/** Whether a sequence is run by the compiled step. @throws {ConformanceError} if it is not where it should be. */
function isCompiled(subject: CellSubject, going: Going): boolean {
  const { cell, params, state, context, inputs, options } = subject;
  const found = compiledScan(cell, params, state, inputs, { context, ...going });
  if (found !== undefined) return true;
  if (options.notCompiled !== undefined || !explanationOf(cell, options).isCompiledHere) return false;
  throw new ConformanceError(`${cell.name}: expected its sequence to be run by the compiled step, it was not.`);
}

function compiledThrough(
  { cell, context }: Pick<CellSubject, 'cell' | 'context'>,
  params: Tree,
  state: Tree,
  inputs: Sequence,
  going: Going = {},
): Steps<Tree> {
  return compiledScan(cell, params, state, inputs, { context, ...going }) as Steps<Tree>;
}
