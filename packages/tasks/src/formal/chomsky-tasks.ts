import type { Task } from '@elman/core';
import { parity } from '../lectures/parity.ts';
import { binaryAddition } from './binary-addition.ts';
import { binaryMultiplication } from './binary-multiplication.ts';
import { bucketSort } from './bucket-sort.ts';
import { computeSqrt } from './compute-sqrt.ts';
import { cycleNavigation } from './cycle-navigation.ts';
import { duplicateString } from './duplicate-string.ts';
import { evenPairs } from './even-pairs.ts';
import { missingDuplicate } from './missing-duplicate.ts';
import { modularArithmetic } from './modular-arithmetic.ts';
import { modularArithmeticBrackets } from './modular-arithmetic-brackets.ts';
import { oddsFirst } from './odds-first.ts';
import { reverseString } from './reverse-string.ts';
import { solveEquation } from './solve-equation.ts';
import { stackManipulation } from './stack-manipulation.ts';

/** Level of Chomsky's hierarchy, by the memory it needs: a finite one, a stack, or a tape as long as the input. */
export type ChomskyLevel = 'regular' | 'context-free' | 'context-sensitive';

/** A task and its place in the hierarchy; `make` builds it with the paper's settings. */
export interface ChomskyTask {
  readonly level: ChomskyLevel;
  make(): Task;
}

/**
 * The fifteen tasks of the length-generalisation benchmark, by name: nets are trained on lengths up to 40 and tested on lengths up to 500.
 *
 *   for (const [name, { level, make }] of Object.entries(chomskyTasks)) …
 *
 * `context-free` is deterministic context-free.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy
 */
export const chomskyTasks: { readonly [name: string]: ChomskyTask } = {
  evenPairs: { level: 'regular', make: () => evenPairs() },
  modularArithmetic: { level: 'regular', make: () => modularArithmetic() },
  parity: { level: 'regular', make: () => parity({ supervision: 'last' }) },
  cycleNavigation: { level: 'regular', make: () => cycleNavigation() },
  stackManipulation: { level: 'context-free', make: () => stackManipulation() },
  reverseString: { level: 'context-free', make: () => reverseString() },
  modularArithmeticBrackets: { level: 'context-free', make: () => modularArithmeticBrackets() },
  solveEquation: { level: 'context-free', make: () => solveEquation() },
  duplicateString: { level: 'context-sensitive', make: () => duplicateString() },
  missingDuplicate: { level: 'context-sensitive', make: () => missingDuplicate() },
  oddsFirst: { level: 'context-sensitive', make: () => oddsFirst() },
  binaryAddition: { level: 'context-sensitive', make: () => binaryAddition() },
  binaryMultiplication: { level: 'context-sensitive', make: () => binaryMultiplication() },
  computeSqrt: { level: 'context-sensitive', make: () => computeSqrt() },
  bucketSort: { level: 'context-sensitive', make: () => bucketSort() },
};
