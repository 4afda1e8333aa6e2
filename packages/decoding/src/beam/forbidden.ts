/** The tokens forbidden after the tokens so far (prompt and generated), of which the last `generated` are new. */
export type Forbid = (ids: readonly number[], generated: number) => ReadonlySet<number>;

/** Constraints on every hypothesis. */
export interface Forbidden {
  /** Sequences that must not occur, including those that begin in the prompt. */
  readonly banned: readonly (readonly number[])[];
  /** No n tokens in a row may occur twice, the prompt included. */
  readonly noRepeatNgram: number | undefined;
  /** End tokens, which are not part of n-grams. */
  readonly stop: ReadonlySet<number>;
  /** Minimum number of tokens before an end token. */
  readonly minimumTokens: number;
}

const NOTHING: ReadonlySet<number> = new Set();

/** Undefined if nothing is ever forbidden. */
export function forbidding({ banned, noRepeatNgram, stop, minimumTokens }: Forbidden): Forbid | undefined {
  const always = new Set(banned.filter(({ length }) => length === 1).flat());
  const longer = banned.filter(({ length }) => length > 1);
  const endsLate = stop.size > 0 && minimumTokens > 0;
  if (always.size === 0 && longer.length === 0 && noRepeatNgram === undefined && !endsLate) return undefined;
  return (ids, generated) => {
    const isEarly = endsLate && generated < minimumTokens;
    if (longer.length === 0 && noRepeatNgram === undefined && !isEarly) return always.size === 0 ? NOTHING : always;
    const forbidden = new Set(always);
    for (const sequence of longer) {
      if (endsWith(ids, sequence, sequence.length - 1)) forbidden.add(sequence[sequence.length - 1] as number);
    }
    if (noRepeatNgram !== undefined) addRepeated(ids, noRepeatNgram, stop, forbidden);
    if (isEarly) for (const id of stop) forbidden.add(id);
    return forbidden;
  };
}

/** Whether `ids` ends with the first `count` of a sequence. */
function endsWith(ids: readonly number[], sequence: readonly number[], count: number): boolean {
  if (ids.length < count) return false;
  for (let i = 1; i <= count; i++) if (ids[ids.length - i] !== sequence[count - i]) return false;
  return true;
}

/** The tokens that would repeat an n-gram. */
function addRepeated(ids: readonly number[], n: number, stop: ReadonlySet<number>, forbidden: Set<number>): void {
  const last = ids.length - n + 1;
  for (let from = 0; from < last; from++) {
    const token = ids[from + n - 1] as number;
    let i = 0;
    while (i < n - 1 && ids[from + i] === ids[last + i]) i++;
    if (i === n - 1 && !stop.has(token)) forbidden.add(token);
  }
}

/** Whether a sequence occurs within another. */
export function occurs(sequence: readonly number[], within: readonly number[]): boolean {
  return within.some((_, at) => sequence.every((id, i) => within[at + i] === id));
}
