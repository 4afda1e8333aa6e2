/** Numbers in rows and columns; `null` if missing. */
export type Grid = readonly (readonly (number | null)[])[];

/** The means of blocks of `height` rows and `width` columns; the last ones are smaller if it does not divide evenly. */
export function pooled(values: Grid, height: number, width: number): Grid {
  if (height === 1 && width === 1) return values;
  const columns = values[0]?.length ?? 0;
  return Array.from({ length: Math.ceil(values.length / height) }, (_, row) => {
    const rows = values.slice(row * height, (row + 1) * height);
    return Array.from({ length: Math.ceil(columns / width) }, (_, column) =>
      mean(rows.flatMap((numbers) => numbers.slice(column * width, (column + 1) * width))),
    );
  });
}

function mean(numbers: readonly (number | null)[]): number | null {
  const there = numbers.filter((number) => number !== null);
  return there.length === 0 ? null : there.reduce((sum, number) => sum + number, 0) / there.length;
}

/** The values of the first and the last colour. */
export function heatRange(
  values: Grid,
  { from, to }: { readonly from?: number | undefined; readonly to?: number | undefined },
): readonly [from: number, to: number] {
  const there = values.flat().filter((value) => value !== null);
  const least = there.reduce((a, b) => Math.min(a, b));
  const most = there.reduce((a, b) => Math.max(a, b));
  return [from ?? Math.min(least, to ?? least), to ?? Math.max(most, from ?? most)];
}

/** The position of a value in a range: 0 at its start or before, 1 at its end or after; 0.5 in a range of length 0. */
export function shareOf(value: number, [from, to]: readonly [number, number]): number {
  return from === to ? 0.5 : Math.min(1, Math.max(0, (value - from) / (to - from)));
}
