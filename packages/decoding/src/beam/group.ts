import { continuations, type Penalties } from './candidates.ts';
import { type Beam, type Hypothesis, hypothesis, path } from './hypothesis.ts';
import type { Plan } from './plan.ts';
import { type Candidate, Pool } from './pool.ts';
import { Ranking } from './ranking.ts';
import { processed, type Reading } from './reading.ts';
import { select } from './select.ts';
import type { Fate } from './trace.ts';

/** Called with every candidate that a group has considered. */
export type Watch = (beam: Beam, fate: Fate) => void;

/** A live beam, the row of its token, the row of its parent, and the tokens forbidden after it. */
export interface LiveBeam {
  readonly beam: Beam;
  readonly row: number;
  readonly parentRow: number;
  readonly forbidden: ReadonlySet<number> | undefined;
}

/** The beams of one group of one prompt; a search without groups has one group. */
export class Group {
  readonly #plan: Plan;
  readonly #prompt: readonly number[];
  readonly #number: number | undefined;
  readonly #pool: Pool;
  readonly #ranking: Ranking;
  readonly #watch: Watch | undefined;
  /** Number of candidates: enough that `width` of them are not end tokens. */
  readonly considered: number;
  readonly width: number;
  live: LiveBeam[];
  /** The tokens of its beams at the last step. */
  taken: readonly number[] = [];
  ended = 0;

  constructor(plan: Plan, prompt: readonly number[], from: Beam, number: number | undefined, watch: Watch | undefined) {
    this.#plan = plan;
    this.#prompt = prompt;
    this.#number = number;
    this.#watch = watch;
    this.width = plan.beamWidth / plan.groups;
    this.#ranking = new Ranking(Math.min(plan.count, this.width));
    // A trace considers more candidates, which changes nothing; with banks it would.
    const more = watch === undefined || plan.required !== undefined ? 0 : 8 * this.width;
    this.considered = this.width * (1 + plan.stop.size) + more;
    this.#pool = new Pool(this.considered);
    this.live = [this.#alive(from, 0, 0)];
  }

  get isDone(): boolean {
    return this.live.length === 0;
  }

  /** The best finished hypotheses, and at maximumTokens the live ones. */
  get hypotheses(): readonly Hypothesis[] {
    return this.#ranking.hypotheses;
  }

  /** Whether a live beam can still be among its best. */
  get canImprove(): boolean {
    const { bound } = this.#plan;
    return this.live.some(({ beam }) => this.#ranking.hasPlaceFor(bound(beam.logProbability, beam.length)));
  }

  /** The largest number of tokens forbidden after one of its beams. */
  get mostForbidden(): number {
    return this.live.reduce((most, { forbidden }) => Math.max(most, forbidden?.size ?? 0), 0);
  }

  /** One step. The live beams get rows from `firstRow`. */
  step(rows: readonly Reading[], penalties: Penalties, firstRow: number): void {
    const { stop, required, enough, maximumTokens } = this.#plan;
    const before = this.live;
    const continued = before.map((live) => ({ ...live, reading: this.#reading(live, rows[live.row] as Reading) }));
    const candidates = continuations(this.#plan, continued, penalties, this.#pool);
    const made = new Map<Candidate, Beam>();
    const beamOf = (candidate: Candidate): Beam => {
      const beam = made.get(candidate) ?? this.#beam(candidate, before[candidate.beam] as LiveBeam, rows);
      made.set(candidate, beam);
      return beam;
    };
    const bankOf = required && ((candidate: Candidate) => required.met(beamOf(candidate).progress ?? required.none));
    const { ended, live } = select(candidates, this.width, ({ token }) => stop.has(token), bankOf);
    for (const candidate of ended) this.#end(beamOf(candidate));
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
    if (this.live[0]?.beam.length === maximumTokens) this.close();
    if (this.ended >= enough) this.live = [];
  }

  /** Live beams become hypotheses at maximumTokens. */
  close(): void {
    for (const { beam } of this.live) this.#add(beam, false);
    this.live = [];
  }

  #end(beam: Beam): void {
    this.ended++;
    this.#add(beam, true);
  }

  #add(beam: Beam, isEnd: boolean): void {
    const { alignments } = this.#plan;
    const score = this.#plan.score(beam.logProbability, beam.length, beam.coverage);
    if (this.#ranking.hasPlaceFor(score))
      this.#ranking.add(hypothesis(beam, score, { isEnd, group: this.#number, alignments }));
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
    return process === undefined ? reading : processed(reading, process, this.#ids(beam), beam.length);
  }

  #beam(candidate: Candidate, { beam: parent, row }: LiveBeam, rows: readonly Reading[]): Beam {
    return grown(this.#plan, parent, candidate, rows[row] as Reading);
  }
}

/** A beam extended by a token. */
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
