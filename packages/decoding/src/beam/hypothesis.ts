/** A sequence that a search has found. */
export interface Hypothesis {
  /** The generated tokens, those of a forced prefix first, without the end token. */
  readonly ids: readonly number[];
  /** log p of `ids` and of the end token, if there is one, under the model (and the processors). */
  readonly logProbability: number;
  /** What hypotheses are ranked by: log p / penalty(n) and what coverage adds. */
  readonly score: number;
  /** False if maximumTokens came before an end token. */
  readonly isFinished: boolean;
  /** The end token. */
  readonly end?: number | undefined;
  /** Of diverse beams: the group that found it, from 0. */
  readonly group?: number | undefined;
  /** If asked for: where the model looked when it made each of `ids`, [source length] each. */
  readonly alignments?: readonly Float32Array[] | undefined;
}

/** A node of the search tree: a token after those of its ancestors. */
export interface Beam {
  readonly parent: Beam | undefined;
  readonly token: number;
  /** Generated tokens, this one included. */
  readonly length: number;
  readonly logProbability: number;
  /** What beams are ranked by while they live: the log-probability less what diversity takes. */
  readonly rank: number;
  readonly weights?: Float32Array | undefined;
  /** The sum of the weights so far. */
  readonly coverage?: Float64Array | undefined;
  /** How far the required sequences are met. */
  readonly progress?: Progress | undefined;
}

/** Where the tokens so far stand in the automaton of the required sequences, and which have occurred, as bits. */
export interface Progress {
  readonly state: number;
  readonly met: number;
}

/** The node before all generated tokens. */
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

/** The hypothesis that ends with a node, which is an end token or not. */
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
