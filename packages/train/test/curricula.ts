/** Every curriculum, and a run of the toy model with each. */
import { adam, chain, clipByGlobalNorm, plateau } from '@elman/optim';
import {
  type Curriculum,
  combinedCurriculum,
  mixedCurriculum,
  naiveCurriculum,
  noCurriculum,
  selfPacedCurriculum,
  type TrainingState,
} from '../src/index.ts';
import { graded, measuredToy, type Params } from './toy.ts';

export const target = { length: 5, nesting: 2 };
export const range = { easiest: { length: 1, nesting: 1 }, target };
/** Updates of a run. */
export const UPDATES = 10;

/** A custom one: twice as long after every evaluation, and each row up to that. */
export const doubling: Curriculum<number> = {
  name: 'doubling',
  start: () => 1,
  draw: (length, rng) => ({ length: 1 + rng.integer(length), nesting: 1 }),
  level: (length) => ({ length, nesting: 1 }),
  advance: (length) => Math.min(2 * length, 5),
};

/** A new one each time, as in another process. */
export const curricula: { readonly [name: string]: () => Curriculum } = {
  none: () => noCurriculum(target),
  naive: () => naiveCurriculum({ ...range, patience: 1, threshold: 0.5 }),
  mixed: () => mixedCurriculum(range),
  combined: () => combinedCurriculum({ ...range, patience: 1, threshold: 0.5, mixed: 0.5 }),
  selfPaced: () => selfPacedCurriculum({ ...range, accuracy: 0.1 }),
  doubling: () => doubling,
};

/** The options of a run, all newly made. */
export const fresh = (curriculum?: Curriculum) => ({
  model: measuredToy,
  batches: graded(1, target),
  validation: graded(2, target),
  optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: 0.05 })),
  plateau: plateau({ factor: 0.5, patience: 0, threshold: 0.2 }),
  evaluateEvery: 2,
  updates: UPDATES,
  seed: 7,
  curriculum,
});

/** The result of a run, in numbers. */
export async function bits({ params, best, progress }: TrainingState<Params>): Promise<unknown> {
  const values = async (x: Params): Promise<number[]> => [...(await x.a.data()), ...(await x.b.data())];
  return { params: await values(params), best: best && (await values(best)), progress };
}
