import { DataError } from '@elman/core';

/** A sequence: token ids [time], or frames [time][features]. */
export type Values = ArrayLike<number> | readonly ArrayLike<number>[];

/** A sequence with what is wanted of it: a target for each of its time steps, or one number (a class) for the whole. */
export type Example = {
  readonly inputs: Values;
  readonly targets: Values | number;
};

/** Token ids with a token wanted at each: the language model's kind of example. */
export type TokenExample = {
  readonly inputs: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
};

/** Tokens as an example of what follows each: inputs are all but the last, targets all but the first. */
export function nextTokens(ids: Int32Array): TokenExample {
  return { inputs: ids.subarray(0, -1), targets: ids.subarray(1) };
}

/** Whether the time steps are frames of features, not ids. */
export const isFrames = (values: Values): values is readonly ArrayLike<number>[] => typeof values[0] === 'object';

/** Throws unless every example has time steps (at most `length`), a target for each, and the kind and width of the first. */
export function checkExamples(where: string, examples: readonly Example[], length?: number): void {
  const [first] = examples;
  if (first === undefined) throw new DataError(`${where}: expected one example or more, got none.`);
  const wanted = [kindOf(first.inputs), kindOf(first.targets)].join(' → ');
  for (const [i, { inputs, targets }] of examples.entries()) {
    if (inputs.length === 0) throw new DataError(`${where}: example ${i} is empty; leave it out.`);
    if (typeof targets !== 'number' && targets.length !== inputs.length) {
      throw new DataError(
        `${where}: example ${i}: expected a target for each of ${inputs.length} time steps, got ${targets.length}.`,
      );
    }
    if (length !== undefined && !(inputs.length <= length)) {
      throw new DataError(
        `${where}: example ${i}: expected ${length} time steps or fewer, got ${inputs.length}; cut it, or use a larger length.`,
      );
    }
    const got = [kindOf(inputs), kindOf(targets)].join(' → ');
    if (got !== wanted) throw new DataError(`${where}: example ${i}: expected ${wanted} as in example 0, got ${got}.`);
  }
}

function kindOf(values: Values | number): string {
  if (typeof values === 'number') return Number.isSafeInteger(values) ? 'a class' : `${values}`;
  if (!isFrames(values)) return 'ids';
  const [{ length }] = values as readonly [ArrayLike<number>];
  const isEven = values.every((frame) => frame.length === length);
  return isEven ? `frames of ${length}` : 'frames of different widths';
}
