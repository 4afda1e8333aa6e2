/** Scores of `elman compare`, and what of them stands on the page. */
import { digits } from './markdown.ts';

/** A row of `table.json`, as far as it is read here; a number that is not finite is null in JSON. */
export interface ScoreRow {
  readonly task: string;
  /** As it was typed: `clockworkRnn`, `clockworkRnn:periods=1,2,4`, `zoneout:rate=0.1,of=gru`. */
  readonly cell: string;
  readonly seeds: readonly number[];
  readonly scores: readonly { readonly loss: number | null; readonly bitsPerCharacter?: number | null }[];
  readonly baseline?: { readonly loss: number } | undefined;
  readonly rule?: string | undefined;
  /** How many seeds solved the task. */
  readonly solved?: number | undefined;
  /** Right at each length, of the best seed. */
  readonly byLength?: readonly { readonly length: number; readonly accuracy: number | null }[] | undefined;
}

/** A `table.json`, and how it was made. */
export interface Scores {
  readonly file: string;
  readonly run: { readonly command: string; readonly date: string; readonly node: string; readonly machine: string };
  readonly rows: readonly ScoreRow[];
}

/** A score as it is compared, the least being best, and as it is shown. */
interface Score {
  readonly value: number;
  readonly text: string;
  readonly remark?: string | undefined;
}

/** A column of scores. */
export interface Column {
  readonly title: string;
  readonly about: string;
  /** Whether the column is of this task. */
  has(task: string): boolean;
  score(row: ScoreRow): Score | undefined;
  /** A loss in the unit of the scores; undefined if they are none. */
  readonly ofLoss?: (loss: number) => number;
}

/** The fraction of answers from which on a row counts as right. */
const RIGHT = 0.99;

/** The median over seeds, in so many digits. */
function overSeeds(
  row: ScoreRow,
  of: (score: ScoreRow['scores'][number]) => number | null,
  count = 3,
): Score | undefined {
  const { scores, seeds, rule, solved } = row;
  const sorted = scores.map((score) => of(score) ?? Infinity).sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) return undefined;
  const value = low === high ? low : (low + high) / 2;
  const counts = rule !== undefined && solved !== undefined && solved < seeds.length;
  const remark = counts ? (solved === 0 ? 'unsolved' : `${solved} of ${seeds.length} seeds`) : undefined;
  return { value, text: Number.isFinite(value) ? digits(value, count) : 'diverged', remark };
}

/** The longest of the lengths up to which all are right. */
function rightUpTo({ byLength = [] }: ScoreRow): Score | undefined {
  if (byLength.length === 0) return undefined;
  let longest = 0;
  for (const { length, accuracy } of [...byLength].sort((a, b) => a.length - b.length)) {
    if (!((accuracy ?? 0) >= RIGHT)) break;
    longest = length;
  }
  return longest === 0 ? { value: 0, text: 'unsolved' } : { value: -longest, text: `${longest}` };
}

const bits = (nats: number): number => nats / Math.LN2;
const named = (name: string) => (task: string) => task.split(':')[0] === name;

/** The columns of the page. */
export const COLUMNS: readonly Column[] = [
  {
    title: 'adding',
    about: 'the squared error of the [sum of two marked numbers](results/adding.md)',
    has: named('adding'),
    score: (row) => overSeeds(row, ({ loss }) => loss),
    ofLoss: (loss) => loss,
  },
  {
    title: 'copy',
    about: 'the loss of [copying after a delay](results/copy-memory.md), in nats a frame',
    has: named('copyMemory'),
    score: (row) => overSeeds(row, ({ loss }) => loss),
    ofLoss: (loss) => loss,
  },
  {
    title: 'parity',
    about:
      'the longest rows, of those that were tried, up to which 99 % of the [parities](results/parity.md) are right ' +
      '([by length](#parity-by-length))',
    has: named('parity'),
    score: rightUpTo,
  },
  {
    title: 'text',
    about: 'bits per character of held-out text, the Penn Treebank (the loss of its rule is in nats)',
    has: (task) => /text|character|treebank/i.test(task),
    score: (row) => overSeeds(row, ({ loss, bitsPerCharacter }) => bitsPerCharacter ?? (loss && bits(loss)), 4),
    ofLoss: bits,
  },
];

/** The scores of a cell, by the title of the column. */
export type ScoresOfCell = ReadonlyMap<string, ScoreRow>;

/** By cell, as it was typed. */
export type ScoresOfCells = ReadonlyMap<string, ScoresOfCell>;

/** The factory of a cell as it was typed. */
export const factoryOf = (typed: string): string => /^\w*/.exec(typed)?.[0] ?? '';

/** All scores by cell. @throws if a task has no column, or a cell two scores in one. */
export function byCell(all: readonly Scores[]): ScoresOfCells {
  const cells = new Map<string, Map<string, ScoreRow>>();
  for (const { file, rows } of all) {
    for (const row of rows) {
      const title = COLUMNS.find(({ has }) => has(row.task))?.title;
      const scores = cells.get(row.cell) ?? new Map<string, ScoreRow>();
      if (title === undefined) throw new Error(`${file}: ${row.task}: expected a task that has a column, got another.`);
      if (scores.has(title)) throw new Error(`${file}: ${row.cell}: expected one score for ${title}, got two.`);
      cells.set(row.cell, scores.set(title, row));
    }
  }
  return cells;
}

/** The fields of some cells in a column; empty without a score, the best in bold. */
export function fields({ title, score }: Column, cells: readonly (ScoresOfCell | undefined)[]): string[] {
  const scores = cells.map((cell) => {
    const row = cell?.get(title);
    return row && score(row);
  });
  const least = Math.min(...scores.map((found) => found?.value ?? Infinity));
  return scores.map((found) => {
    if (found === undefined) return '';
    const { value, text, remark } = found;
    const isBest = value === least && value !== 0 && value !== Infinity;
    return `${isBest ? `**${text}**` : text}${remark === undefined ? '' : `, ${remark}`}`;
  });
}
