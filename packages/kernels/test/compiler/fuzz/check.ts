import { Rng } from '@elman/core';
import { engine } from '@tensorflow/tfjs-core';
import { sharedWorkspace } from '../../../src/simd/workspace.ts';
import {
  type Data,
  dataOf,
  differencesOf,
  disposeData,
  gradientsBy,
  type How,
  type Numbers,
  refusalOf,
  valuesBy,
} from './compare.ts';
import { cellOf, type Program } from './program.ts';

/** What became of a program. */
export type Outcome = {
  /** Why it is not compiled. */
  readonly refusal?: string | undefined;
  /** What is wrong: one line. */
  readonly failure?: string | undefined;
  /** Whether its numbers are sensitive to the last bits of what it is given, so that more than `TOLERANCE` was allowed. */
  readonly isSensitive?: boolean | undefined;
  /** Whether values without a gradient have other bits than those with one. */
  readonly isInferenceOther?: boolean | undefined;
};

const TOLERANCE = 1e-5;
/** Inputs are near 1: in tensors of smaller numbers than this, what differs may be what rounding leaves of 0. */
const RESOLUTION = 0.01;

/** Compares a compiled program with the same run op by op. */
export async function check(program: Program, how: How = 'compiled'): Promise<Outcome> {
  const data = dataOf(program);
  try {
    return await compared(program, data, how);
  } catch (error) {
    return { failure: `op by op: ${error}` };
  } finally {
    disposeData(data);
  }
}

async function compared(program: Program, data: Data, how: How): Promise<Outcome> {
  const cell = cellOf(program, data.captured);
  const wanted = await gradientsBy('step', cell, data, program);
  let refusal: ReturnType<typeof refusalOf>;
  let got: Numbers;
  try {
    refusal = refusalOf(cell, data, how);
    if (refusal !== undefined) return { refusal: `${refusal.op}: ${refusal.message}` };
    got = await gradientsBy(how, cell, data, program);
  } catch (error) {
    return { failure: `throws ${(error as Error).stack?.split('\n').slice(0, 9).join(' ')}` };
  }
  const { wrong, isSensitive } = await wrongOf(program, got, wanted);
  if (wrong !== undefined) return { failure: wrong };
  const blocks = sharedWorkspace()?.blocks;
  // The executables are there now: nothing else may stay.
  const first = await valuesBy(how, cell, data, program);
  const before = [engine().memory().numTensors, blocks?.used];
  const again = await gradientsBy(how, cell, data, program);
  const values = await valuesBy(how, cell, data, program);
  const after = [engine().memory().numTensors, blocks?.used];
  if (before.join() !== after.join()) return { failure: `leaks: tensors and bytes before ${before}, after ${after}` };
  const changed = Object.keys(got).find((name) => !isEqual(again[name], got[name]));
  if (changed !== undefined) return { failure: `another ${changed} when called again` };
  if (!Object.keys(values).every((name) => isEqual(values[name], first[name])))
    return { failure: 'other values when called again' };
  const differing = Object.keys(values).filter((name) => !isEqual(values[name], got[name]));
  const outcome = { isSensitive, isInferenceOther: differing.length > 0 };
  const some = (of: Numbers): Numbers => Object.fromEntries(differing.map((name) => [name, of[name] as Float32Array]));
  const alone = await wrongOf(program, some(values), some(got));
  return alone.wrong === undefined ? outcome : { ...outcome, failure: `forward alone: ${alone.wrong}` };
}

/** What differs by more than rounding does. */
async function wrongOf(
  program: Program,
  got: Numbers,
  wanted: Numbers,
): Promise<{ wrong?: string | undefined; isSensitive: boolean }> {
  const differences = differencesOf(got, wanted, RESOLUTION);
  const suspects = Object.entries(differences).filter(([, difference]) => !(difference <= TOLERANCE));
  if (suspects.length === 0) return { isSensitive: false };
  const noise: { [name: string]: number } = {};
  for (let i = 0; i < 3; i++) {
    const data = dataOf(program, i);
    const others = await gradientsBy('step', cellOf(program, data.captured, Rng.seeded(i)), data, program);
    for (const [name, difference] of Object.entries(differencesOf(others, wanted, RESOLUTION))) {
      noise[name] = Math.max(noise[name] ?? 0, difference);
    }
    disposeData(data);
  }
  const wrong = suspects.filter(([name, difference]) => !(difference <= 10 * (noise[name] as number)));
  const shown = wrong.map(
    ([name, difference]) => `${name} ${difference.toPrecision(2)} (conditioning ${noise[name]?.toPrecision(2)})`,
  );
  return { wrong: wrong.length === 0 ? undefined : `differs: ${shown.join(', ')}`, isSensitive: true };
}

const isEqual = (a: Float32Array | undefined, b: Float32Array | undefined): boolean =>
  a !== undefined && b !== undefined && a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
