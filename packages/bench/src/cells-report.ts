import { type CellRow, REFERENCE, ratios } from './cells.ts';
import type { Circumstances } from './machine.ts';
import { digits, table } from './markdown.ts';
import type { SequenceSizes } from './protocol.ts';
import { absence } from './report.ts';
import type { Measured, Outcome } from './rows.ts';

/** The time of a training pass of a cell, and over that of the LSTM in the same rounds. */
interface CellTime {
  readonly around?: string | undefined;
  /** The median. */
  readonly milliseconds: number;
  /** Median, minimum and maximum over rounds. */
  readonly ratio: number;
  readonly least: number;
  readonly most: number;
}

/** What `--cells --json` writes. */
export interface CellTimes {
  readonly run: Circumstances;
  readonly backend: string;
  readonly threads: number;
  readonly experimentalSimd: boolean;
  readonly sizes: SequenceSizes;
  /** By name; those that could not be measured are left out. */
  readonly cells: { readonly [name: string]: CellTime };
}

/** The times of the cells that were measured. */
export function timesOf(rows: readonly CellRow[]): CellTimes['cells'] {
  const measured = rows.flatMap(({ workload: { name }, around, outcomes: { cell, reference } }) => {
    if (cell.state !== 'measured' || reference.state !== 'measured') return [];
    const { median, least, most } = ratios(cell, reference);
    const numbers = { milliseconds: cell.step.median, ratio: median, least, most };
    const short = Object.entries(numbers).map(([key, value]) => [key, Number(value.toPrecision(4))]);
    return [[name, { ...(around && { around }), ...Object.fromEntries(short) } as CellTime] as const];
  });
  return Object.fromEntries(measured);
}

/** The times as a table. */
export function describeCells(rows: readonly CellRow[], { batch, time, inputSize, hiddenSize }: SequenceSizes): string {
  const times = timesOf(rows);
  const lines = rows.map(({ workload: { name }, around, outcomes: { cell, reference } }) => {
    const title = around === undefined ? name : `${name}(${around})`;
    const found = times[name];
    if (found === undefined)
      return [title, absence((cell.state === 'measured' ? reference : cell) as Exclude<Outcome, Measured>), '–', '–'];
    const { milliseconds, ratio, least, most } = found;
    return [
      title,
      digits(milliseconds),
      digits(milliseconds / time),
      `${digits(ratio)} (${digits(least)}–${digits(most)})`,
    ];
  });
  const head = ['cell', 'ms', 'ms a frame', `÷ ${REFERENCE} (least–most)`];
  return `H ${hiddenSize}, I ${inputSize}, B ${batch}, T ${time}:\n\n${table(head, lines)}`;
}
