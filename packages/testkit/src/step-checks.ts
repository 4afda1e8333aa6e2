import { Rng, type Sequence, type Tree, tree } from '@elman/core';
import { gather, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { ConformanceError } from './errors.ts';
import { BATCH, type CellCheck, type CellSubject, stepThrough } from './subject.ts';
import { expectTreesClose } from './trees.ts';

/** Checks of states and steps. */
export const stepChecks: readonly CellCheck[] = [
  { title: 'axis 0 of every leaf of the state is the batch', run: batchIsFirst },
  { title: 'a step keeps the shapes and dtypes of the state and gives an output of outputSize', run: formIsKept },
  { title: 'a step is a function of its arguments alone', run: stepIsPure },
  {
    title: 'rows do not influence each other',
    applies: (_, { rowsInteract }) => rowsInteract === undefined,
    run: rowsAreIndependent,
  },
  {
    title: (_, { rowsInteract }) => `rows influence each other: ${rowsInteract}`,
    applies: (_, { rowsInteract }) => rowsInteract !== undefined,
    run: rowsInfluenceEachOther,
  },
  { title: 'the same seed gives the same parameters, another seed others, all float32', run: seedDecides },
  { title: 'parameters and states are restored from their paths', run: treesHavePaths },
];

const form = ({ dtype, shape }: Tensor): string => `${dtype} [${shape.join(', ')}]`;

async function batchIsFirst({ cell, options }: CellSubject): Promise<void> {
  for (const batchSize of [1, 5]) {
    const context = options.context?.(batchSize, Rng.seeded(batchSize));
    for (const [path, leaf] of tree.entries(cell.initialState(batchSize, context))) {
      if (leaf.shape[0] === batchSize) continue;
      throw new ConformanceError(
        `${cell.name}: initialState(${batchSize}): ${path || 'state'}: expected [${batchSize}, …], got [${leaf.shape.join(', ')}].`,
      );
    }
  }
}

async function formIsKept({ cell, params, input, context }: CellSubject): Promise<void> {
  const start = cell.initialState(BATCH, context);
  let state = start;
  for (let t = 0; t < 2; t++) {
    const next = cell.step(params, state, input, context);
    const wanted = `float32 [${BATCH}, ${cell.outputSize}]`;
    if (form(next.output) !== wanted) {
      throw new ConformanceError(`${cell.name}: output: expected ${wanted}, got ${form(next.output)}.`);
    }
    tree.zip(start, next.state, (before, after, path) => {
      if (form(before) === form(after)) return after;
      throw new ConformanceError(
        `${cell.name}: state after a step: ${path || 'state'}: expected ${form(before)}, got ${form(after)}.`,
      );
    });
    state = next.state;
  }
}

async function stepIsPure({ cell, params, state, input, context }: CellSubject): Promise<void> {
  const [first, second] = [0, 1].map(() => cell.step(params, state, input, context)) as unknown as [Tree, Tree];
  await expectTreesClose(second, first, { relative: 0, absolute: 0, where: `${cell.name}: the same step again` });
}

async function rowsAreIndependent(subject: CellSubject): Promise<void> {
  const { cell, params, state, inputs, context, options } = subject;
  const all = stepThrough(subject, params, state, inputs);
  for (const order of [[2, 0, 0, 3], [1]]) {
    const rows = tensor1d(order, 'int32');
    const ofRows = context === undefined ? context : tree.gather(context, rows);
    const some = stepThrough(
      { cell, context: ofRows },
      params,
      tree.gather(state, rows),
      gather(inputs, rows) as Sequence,
    );
    await expectTreesClose(some, tree.gather(all as Tree, rows), {
      relative: options.tolerance,
      absolute: options.tolerance,
      where: `${cell.name}: rows ${order.join(', ')} alone`,
    });
  }
}

async function rowsInfluenceEachOther(subject: CellSubject): Promise<void> {
  const { cell, params, state, inputs, context } = subject;
  const all = stepThrough(subject, params, state, inputs);
  const rows = tensor1d([2, 0, 3], 'int32');
  const ofRows = context === undefined ? context : tree.gather(context, rows);
  const some = stepThrough(
    { cell, context: ofRows },
    params,
    tree.gather(state, rows),
    gather(inputs, rows) as Sequence,
  );
  try {
    await expectTreesClose(some, tree.gather(all as Tree, rows), { relative: 1e-3, absolute: 1e-3 });
  } catch {
    return;
  }
  throw new ConformanceError(
    `${cell.name}: rowsInteract: expected rows that influence each other, they do not; leave the option out.`,
  );
}

async function seedDecides({ cell }: CellSubject): Promise<void> {
  const [params, again, other] = [1, 1, 2].map((seed) => cell.init(Rng.seeded(seed))) as [Tree, Tree, Tree];
  for (const [path, leaf] of tree.entries(params)) {
    if (leaf.dtype === 'float32') continue;
    throw new ConformanceError(
      `${cell.name}: init: ${path}: expected float32, which can be trained, got ${leaf.dtype}.`,
    );
  }
  if (tree.size(params) === 0) return;
  const where = `${cell.name}: init with the same seed`;
  await expectTreesClose(again, params, { relative: 0, absolute: 0, where });
  try {
    await expectTreesClose(other, params, { relative: 0, absolute: 0 });
  } catch {
    return;
  }
  throw new ConformanceError(`${cell.name}: init: expected other parameters from another seed, got the same.`);
}

async function treesHavePaths({ cell, params, state }: CellSubject): Promise<void> {
  for (const [name, whole] of Object.entries({ params, state })) {
    const entries = tree.entries(whole);
    const back = tree.fromEntries(whole, [...entries].reverse());
    await expectTreesClose(back, whole, { relative: 0, absolute: 0, where: `${cell.name}: ${name}` });
  }
}
