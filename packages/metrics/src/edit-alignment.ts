import { itemsOf, symbolsOf, trimmed } from './symbols.ts';

/** The kind of an edit, or `equal`. */
export type EditKind = 'equal' | 'substitution' | 'deletion' | 'insertion';

/** One step from the reference to the hypothesis. */
export interface Edit<T> {
  readonly kind: EditKind;
  /** The item of the reference; absent for an insertion. */
  readonly reference?: T | undefined;
  /** The item of the hypothesis; absent for a deletion. */
  readonly hypothesis?: T | undefined;
}

/** A shortest edit path from a reference to a hypothesis. */
export interface Alignment<T> {
  /** substitutions + deletions + insertions. */
  readonly distance: number;
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  /** From the first item to the last. */
  readonly edits: readonly Edit<T>[];
}

/**
 * The fewest edits that turn the reference into the hypothesis. Among several shortest paths it is, traced from the
 * end, the one that takes an equal pair or a substitution before a deletion, and that before an insertion.
 *
 * Time and memory O(|reference| · |hypothesis|), one byte per entry, without the common prefix and suffix.
 * @param hypothesis a text, taken by code points, or an array of values compared by `===`.
 */
export function editAlignment(hypothesis: string, reference: string): Alignment<string>;
export function editAlignment<T>(hypothesis: ArrayLike<T>, reference: ArrayLike<T>): Alignment<T>;
export function editAlignment<T>(hypothesis: ArrayLike<T> | string, reference: ArrayLike<T> | string): Alignment<T> {
  const [from, to] = [itemsOf(reference), itemsOf(hypothesis)] as [ArrayLike<T>, ArrayLike<T>];
  const { a, b, start, end } = trimmed(...symbolsOf(from, to));
  const width = b.length + 1;
  const steps = table(a, b);
  const counts = { substitution: 0, deletion: 0, insertion: 0, equal: 0 };
  const edits: Edit<T>[] = [];
  const add = (kind: EditKind, i: number, j: number): void => {
    counts[kind]++;
    edits.push({
      kind,
      ...(kind === 'insertion' ? {} : { reference: from[i] as T }),
      ...(kind === 'deletion' ? {} : { hypothesis: to[j] as T }),
    });
  };

  let [i, j] = [from.length, to.length];
  for (let k = 0; k < end; k++) add('equal', --i, --j);
  while (i > start || j > start) {
    const step = steps[(i - start) * width + (j - start)];
    if (step === DELETE) add('deletion', --i, j);
    else if (step === INSERT) add('insertion', i, --j);
    else {
      i--;
      j--;
      add(a[i - start] === b[j - start] ? 'equal' : 'substitution', i, j);
    }
  }
  while (i > 0) add('equal', --i, --j);
  const { substitution: substitutions, deletion: deletions, insertion: insertions } = counts;
  return {
    distance: substitutions + deletions + insertions,
    substitutions,
    deletions,
    insertions,
    edits: edits.reverse(),
  };
}

const [DIAGONAL, DELETE, INSERT] = [0, 1, 2] as const;

/** The last step of a shortest path to each entry of the table, [|a| + 1, |b| + 1]. */
function table(a: Int32Array, b: Int32Array): Uint8Array {
  const width = b.length + 1;
  const steps = new Uint8Array((a.length + 1) * width).fill(INSERT, 0, width);
  const distances = Int32Array.from({ length: width }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = i - 1;
    distances[0] = i;
    steps[i * width] = DELETE;
    for (let j = 1; j < width; j++) {
      const above = distances[j] as number;
      const through = diagonal + (a[i - 1] === b[j - 1] ? 0 : 1);
      const [deleted, inserted] = [above + 1, (distances[j - 1] as number) + 1];
      const least = Math.min(through, deleted, inserted);
      steps[i * width + j] = through === least ? DIAGONAL : deleted === least ? DELETE : INSERT;
      distances[j] = least;
      diagonal = above;
    }
  }
  return steps;
}
