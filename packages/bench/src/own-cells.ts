import { BUILT_IN, ownCellEntrants } from './contenders.ts';
import type { Options } from './options.ts';
import { BUILT_IN_CELLS, type OwnCell } from './own-cell-workloads.ts';
import type { OwnCellSetup } from './protocol.ts';
import { measure, type Outcome } from './rows.ts';

/** An own cell on some threads and the outcome of every contender. */
export interface OwnCellRow {
  readonly workload: OwnCell;
  readonly threads: number;
  readonly outcomes: { readonly [name: string]: Outcome };
}

/** Runs all contenders on every cell and size, for each number of threads; `tell` gets the rows so far. */
export async function measureOwnCells(
  workloads: readonly OwnCell[],
  options: Options,
  tell: (next: string, rows: readonly OwnCellRow[]) => void,
): Promise<OwnCellRow[]> {
  const rows: OwnCellRow[] = [];
  for (const threads of options.threadCounts) {
    for (const workload of workloads) {
      tell(`${workload.name}, ${threads === 1 ? '1 thread' : `${threads} threads`} …`, rows);
      const { backend, experimentalSimd } = options;
      const entrants = ownCellEntrants(
        { ...options, threads },
        BUILT_IN_CELLS.some((cell) => cell === workload.cell),
      );
      const all = entrants.map((entrant) => {
        const builtIn = entrant.name === BUILT_IN;
        return { ...entrant, setup: { workload, backend, threads, experimentalSimd, builtIn } satisfies OwnCellSetup };
      });
      rows.push({ workload, threads, outcomes: await measure(all, options) });
    }
  }
  return rows;
}
