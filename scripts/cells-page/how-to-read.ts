/** What the columns of the page are, how they were measured, and what was not. */
import type { CellTimes } from '../../packages/bench/src/cells-report.ts';
import type { Known, KnownCell } from './known.ts';
import { digits, point, wrap } from './markdown.ts';
import { COLUMNS, type Column, factoryOf, type ScoreRow, type ScoresOfCells } from './scores.ts';

/** The section about that. */
export function howToRead({ families, times, scores: files }: Known, scores: ScoresOfCells): string[] {
  const cells = families.flatMap((family) => family.cells);
  const explained = [
    `**parameters**: I is \`inputSize\`, H is \`hiddenSize\`; other options have their defaults. A combinator is counted and timed around the cell that is named.`,
    times
      ? `**time**: that of a training pass, forward and backward with gradients of parameters and inputs, over that of \`lstm\`, ${describeTimes(times)}; below 1 is faster.`
      : '**time**: not measured yet.',
    ...COLUMNS.map((column) => {
      const rows = [...scores.values()].flatMap((found) => found.get(column.title) ?? []);
      return `**${column.title}**: ${column.about}${rows[0] ? reference(column, rows[0]) : '; not measured yet'}.`;
    }),
  ];
  const made = files.map(({ file, run, rows }) => {
    const seeds = [...new Set(rows.flatMap((row) => row.seeds))].join(', ');
    // The file has it in full.
    const command = run.command.replace(/--cells \S+/, '--cells …');
    return `[${file}](results/cells/${file}): \`${command}\`, seed ${seeds}, Node ${run.node}, ${run.machine}, ${run.date}`;
  });
  if (times) {
    const { command, date, node, processor, processors, loadAverage } = times.run;
    const load = `load average ${loadAverage.toFixed(1)} at the start`;
    const machine = `Node ${node.replace('v', '')}, ${processor}, ${processors} processors, ${load}`;
    made.unshift(`[times.json](results/cells/times.json): \`${command}\`, ${machine}, ${date.slice(0, 10)}`);
  }
  const note =
    'Scores are those of `elman compare`, which gives all nets of a table one budget of parameters and updates. The best of a ' +
    'column is bold.';
  const absent = missing(cells, times, scores).map(point);
  return [
    '## How to read it',
    explained.map(point).join('\n'),
    ...(files.length > 0 ? [wrap(note)] : []),
    ...(made.length > 0 ? ['Measured by:', made.map(point).join('\n')] : []),
    ...(absent.length > 0 ? ['Not measured:', absent.join('\n')] : []),
  ];
}

function describeTimes({ sizes, backend, threads, experimentalSimd, cells }: CellTimes): string {
  const { inputSize, hiddenSize, batch, time } = sizes;
  const on = `${backend}, ${threads === 1 ? 'one thread' : `${threads} threads`}${experimentalSimd ? ', experimental SIMD' : ''}`;
  const own =
    cells.lstm === undefined
      ? ''
      : `, whose frame takes ${digits(cells.lstm.milliseconds / time)} ms and whose own row shows the noise`;
  return `measured in turns (I = ${inputSize}, H = ${hiddenSize}, ${batch} rows of ${time} frames; ${on})${own}`;
}

/** What a loss is compared with. */
function reference({ ofLoss }: Column, { baseline, rule }: ScoreRow): string {
  if (ofLoss === undefined) return '';
  const blind = baseline === undefined ? '' : `; ${digits(ofLoss(baseline.loss))} without reading the input`;
  return `${blind}${rule === undefined ? '' : `; solved: ${rule}`}`;
}

/** What was measured of some cells but not of these. */
function missing(cells: readonly KnownCell[], times: CellTimes | undefined, scores: ScoresOfCells): string[] {
  const of = (title: string, has: (name: string) => boolean): string[] => {
    const without = cells.filter(({ name }) => !has(name)).map(({ name }) => `\`${name}\``);
    if (without.length === 0 || without.length === cells.length) return [];
    return [`${title} of ${without.join(', ')}`];
  };
  const typed = [...scores];
  return [
    ...of('the time', (name) => times?.cells[name] !== undefined),
    ...COLUMNS.flatMap(({ title }) =>
      of(title, (name) => typed.some(([cell, found]) => factoryOf(cell) === name && found.has(title))),
    ),
  ];
}
