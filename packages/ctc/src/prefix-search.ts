import { type Highest, highest } from './highest.ts';
import { logAdd } from './log-space.ts';
import { emptyPrefix, type Prefix, prefixAfter } from './prefix-tree.ts';

/** Options of the prefix search. */
export interface PrefixSearchOptions {
  readonly classes: number;
  readonly blank: number;
  readonly beamWidth: number;
  /** Labels of a lower log-probability in a frame do not extend prefixes there. */
  readonly minimum: number;
  /** log P of a label after a prefix, by a language model; undefined without one. */
  readonly language?: ((prefix: Prefix, label: number) => number) | undefined;
  readonly alpha: number;
  readonly beta: number;
}

/** The search of one row. */
export interface PrefixSearch {
  /** The prefixes in the beam, unordered. */
  beam(): readonly Prefix[];
  /** Advances by one frame: log-probabilities of the classes. */
  advance(frame: Float64Array): void;
}

/**
 * Prefix search: for each prefix, frame by frame, the probability of all its paths that are still in the beam.
 *
 *   blankEnd ← total·yₜ(∅)
 *   labelEnd ← labelEnd·yₜ(label) + parent's (blankEnd if its label is the same, else total)·yₜ(label)
 *
 * All in logarithms. The prefixes with the highest total + bonus are kept.
 */
export function prefixSearch(options: PrefixSearchOptions): PrefixSearch {
  const { classes, blank, beamWidth, minimum, language, alpha, beta } = options;
  const root = emptyPrefix();
  root.isHeld = true;
  let held: Prefix[] = [root];
  const best = highest(beamWidth);
  const likely = language === undefined && beamWidth + 1 < classes - 1 ? highest(beamWidth + 1) : undefined;

  const stay = (prefix: Prefix, frame: Float64Array): readonly [number, number] => {
    const { parent, label, total, labelEnd } = prefix;
    const blankEnd = total + (frame[blank] as number);
    if (parent === undefined) return [blankEnd, Number.NEGATIVE_INFINITY];
    const from = parent.isHeld ? logAdd(labelEnd, mass(parent, label)) : labelEnd;
    return [blankEnd, from + (frame[label] as number)];
  };
  const bonusOf = (prefix: Prefix, label: number): number =>
    language === undefined ? prefix.bonus + beta : prefix.bonus + weighed(alpha, language(prefix, label)) + beta;

  return {
    beam: () => held,
    advance(frame) {
      const labels = candidates(frame, blank, minimum, likely);
      const ends = held.map((prefix) => stay(prefix, frame));
      for (const [i, prefix] of held.entries()) {
        const [blankEnd, labelEnd] = ends[i] as readonly [number, number];
        best.push(logAdd(blankEnd, labelEnd) + prefix.bonus, i * classes + blank);
      }
      for (const [i, prefix] of held.entries()) {
        for (const label of labels) {
          const reached = mass(prefix, label) + (frame[label] as number);
          if (reached === Number.NEGATIVE_INFINITY) continue;
          const score = reached + bonusOf(prefix, label);
          if (best.keeps(score) && prefix.children.get(label)?.isHeld !== true) best.push(score, i * classes + label);
        }
      }
      const next: { readonly prefix: Prefix; readonly blankEnd: number; readonly labelEnd: number }[] = [];
      best.take((item) => {
        const [i, label] = [Math.floor(item / classes), item % classes];
        const prefix = held[i] as Prefix;
        if (label === blank) {
          const [blankEnd, labelEnd] = ends[i] as readonly [number, number];
          next.push({ prefix, blankEnd, labelEnd });
          return;
        }
        const labelEnd = mass(prefix, label) + (frame[label] as number);
        next.push({ prefix: childOf(prefix, label), blankEnd: Number.NEGATIVE_INFINITY, labelEnd });
      });
      for (const prefix of held) prefix.isHeld = false;
      held = next.map(({ prefix, blankEnd, labelEnd }) => {
        return Object.assign(prefix, { isHeld: true, blankEnd, labelEnd, total: logAdd(blankEnd, labelEnd) });
      });
    },
  };

  function childOf(prefix: Prefix, label: number): Prefix {
    const known = prefix.children.get(label);
    if (known !== undefined) return known;
    const said = language === undefined ? 0 : prefix.language + language(prefix, label);
    const child = prefixAfter(prefix, label, bonusOf(prefix, label), said);
    prefix.children.set(label, child);
    return child;
  }
}

/** alpha · log P, for alpha ≠ 0; −∞ remains −∞ with a negative weight. */
export function weighed(alpha: number, log: number): number {
  return log === Number.NEGATIVE_INFINITY ? log : alpha * log;
}

/** log P of the paths that a new label may extend: after the same label only those that end with a blank. */
function mass({ label, blankEnd, total }: Prefix, next: number): number {
  return next === label ? blankEnd : total;
}

/**
 * The candidate labels. Without a language model those that are less likely than `beamWidth` others cannot make one of the best new
 * prefixes; one more is kept, since one may be that of the prefix itself.
 */
function candidates(frame: Float64Array, blank: number, minimum: number, likely: Highest | undefined): number[] {
  const labels: number[] = [];
  for (let label = 0; label < frame.length; label++) {
    if (label === blank || (frame[label] as number) < minimum) continue;
    if (likely === undefined) labels.push(label);
    else likely.push(frame[label] as number, label);
  }
  likely?.take((label) => labels.push(label));
  return labels;
}
