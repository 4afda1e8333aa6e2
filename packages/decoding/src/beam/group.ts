import { type Beam, hypothesis, path } from './hypothesis.ts';
import type { Plan } from './plan.ts';
import { byRank, type Candidate, Pool } from './pool.ts';
import type { Ranking } from './ranking.ts';
import { logProbability, processed, type Reading } from './reading.ts';
import { select } from './select.ts';
import type { Fate } from './trace.ts';

/** Is told of every candidate that a group has looked at. */
export type Watch = (beam: Beam, fate: Fate) => void;

/** A live beam, the row that its token is fed in, that of its parent, and what may not follow it. */
export interface LiveBeam {
  readonly beam: Beam;
  readonly row: number;
  readonly parentRow: number;
  readonly forbidden: ReadonlySet<number> | undefined;
}

/** The beams of one group of one prompt, of which a search without groups has one. */
export class Group {
  readonly #plan: Plan;
  readonly #prompt: readonly number[];
  readonly #number: number | undefined;
  readonly #pool: Pool;
  readonly #watch: Watch | undefined;
  /** How many candidates are chosen from: enough for a group's width of them to be no end tokens. */
  readonly considered: number;
  readonly width: number;
  live: LiveBeam[];
  /** The tokens that its beams took in the last step. */
  taken: readonly number[] = [];
  ended = 0;

