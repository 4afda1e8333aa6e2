/** A prefix, as a node of the tree of prefixes; log-probabilities are of the frames so far. */
export interface Prefix {
  readonly parent: Prefix | undefined;
  /** The last label; −1 for the empty prefix. */
  readonly label: number;
  readonly length: number;
  readonly children: Map<number, Prefix>;
  /** log P of the paths that end with a blank, and of those that end with the label. */
  blankEnd: number;
  labelEnd: number;
  /** log of the sum of both. */
  total: number;
  /** The score's terms for the language model and the length. */
  readonly bonus: number;
  /** Of the language model alone: log P of the labels. */
  readonly language: number;
  /** Whether it is in the beam. */
  isHeld: boolean;
  /** log P of each next label, if computed (NaN: not yet); that of the end at the index of the blank. */
  next?: Float64Array | undefined;
}

/** The empty prefix, with probability 1. */
export function emptyPrefix(): Prefix {
  return prefixAfter(undefined, -1, 0, 0, { blankEnd: 0, total: 0 });
}

/** The prefix extended by a label. */
export function prefixAfter(
  parent: Prefix | undefined,
  label: number,
  bonus: number,
  language: number,
  known: Partial<Pick<Prefix, 'blankEnd' | 'total'>> = {},
): Prefix {
  const none = Number.NEGATIVE_INFINITY;
  const length = parent === undefined ? 0 : parent.length + 1;
  const ends = { blankEnd: none, labelEnd: none, total: none, ...known };
  return { parent, label, length, children: new Map(), ...ends, bonus, language, isHeld: false };
}

/** The labels of a prefix, in order. */
export function labelsOf(prefix: Prefix): number[] {
  const labels: number[] = [];
  for (let node = prefix; node.parent !== undefined; node = node.parent) labels.push(node.label);
  return labels.reverse();
}
