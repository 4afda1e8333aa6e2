import type { Cell, Tree } from '@elman/core';
import { engine } from '@tensorflow/tfjs-core';
import { borrowChecks } from './borrow-checks.ts';
import { compiledChecks } from './compiled-checks.ts';
import { compiledSequenceChecks } from './compiled-sequence-checks.ts';
import { gradientChecks } from './gradient-checks.ts';
import { recipeChecks } from './recipe-checks.ts';
import { scanChecks } from './scan-checks.ts';
import { stepChecks } from './step-checks.ts';
import { type AnyCell, type CellCheck, type CellOptions, makeSubject } from './subject.ts';

const checks: readonly CellCheck[] = [
  ...stepChecks,
  ...scanChecks,
  ...compiledSequenceChecks,
  ...compiledChecks,
  ...borrowChecks,
  ...gradientChecks,
  ...recipeChecks,
];

/** A check of a cell: its title, and a function that throws if it fails. */
export interface CellProof {
  readonly title: string;
  prove(): Promise<void>;
}

/**
 * The checks of a cell, depending on its functions. `describeCell` makes a test of each; call `prove` without
 * vitest. A backend must have been chosen.
 */
export function cellProofs<P extends Tree, S extends Tree, C = void>(
  makeCell: () => Cell<P, S, C>,
  options: CellOptions<C> = {},
): CellProof[] {
  const make = makeCell as () => AnyCell;
  const given = options as CellOptions<unknown>;
  const cell = make();
  return checks
    .filter((check) => check.applies?.(cell, given) ?? true)
    .map(({ title, run }) => ({
      title: typeof title === 'string' ? title : title(cell, given),
      prove: () => scoped(() => run(makeSubject(make, given))),
    }));
}

/** Disposes every tensor that `f`, which may be async, has made: checks run one after the other, so scopes do not mix. */
async function scoped(f: () => Promise<void>): Promise<void> {
  const scopes = engine();
  scopes.startScope('proof');
  try {
    await f();
  } finally {
    scopes.endScope();
  }
}
