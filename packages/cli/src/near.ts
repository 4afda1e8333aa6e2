/** Suggestions for an unknown name: the nearest names by edit distance, at most three. */
export function nearNames(name: string, known: readonly string[]): readonly string[] {
  const wanted = plain(name);
  if (wanted === '') return [];
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  const near = known
    .map((one) => ({ one, distance: distance(wanted, plain(one)) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance);
  const nearest = near.filter((each) => each.distance === near[0]?.distance).map(({ one }) => one);
  const holding = known.filter((one) => holds(plain(one), wanted));
  // One letter of three is much: gpu is not a typing error for cpu.
  const isWeak = wanted.length <= 3 && near[0]?.distance !== 0 && holding.length > 0;
  return (nearest.length === 0 || isWeak ? holding : nearest).slice(0, 3);
}

/** `; did you mean lstm?`, or nothing where no name is like it. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearNames(name, known);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}

/** `expected one of adam, sgd, got "sdg"; did you mean sgd?` */
export function expectedOneOf(known: readonly string[], name: string): string {
  return `expected one of ${known.join(', ')}, got "${name}"${didYouMean(name, known) || '.'}`;
}

/** Without what people leave out or write otherwise: capitals, hyphens, underscores. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '');

/** Whether one of them is a part of the other, of three letters or more. */
const holds = (a: string, b: string): boolean => Math.min(a.length, b.length) >= 3 && (a.includes(b) || b.includes(a));

/**
 * Edits that make b of a: letters put in, left out, changed, or two neighbours exchanged (optimal string alignment).
 * @see Damerau 1964; Levenshtein 1966
 */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const isExchange = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
          isExchange ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(a.length, b.length);
}
