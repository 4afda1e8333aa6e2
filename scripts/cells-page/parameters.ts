/** The number of parameters of a cell, as a formula of its sizes. */

/** The number of parameters at an input size I and a hidden size H. */
export type Count = (inputSize: number, hiddenSize: number) => number;

type Sizes = readonly (readonly [inputSize: number, hiddenSize: number])[];
type Term = readonly [name: string, of: Count];

/** The terms of a formula, in their order. */
const TERMS: readonly Term[] = [
  ['IH', (i, h) => i * h],
  ['H³', (_, h) => h ** 3],
  ['H²', (_, h) => h * h],
  ['I', (i) => i],
  ['H', (_, h) => h],
  ['', () => 1],
];
/** IH and I are H² and H where I = H. */
const OF_ONE_SIZE = TERMS.filter(([name]) => !name.includes('I'));

/** Sizes that the formula is tried at, after the first ones have made it. */
const DIFFERENT: Sizes = [[3, 16], [5, 24], [9, 19], [4, 31], [7, 40], [12, 23], [33, 17], [20, 48], [2, 37]]; // biome-ignore format: one line
const EQUAL: Sizes = [16, 17, 24, 31, 40].map((size) => [size, size]);
const SMALL: Sizes = [[3, 1], [2, 4], [6, 11]]; // biome-ignore format: one line

/**
 * The polynomial with whole coefficients that is the count, exactly; where there is none, the count at 64.
 *
 * `4IH + 4H² + 4H`; `IH + 17H for H ≥ 16`; `4IH + 4H, but 3H² + 4H for I = H`; `11,520 at I = H = 64`
 */
export function formula(counted: Count): string {
  const counts = new Map<string, number>();
  const count: Count = (i, h) => {
    const known = counts.get(`${i} ${h}`) ?? counted(i, h);
    counts.set(`${i} ${h}`, known);
    return known;
  };
  const general = polynomial(count, TERMS, DIFFERENT);
  if (general === undefined) return `${count(64, 64).toLocaleString('en')} at I = H = 64`;
  const range = isRight(count, TERMS, general, SMALL) ? '' : ' for H ≥ 16';
  const text = `${typeset(TERMS, general)}${range}`;
  if (isRight(count, TERMS, general, EQUAL)) return text;
  const equal = polynomial(count, OF_ONE_SIZE, EQUAL);
  return `${text}, but ${equal === undefined ? 'not' : typeset(OF_ONE_SIZE, equal)} for I = H`;
}

/** The coefficients of the terms with which their sum is the count at all these sizes; undefined if there are none. */
function polynomial(count: Count, terms: readonly Term[], sizes: Sizes): readonly number[] | undefined {
  const rows = sizes.slice(0, terms.length).map(([i, h]) => [...terms.map(([, of]) => of(i, h)), count(i, h)]);
  const found = solve(rows).map(Math.round);
  return isRight(count, terms, found, sizes) ? found : undefined;
}

function isRight(count: Count, terms: readonly Term[], found: readonly number[], sizes: Sizes): boolean {
  return sizes.every(
    ([i, h]) => terms.reduce((sum, [, of], k) => sum + Number(found[k]) * of(i, h), 0) === count(i, h),
  );
}

/** The solution of linear equations, the right side of each at its end, by Gaussian elimination with pivots. */
function solve(rows: number[][]): number[] {
  const at = (row: readonly number[] | undefined, column: number): number => row?.[column] as number;
  for (let column = 0; column < rows.length; column++) {
    const [pivot = [], ...others] = rows
      .splice(column)
      .sort((a, b) => Math.abs(at(b, column)) - Math.abs(at(a, column)));
    const reduced = (row: number[]): number[] =>
      row.map((value, k) => value - (at(row, column) / at(pivot, column)) * at(pivot, k));
    rows.splice(0, column, ...rows.map(reduced));
    rows.push(pivot, ...others.map(reduced));
  }
  return rows.map((row, k) => at(row, rows.length) / at(row, k));
}

/** As `4IH + H² − 1`. */
function typeset(terms: readonly Term[], found: readonly number[]): string {
  const written = terms.flatMap(([name], k) => {
    const times = found[k] as number;
    const size = Math.abs(times);
    return times === 0 ? [] : [`${times < 0 ? '−' : '+'} ${size === 1 && name !== '' ? '' : size}${name}`];
  });
  return written.join(' ').replace(/^\+ /, '') || '0';
}
