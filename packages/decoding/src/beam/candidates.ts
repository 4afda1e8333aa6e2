import type { Beam } from './hypothesis.ts';
import type { Plan } from './plan.ts';
import { byRank, type Candidate, type Pool } from './pool.ts';
import { logProbability, type Reading } from './reading.ts';

/** A live beam and the model's reading after it. */
export interface Continued {
  readonly beam: Beam;
  readonly reading: Reading;
  /** Tokens that are forbidden after it. */
  readonly forbidden: ReadonlySet<number> | undefined;
}

/** Diversity penalties of tokens taken by other groups. */
export type Penalties = ReadonlyMap<number, number>;

/** The best continuations of all beams, best first: up to the pool's size and, with required sequences, those that advance one. */
export function continuations(
  plan: Plan,
  beams: readonly Continued[],
  penalties: Penalties,
  pool: Pool,
): readonly Candidate[] {
  pool.clear();
  const allowed = beams.map((one) => allowing(plan, one));
  for (const [number, one] of beams.entries()) offer(pool, one, number, penalties, allowed[number]);
  const best = pool.candidates();
  return plan.required === undefined ? best : withRequired(plan, best, beams, penalties, allowed as IsAllowed[]);
}

type IsAllowed = (token: number) => boolean;

/** The tokens allowed after a beam: not forbidden, with enough tokens left for required sequences; undefined: all. */
function allowing({ required, stop, maximumTokens }: Plan, { beam, forbidden }: Continued): IsAllowed | undefined {
  if (required === undefined) return forbidden && ((token) => !forbidden.has(token));
  const progress = beam.progress ?? required.none;
  const room = maximumTokens - beam.length - 1;
  const isComplete = required.needed(progress) === 0;
  const leavesRoom = (token: number): boolean => required.needed(required.next(progress, token)) <= room;
  const going = new Map([...required.continuations(progress)].map((token) => [token, leavesRoom(token)]));
  const others = isComplete || required.needed({ ...required.none, met: progress.met }) <= room;
  return (token) => {
    if (forbidden?.has(token)) return false;
    return stop.has(token) ? isComplete : (going.get(token) ?? others);
  };
}

function offer(
  pool: Pool,
  { beam, reading }: Continued,
  number: number,
  penalties: Penalties,
  isAllowed: IsAllowed | undefined,
): void {
  const { tokens, logits } = reading;
  const { rank, logProbability: before } = beam;
  for (let i = 0; i < logits.length; i++) {
    const log = logProbability(reading, i);
    if (rank + log < pool.least) {
      // Penalties only lower ranks, and the highest logits are in descending order.
      if (tokens === undefined) continue;
      break;
    }
    const token = tokens === undefined ? i : (tokens[i] as number);
    if (isAllowed !== undefined && !isAllowed(token)) continue;
    pool.offer(rank + log - (penalties.get(token) ?? 0), token, number, before + log);
  }
}

/** The candidates: the best of each beam, and all that advance a required sequence. */
function withRequired(
  { required, stop, vocabSize }: Plan,
  candidates: readonly Candidate[],
  beams: readonly Continued[],
  penalties: Penalties,
  allowed: readonly IsAllowed[],
): Candidate[] {
  const keys = new Set(candidates.map(({ beam, token }) => `${beam},${token}`));
  const all = [...candidates];
  for (const [number, { beam, reading }] of beams.entries()) {
    const isAllowed = allowed[number] as IsAllowed;
    const add = (token: number): void => {
      const log = logProbability(reading, token);
      const rank = beam.rank + log - (penalties.get(token) ?? 0);
      const key = `${number},${token}`;
      if (!(rank > Number.NEGATIVE_INFINITY) || keys.has(key)) return;
      keys.add(key);
      all.push({ rank, token, beam: number, logProbability: beam.logProbability + log });
    };
    let best: number | undefined;
    let highest = Number.NEGATIVE_INFINITY;
    for (let token = 0; token < vocabSize; token++) {
      const value = (reading.logits[token] as number) - (penalties.get(token) ?? 0);
      if (value <= highest || stop.has(token) || !isAllowed(token)) continue;
      [best, highest] = [token, value];
    }
    if (best !== undefined) add(best);
    for (const token of required?.continuations(beam.progress ?? required.none) ?? []) if (isAllowed(token)) add(token);
  }
  return all.sort(byRank);
}
