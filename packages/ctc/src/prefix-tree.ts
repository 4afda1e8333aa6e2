/** What has been said so far, as a node of the tree of all that was; log-probabilities are of the frames until now. */
export interface Prefix {
  readonly parent: Prefix | undefined;
  /** The last label; −1 of nothing. */
  readonly label: number;
  readonly length: number;
  readonly children: Map<number, Prefix>;
  /** Of the paths that end with a blank, and of those that end with the label. */
  blankEnd: number;
  labelEnd: number;
  /** The sum of both. */
  total: number;
  /** What is added by the language model and for the length. */
  readonly bonus: number;
  /** Of the language model alone: log P of the labels. */
  readonly language: number;
  /** Whether it is in the beam. */
  isHeld: boolean;
  /** log P of each label to follow, as far as it is known (NaN: not yet); of the end under the blank. */
  next?: Float64Array | undefined;
}

/** Nothing said yet: certain. */
export function emptyPrefix(): Prefix {
  return prefixAfter(undefined, -1, 0, 0, { blankEnd: 0, total: 0 });
}

/** The prefix and one label more. */
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

/** Its labels, from the first on. */
export function labelsOf(prefix: Prefix): number[] {
  const labels: number[] = [];
  for (let node = prefix; node.parent !== undefined; node = node.parent) labels.push(node.label);
  return labels.reverse();
}
