import { DataError, isFloat32, isId, shown } from '@elman/core';
import { expectFloats, expectIds, widthOf } from './numbers.ts';

/** A sequence: token ids [time], or frames [time][features]. */
export type Values = ArrayLike<number> | readonly ArrayLike<number>[];

/**
 * A sequence with its target:
 *
 *   of each time step        ids [time] or frames [time][size]
 *   of the whole sequence    a class, a number, or a list of numbers
 *
 * A list of whole numbers from 0 is ids, one for each time step, unless another example of the same source has a list with other numbers. A
 * Float32Array or Float64Array is always numbers of the whole sequence.
 */
export type Example = {
  readonly inputs: Values;
  readonly targets: Values | number;
};

/** Token ids with a target token at each: the language model's kind of example. */
export type TokenExample = {
  readonly inputs: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
};

/** Frames with a target frame at each. */
export type FrameExample = {
  readonly inputs: readonly ArrayLike<number>[];
  readonly targets: readonly ArrayLike<number>[];
};

/** The kind of all targets: one per time step, or classes or numbers of whole sequences. */
export type TargetKind = 'steps' | 'classes' | 'numbers';

/** Tokens as an example of what follows each: inputs are all but the last, targets all but the first. */
export function nextTokens(ids: ArrayLike<number>): TokenExample {
  if (ids instanceof Int32Array) return { inputs: ids.subarray(0, -1), targets: ids.subarray(1) };
  const all = Array.from(ids);
  return { inputs: all.slice(0, -1), targets: all.slice(1) };
}

/** Frames as an example of what follows each: inputs are all but the last, targets all but the first. */
export function nextFrames(frames: readonly ArrayLike<number>[]): FrameExample {
  return { inputs: frames.slice(0, -1), targets: frames.slice(1) };
}

/** Whether the time steps are frames of features, not ids. */
export const isFrames = (values: Values): values is readonly ArrayLike<number>[] => typeof values[0] === 'object';

/**
 * The kind of the targets of examples. Throws unless every example has time steps (at most `length`), all of the kind
 * and width of the first, and targets that fit them; and for numbers that tensors would silently change.
 */
export function checkExamples(where: string, examples: readonly Example[], length?: number): TargetKind {
  const [first] = examples;
  if (first === undefined) throw new DataError(`${where}: expected one example or more, got none.`);
  const kinds = examples.map((example, i) => kindOf(`${where}: example ${i}`, example, length));
  const isMixed = (i: number) => kinds[i]?.inputs !== kinds[0]?.inputs || kinds[i]?.form !== kinds[0]?.form;
  const other = kinds.findIndex((_, i) => isMixed(i));
  if (other >= 0) {
    const [wanted, got] = [kinds[0], kinds[other]].map((kind) => `${kind?.inputs} → ${kind?.targets}`);
    throw new DataError(`${where}: example ${other}: expected ${wanted} as in example 0, got ${got}.`);
  }
  const hasNumbers = kinds.some(({ targets }) => targets === 'a number' || targets === 'numbers');
  if (typeof first.targets === 'number') return hasNumbers ? 'numbers' : 'classes';
  if (hasNumbers) {
    expectVectors(where, examples);
    return 'numbers';
  }
  for (const [i, { inputs, targets }] of examples.entries()) {
    if (typeof targets === 'number' || targets.length === inputs.length) continue;
    const advice = isFrames(targets) ? '' : ' For numbers of the whole sequence give a Float32Array.';
    throw new DataError(
      `${where}: example ${i}: expected a target for each of ${inputs.length} time steps, got ${targets.length}.${advice}`,
    );
  }
  return 'steps';
}

/** The parts of an example in words; `form` must be the same in all. */
type Kind = { readonly inputs: string; readonly targets: string; readonly form: string };

function kindOf(where: string, { inputs, targets }: Example, length: number | undefined): Kind {
  if (inputs?.length === undefined) {
    throw new DataError(`${where}: inputs: expected a list of ids or of frames, got ${shown(inputs)}.`);
  }
  if (inputs.length === 0) throw new DataError(`${where} is empty; leave it out.`);
  if (length !== undefined && inputs.length > length) {
    throw new DataError(
      `${where}: expected ${length} time steps or fewer, got ${inputs.length}; cut it, or use a larger length.`,
    );
  }
  const read = isFrames(inputs) ? `frames of ${widthOf(`${where}: inputs`, inputs)}` : 'ids';
  if (!isFrames(inputs)) expectIds(`${where}: inputs`, inputs, AS_FRAMES);
  if (typeof targets !== 'object' || targets === null) {
    if (!isFloat32(targets)) {
      throw new DataError(
        `${where}: targets: expected a class from 0, a finite number, or a list of them, got ${shown(targets)}.`,
      );
    }
    return { inputs: read, targets: isId(targets) ? 'a class' : 'a number', form: 'one' };
  }
  if (isFrames(targets)) {
    const frames = `frames of ${widthOf(`${where}: targets`, targets)}`;
    return { inputs: read, targets: frames, form: frames };
  }
  if (areNumbers(targets)) expectFloats(`${where}: targets`, targets);
  return { inputs: read, targets: areNumbers(targets) ? 'numbers' : 'ids', form: 'list' };
}

/** Whether a list holds anything but ids. */
function areNumbers(list: ArrayLike<number>): boolean {
  const isFloatArray = list instanceof Float32Array || list instanceof Float64Array;
  return isFloatArray || !Array.prototype.every.call(list, (value) => isId(value));
}

const AS_FRAMES = 'encode it with a tokenizer, or give numbers as frames, a list for each time step: [[0.1], [0.9]]';

/** Throws unless all targets are lists of one size. */
function expectVectors(where: string, examples: readonly Example[]): void {
  const lists = examples.map(({ targets }) => targets as ArrayLike<number>);
  const size = lists[0]?.length as number;
  const other = lists.findIndex(({ length }) => length !== size || length === 0);
  if (other < 0) return;
  const numbers = lists.findIndex(areNumbers);
  const got = Array.from(lists[numbers] as ArrayLike<number>).find((value) => !isId(value)) ?? 'numbers';
  throw new DataError(
    `${where}: example ${numbers}: targets: expected ids, one for each time step, got ${got}; for numbers at each time step give frames, ` +
      `[[0.1], [0.9]], for numbers of the whole sequence equally many (example 0: ${size}, example ${other}: ${lists[other]?.length}).`,
  );
}
