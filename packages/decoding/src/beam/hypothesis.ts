/** A sequence found by a search. */
export interface Hypothesis {
  /** The generated tokens, those of a forced prefix first, without the end token. */
  readonly ids: readonly number[];
  /** log p of `ids` and of the end token, if there is one, under the model (and the processors). */
  readonly logProbability: number;
  /** The score for ranking: log p / penalty(n) plus the coverage penalty. */
  readonly score: number;
  /** False if maximumTokens came before an end token. */
  readonly isFinished: boolean;
  /** The end token. */
  readonly end?: number | undefined;
  /** Of diverse beams: the group that found it, from 0. */
  readonly group?: number | undefined;
  /** If requested: the attention weights at each of `ids`, [source length] each. */
  readonly alignments?: readonly Float32Array[] | undefined;
}

/** A node of the search tree: a token following those of its ancestors. */
export interface Beam {
  readonly parent: Beam | undefined;
  readonly token: number;
  /** Generated tokens, this one included. */
  readonly length: number;
  readonly logProbability: number;
  /** The rank of a live beam: its log-probability less the diversity penalty. */
  readonly rank: number;
  readonly weights?: Float32Array | undefined;
  /** The sum of the attention weights so far. */
  readonly coverage?: Float64Array | undefined;
  /** Progress on the required sequences. */
  readonly progress?: Progress | undefined;
}

/** The state of the tokens so far in the automaton of the required sequences, and the bits of those that have occurred. */
export interface Progress {
  readonly state: number;
  readonly met: number;
}

/** The root, before all generated tokens. */
export const start = (progress?: Progress): Beam => ({
  parent: undefined,
  token: -1,
  length: 0,
  logProbability: 0,
  rank: 0,
  progress,
});

/** From the first generated token to this one. */
export function path(beam: Beam): Beam[] {
  const nodes = Array<Beam>(beam.length);
  for (let node = beam; node.parent !== undefined; node = node.parent) nodes[node.length - 1] = node;
  return nodes;
}

/** The hypothesis that ends with a node, which may be an end token. */
export function hypothesis(
  last: Beam,
  score: number,
  { isEnd, group, alignments }: { readonly isEnd: boolean; readonly group?: number; readonly alignments: boolean },
): Hypothesis {
  const nodes = path(isEnd ? (last.parent as Beam) : last);
  return {
    ids: nodes.map(({ token }) => token),
    logProbability: last.logProbability,
    score,
    isFinished: isEnd,
    ...(isEnd ? { end: last.token } : {}),
    ...(group === undefined ? {} : { group }),
    ...(alignments ? { alignments: nodes.map(({ weights }) => weights as Float32Array) } : {}),
  };
}
