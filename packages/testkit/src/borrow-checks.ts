import { Rng, ShapeError, type Tree, tree } from '@elman/core';
import { type Tensor, zeros } from '@tensorflow/tfjs-core';
import { ConformanceError } from './errors.ts';
import { BATCH, type CellCheck, type CellSubject } from './subject.ts';
import { countTensors } from './tensors.ts';

/** Checks of cells: memory and errors. */
export const borrowChecks: readonly CellCheck[] = [
  { title: 'no function leaks a tensor', run: nothingLeaks },
  { title: 'arguments are borrowed: alive afterwards, and not returned as results', run: argumentsSurvive },
  { title: 'an input of the wrong width throws a ShapeError that names the cell', run: wrongWidthThrows },
];

type Call = readonly [name: string, call: () => Tree];

/** Every function of the cell that returns tensors. */
function calls({ cell, params, state, input, inputs, mask, context }: CellSubject): Call[] {
  const { scan } = cell;
  return [
    ['init', () => cell.init(Rng.seeded(0))],
    ['initialState', () => cell.initialState(BATCH, context)],
    ['step', () => cell.step(params, state, input, context)],
    ...(scan === undefined
      ? []
      : [
          ['scan', () => scan.call(cell, params, state, inputs, { context }) ?? []] as const,
          ['scan under a mask', () => scan.call(cell, params, state, inputs, { context, mask }) ?? []] as const,
        ]),
  ];
}

async function nothingLeaks(subject: CellSubject): Promise<void> {
  for (const [name, call] of calls(subject)) {
    let returned: Tree = [];
    const created = countTensors(() => {
      returned = call();
    });
    const wanted = new Set(tree.leaves(returned)).size;
    if (created === wanted) continue;
    throw new ConformanceError(
      `${subject.cell.name}: ${name}: expected ${wanted} more tensors, those that it returns, got ${created}; use tidy.`,
    );
  }
}

async function argumentsSurvive(subject: CellSubject): Promise<void> {
  const { cell, params, state, input, inputs, mask, context } = subject;
  const lent = tree.entries({
    params,
    state,
    input,
    inputs,
    mask,
    ...(context === undefined ? {} : { context }),
  });
  const names = new Map<Tensor, string>(lent.map(([path, leaf]) => [leaf, path]));
  for (const [name, call] of calls(subject)) {
    const returned = tree.entries(call());
    const gone = lent.find(([, leaf]) => leaf.isDisposed);
    if (gone !== undefined) {
      throw new ConformanceError(
        `${cell.name}: ${name}: expected ${gone[0]} to be alive afterwards, it was disposed of.`,
      );
    }
    for (const [path, leaf] of returned) {
      if (!names.has(leaf)) continue;
      throw new ConformanceError(
        `${cell.name}: ${name}: expected a fresh tensor as ${path}, got the argument ${names.get(leaf)}; return a clone.`,
      );
    }
  }
}

async function wrongWidthThrows({ cell, params, state, context }: CellSubject): Promise<void> {
  let caught: unknown;
  try {
    cell.step(params, state, zeros([BATCH, cell.inputSize + 1]), context);
  } catch (error) {
    caught = error;
  }
  if (ShapeError.isInstance(caught) && caught.message.includes(cell.name)) return;
  throw new ConformanceError(
    `${cell.name}: step: expected a ShapeError naming ${cell.name} for an input of the wrong width, got ${caught ?? 'none'}; use expectShape.`,
  );
}