  constructor(plan: Plan, prompt: readonly number[], from: Beam, number: number | undefined, watch: Watch | undefined) {
    this.#plan = plan;
    this.#prompt = prompt;
    this.#number = number;
    this.#watch = watch;
    this.width = plan.beamWidth / plan.groups;
    // One that watches sees more of them, which changes nothing; where there are banks it would.
    const more = watch === undefined || plan.required !== undefined ? 0 : 8 * this.width;
    this.considered = this.width * (1 + plan.stop.size) + more;
    this.#pool = new Pool(this.considered);
    this.live = [this.#alive(from, 0, 0)];
  }

  get isDone(): boolean {
    return this.live.length === 0;
  }

  /** The most tokens that may not follow one of its beams. */
  get mostForbidden(): number {
    return this.live.reduce((most, { forbidden }) => Math.max(most, forbidden?.size ?? 0), 0);
  }

  /** One token more. `penalties`: what tokens lose, having been taken by other groups. Rows are given by the caller, from `firstRow` on. */
  step(rows: readonly Reading[], penalties: ReadonlyMap<number, number>, firstRow: number, ranking: Ranking): void {
    const { stop, required, enough, maximumTokens } = this.#plan;
    const before = this.live;
    this.#pool.clear();
    const readings = before.map((live) => this.#reading(live, rows[live.row] as Reading));
    for (const [i, live] of before.entries()) this.#offer(live, readings[i] as Reading, i, penalties);
    const own = this.#pool.candidates();
    const candidates = required === undefined ? own : this.#withRequired(own, before, readings, penalties);
    const made = new Map<Candidate, Beam>();
    const beamOf = (candidate: Candidate): Beam => {
      const beam = made.get(candidate) ?? this.#beam(candidate, before[candidate.beam] as LiveBeam, rows);
      made.set(candidate, beam);
      return beam;
    };
    const bankOf = required && ((candidate: Candidate) => required.met(beamOf(candidate).progress ?? required.none));
    const { ended, live } = select(candidates, this.width, ({ token }) => stop.has(token), bankOf);
    for (const candidate of ended) this.#end(beamOf(candidate), ranking);
    this.taken = live.map(({ token }) => token);
    this.live = live.map((candidate, i) =>
      this.#alive(beamOf(candidate), firstRow + i, (before[candidate.beam] as LiveBeam).row),
    );
    if (this.#watch !== undefined) {
      const fates = new Map<Candidate, Fate>([
        ...live.map((c) => [c, 'live'] as const),
        ...ended.map((c) => [c, 'ended'] as const),
      ]);
      for (const candidate of candidates) this.#watch(beamOf(candidate), fates.get(candidate) ?? 'pruned');
    }
    if (this.ended >= enough) this.live = [];
    else if (this.live[0]?.beam.length === maximumTokens) this.close(ranking);
  }

  /** What lives counts as it is: there is no room for more tokens. */
  close(ranking: Ranking): void {
    for (const { beam } of this.live) this.#add(beam, false, ranking);
    this.live = [];
  }

  #end(beam: Beam, ranking: Ranking): void {
    this.ended++;
    this.#add(beam, true, ranking);
  }

  #add(beam: Beam, isEnd: boolean, ranking: Ranking): void {
    const { alignments } = this.#plan;
    const score = this.#plan.score(beam.logProbability, beam.length, beam.coverage);
    if (!ranking.hasPlaceFor(score)) return;
    ranking.add(hypothesis(beam, score, { isEnd, group: this.#number, alignments }));
  }

  #alive(beam: Beam, row: number, parentRow: number): LiveBeam {
    const { forbid } = this.#plan;
    return { beam, row, parentRow, forbidden: forbid?.(this.#ids(beam), beam.length) };
  }

  #ids(beam: Beam): number[] {
    return [...this.#prompt, ...path(beam).map(({ token }) => token)];
  }

  #reading({ beam }: LiveBeam, reading: Reading): Reading {
    const { process } = this.#plan;
    return process === undefined ? reading : processed(reading, process, this.#ids(beam));
  }

  #offer(live: LiveBeam, reading: Reading, number: number, penalties: ReadonlyMap<number, number>): void {
    const pool = this.#pool;
    const { tokens, logits } = reading;
    const { rank, logProbability: before } = live.beam;
    const isAllowed = this.#allowed(live);
    for (let i = 0; i < logits.length; i++) {
      const log = logProbability(reading, i);
      if (rank + log < pool.least) {
        if (tokens === undefined) continue;
        break;
      }
      const token = tokens === undefined ? i : (tokens[i] as number);
      if (isAllowed !== undefined && !isAllowed(token)) continue;
      pool.offer(rank + log - (penalties.get(token) ?? 0), token, number, before + log);
    }
  }

  /** Which tokens may follow a beam: those that are not forbidden and leave room for what is required. */
  #allowed({ beam, forbidden }: LiveBeam): ((token: number) => boolean) | undefined {
    const { required, stop, maximumTokens } = this.#plan;
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

  /** The candidates, the best of each beam, and all that go on with what is required. */
  #withRequired(
    candidates: readonly Candidate[],
    before: readonly LiveBeam[],
    readings: readonly Reading[],
    penalties: ReadonlyMap<number, number>,
  ): Candidate[] {
    const { required, stop } = this.#plan;
    const keys = new Set(candidates.map(({ beam, token }) => `${beam},${token}`));
    const all = [...candidates];
    for (const [number, live] of before.entries()) {
      const reading = readings[number] as Reading;
      const { rank, logProbability: sum, progress } = live.beam;
      const isAllowed = this.#allowed(live) as (token: number) => boolean;
      const one = (token: number): Candidate => {
        const log = logProbability(reading, token);
        return { rank: rank + log - (penalties.get(token) ?? 0), token, beam: number, logProbability: sum + log };
      };
      const add = (candidate: Candidate | undefined): void => {
        if (candidate === undefined || !(candidate.rank > Number.NEGATIVE_INFINITY)) return;
        const key = `${number},${candidate.token}`;
        if (keys.has(key)) return;
        keys.add(key);
        all.push(candidate);
      };
      let best: Candidate | undefined;
      for (let token = 0; token < this.#plan.vocabSize; token++) {
        if (stop.has(token) || !isAllowed(token)) continue;
        const candidate = one(token);
        if (best === undefined || byRank(candidate, best) < 0) best = candidate;
      }
      add(best);
      for (const token of required?.continuations(progress ?? { state: 0, met: 0 }) ?? []) {
        if (isAllowed(token)) add(one(token));
      }
    }
    return all.sort(byRank);
  }

  #beam(candidate: Candidate, { beam: parent, row }: LiveBeam, rows: readonly Reading[]): Beam {
    return grown(this.#plan, parent, candidate, rows[row] as Reading);
  }
}

/** A beam with one token more. */
export function grown(
  { required, stop, coverage: counts }: Plan,
  parent: Beam,
  { token, rank, logProbability: log }: Omit<Candidate, 'beam'>,
  { weights }: Reading,
): Beam {
  const before = parent.coverage;
  const coverage = counts && weights ? Float64Array.from(weights, (w, j) => w + (before?.[j] ?? 0)) : undefined;
  const { progress } = parent;
  return {
    parent,
    token,
    length: parent.length + 1,
    logProbability: log,
    rank,
    weights,
    coverage,
    progress: required && progress && (stop.has(token) ? progress : required.next(progress, token)),
  };
}
