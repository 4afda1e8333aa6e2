import { factories } from '@elman/cells';
import { cell as command } from './contenders.ts';
import { partOf } from './named-cell.ts';
import type { Options } from './options.ts';
import type { CellSetup, SequenceSizes } from './protocol.ts';
import { type Measured, measure, type Outcome } from './rows.ts';
import { type Summary, summarize } from './statistics.ts';

/** What all cells are compared with. */
export const REFERENCE = 'lstm';

const SIZES: SequenceSizes = { inputSize: 64, hiddenSize: 128, batch: 32, time: 100 };
const QUICK_SIZES: SequenceSizes = { inputSize: 3, hiddenSize: 8, batch: 2, time: 5 };

/** Sizes of a run. */
export const sizesOf = ({ quick }: Pick<Options, 'quick'>): SequenceSizes => (quick ? QUICK_SIZES : SIZES);

/** A cell beside the LSTM of the same sizes. */
export interface CellRow {
  readonly workload: { readonly name: string };
  /** Of a combinator, the cell that it goes around. */
  readonly around?: string | undefined;
  readonly outcomes: { readonly cell: Outcome; readonly reference: Outcome };
}

/** The cells of a run. Throws a RangeError for a name that `@elman/cells` does not have. */
export function namesOf({ only }: Pick<Options, 'only'>): string[] {
  const known = Object.keys(factories);
  const stranger = only.find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw new RangeError(`--only: expected some of ${known.join(', ')}, got ${stranger}.`);
  }
  return known.filter((name) => only.length === 0 || only.includes(name));
}

/** Every cell and an LSTM, each in its own process, taking turns; `tell` gets the rows so far. */
export async function measureCells(
  names: readonly string[],
  options: Options,
  tell: (next: string, rows: readonly CellRow[]) => void,
): Promise<CellRow[]> {
  const { backend, threads, experimentalSimd } = options;
  const entrant = (name: string, cell: string) => ({
    name,
    command: command(options),
    setup: { cell, sizes: sizesOf(options), backend, threads, experimentalSimd } satisfies CellSetup,
  });
  const rows: CellRow[] = [];
  for (const name of names) {
    tell(`${name} …`, rows);
    const outcomes = await measure([entrant('reference', REFERENCE), entrant('cell', name)], options);
    rows.push({ workload: { name }, around: partOf(name), outcomes: outcomes as CellRow['outcomes'] });
  }
  return rows;
}

/** Of each round that both took part in, the median of one over that of the other: their machine was as busy for both. */
export function ratios(of: Pick<Measured, 'milliseconds' | 'rounds'>, to: typeof of): Summary {
  const rounds = Math.min(of.rounds, to.rounds);
  const median = ({ milliseconds, rounds: all }: typeof of, round: number): number => {
    const steps = milliseconds.length / all;
    return summarize(milliseconds.slice(round * steps, (round + 1) * steps)).median;
  };
  return summarize(Array.from({ length: rounds }, (_, round) => median(of, round) / median(to, round)));
}
