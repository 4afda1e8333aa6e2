import { Group, grown, type Watch } from './group.ts';
import { type Beam, type Hypothesis, start } from './hypothesis.ts';
import type { Search } from './lockstep.ts';
import type { Plan } from './plan.ts';
import { merged } from './ranking.ts';
import { logProbability, processed, type Reading } from './reading.ts';

/** The search from one prompt: one row for the prompt and the forced prefix, then one row per live beam. */
export class PromptSearch implements Search {
  readonly #plan: Plan;
  readonly #prompt: readonly number[];
  readonly #given: readonly number[];
  readonly #watch: Watch | undefined;
  /** The beam at the end of the prefix. */
  #root: Beam;
  #groups: Group[] = [];
  tokens: readonly number[];
  parents: readonly number[] = [0];
  wanted = 0;
  /** Number of given tokens fed so far, the next included; later, of all tokens. */
  position = 1;

  constructor(plan: Plan, row: number, watch?: Watch) {
    this.#plan = plan;
    this.#watch = watch;
    this.#prompt = plan.prompts[row] as readonly number[];
    this.#given = [...this.#prompt, ...(plan.prefixes[row] as readonly number[])];
    this.#root = start(plan.required?.none);
    this.tokens = [this.#given[0] as number];
    this.#ready();
  }

  get hypotheses(): Hypothesis[] {
    const lists = this.#groups.map((group) => group.hypotheses);
    return lists.length === 1 ? [...(lists[0] as Hypothesis[])] : merged(lists, this.#plan.count);
  }

  take(rows: readonly Reading[]): void {
    if (this.#groups.length === 0) this.#goOn(rows[0]);
    else this.#branch(rows);
  }

  /** The next given token. */
  #goOn(reading: Reading | undefined): void {
    const token = this.#given[this.position] as number;
    if (this.position >= this.#prompt.length) {
      const root = this.#forced(token, reading as Reading);
      if (!(root.logProbability > Number.NEGATIVE_INFINITY)) {
        this.tokens = [];
        return;
      }
      this.#root = root;
      this.#watch?.(root, 'live');
    }
    this.tokens = [token];
    this.parents = [0];
    this.position++;
    this.#ready();
  }

  #forced(token: number, given: Reading): Beam {
    const { process } = this.#plan;
    const { position } = this;
    const ids = this.#given.slice(0, position);
    const reading = process === undefined ? given : processed(given, process, ids, position - this.#prompt.length);
    const sum = this.#root.logProbability + logProbability(reading, token);
    return grown(this.#plan, this.#root, { token, rank: sum, logProbability: sum }, given);
  }

  /** What to read of the next step; after the given tokens, the groups begin. */
  #ready(): void {
    const { groups, maximumTokens } = this.#plan;
    const isLast = this.position === this.#given.length;
    if (isLast) {
      const number = (i: number): number | undefined => (groups > 1 ? i : undefined);
      this.#groups = Array.from(
        { length: groups },
        (_, i) => new Group(this.#plan, this.#prompt, this.#root, number(i), this.#watch),
      );
      if (this.#root.length === maximumTokens) {
        this.#groups[0]?.close();
        this.tokens = [];
      }
    }
    this.wanted = isLast ? this.#wantedOfBeams() : this.position >= this.#prompt.length ? Number.POSITIVE_INFINITY : 0;
  }

  #branch(rows: readonly Reading[]): void {
    const { diversity } = this.#plan;
    const taken = new Map<number, number>();
    let row = 0;
    for (const group of this.#groups) {
      if (group.isDone) continue;
      group.step(rows, taken, row);
      row += group.live.length;
      if (diversity === 0) continue;
      for (const token of group.taken) taken.set(token, (taken.get(token) ?? 0) + diversity);
    }
    this.position++;
    const live = this.#groups.flatMap((group) => group.live);
    const canWin = this.#groups.some((group) => group.canImprove);
    this.tokens = canWin ? live.map(({ beam }) => beam.token) : [];
    this.parents = canWin ? live.map(({ parentRow }) => parentRow) : [];
    this.wanted = this.#wantedOfBeams();
  }

  /** Enough of the highest logits for every choice, whatever is forbidden or penalised. */
  #wantedOfBeams(): number {
    const { process, required, diversity, beamWidth } = this.#plan;
    if (process !== undefined || required !== undefined) return Number.POSITIVE_INFINITY;
    const lowered = diversity > 0 ? beamWidth : 0;
    return this.#groups.reduce((most, group) => Math.max(most, group.considered + group.mostForbidden), 0) + lowered;
  }
}
