/** docs/cells.md, from what is known of the cells. */
import type { CellTimes } from '../../packages/bench/src/cells-report.ts';
import { howToRead } from './how-to-read.ts';
import type { Known, KnownCell } from './known.ts';
import { digits, prose, table, wrap } from './markdown.ts';
import { byCell, COLUMNS, factoryOf, fields, type ScoresOfCells } from './scores.ts';

/** The command that writes the page. */
export const COMMAND = 'pnpm cells-page';

/** The page. */
export function cellsPage(known: Known): string {
  const cells = known.families.flatMap((family) => family.cells);
  const scores = byCell(known.scores);
  const parts = [
    `<!-- Written by \`${COMMAND}\` from docstrings and docs/results/cells. -->`,
    '# Cells',
    wrap(
      'Every cell of [`@elman/cells`](../packages/cells/README.md), and every combinator of that package around a cell: equation, ' +
        'number of parameters, time, scores, paper. Families are those of the README, which also says how cells are used.',
    ),
    ...howToRead(known, scores),
    '## All cells',
    overview(known, scores),
    ...lengthTable(scores),
    ...known.families.flatMap(({ title, cells: some }) => [
      `## ${title}`,
      ...some.flatMap((cell) => section(cell, cells, known.times)),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** A row for each cell, and for each form of it that has scores. */
function overview({ families, times }: Known, scores: ScoresOfCells): string {
  const rows = families.flatMap(({ title, cells }) => [
    { fields: [`**${title}**`, '', ''], scores: undefined },
    ...cells.flatMap(({ name, around, parameters }) => {
      const time = times?.cells[name];
      const label = `${linkTo(name)}${around === undefined ? '' : ` around \`${around}\``}`;
      const forms = [...scores].filter(([typed]) => factoryOf(typed) === name && typed !== name);
      return [
        { fields: [label, parameters, time ? digits(time.ratio, 2) : ''], scores: scores.get(name) },
        ...forms.map(([typed, found]) => ({ fields: [`\`${typed}\``, '', ''], scores: found })),
      ];
    }),
  ]);
  const columns = COLUMNS.map((column) =>
    fields(
      column,
      rows.map((row) => row.scores),
    ),
  );
  const head = ['cell', 'parameters', 'time', ...COLUMNS.map(({ title }) => title)];
  return table([head, ...rows.map((row, i) => [...row.fields, ...columns.map((column) => column[i] ?? '')])]);
}

/** How much of parity is right at each length. */
function lengthTable(scores: ScoresOfCells): string[] {
  const rows = [...scores].flatMap(([typed, found]) => {
    const byLength = found.get('parity')?.byLength ?? [];
    return byLength.length === 0 ? [] : [{ typed, byLength }];
  });
  const lengths = [...new Set(rows.flatMap(({ byLength }) => byLength.map(({ length }) => length)))];
  lengths.sort((a, b) => a - b);
  const percent = (accuracy: number | null): string => (accuracy === null ? '–' : (100 * accuracy).toFixed(1));
  const lines = rows.map(({ typed, byLength }) => [
    `\`${typed}\``,
    ...lengths.map((wanted) => {
      const at = byLength.find(({ length }) => length === wanted);
      return at === undefined ? '' : percent(at.accuracy);
    }),
  ]);
  const about =
    lines.length === 0
      ? 'Not measured yet.'
      : 'Parities that are right, in per cent, by the length of the row; guessing gives 50. Of several seeds the best.';
  return [
    '## Parity by length',
    about,
    ...(lines.length > 0 ? [table([['cell', ...lengths.map(String)], ...lines])] : []),
  ];
}

const linkTo = (name: string): string => `[\`${name}\`](#${name.toLowerCase()})`;

function section(cell: KnownCell, all: readonly KnownCell[], times: CellTimes | undefined): string[] {
  const { name, around, docstring, source, options, parameters } = cell;
  const link = (code: string): string => {
    const isOther = code !== `\`${name}\`` && all.some((other) => code === `\`${other.name}\``);
    return isOther ? linkTo(code.replaceAll('`', '')) : code;
  };
  const time = times?.cells[name];
  const facts = [
    `Parameters: ${parameters}${around === undefined ? '' : ` around \`${around}\``}.`,
    ...(time ? [`Time: ${digits(time.ratio, 2)} of that of \`lstm\`.`] : []),
    ...(options.length > 0 ? [`Options: ${options.map((option) => `\`${option}\``).join(', ')}.`] : []),
    `[Source](../${source}).`,
  ];
  return [
    `### \`${name}\``,
    ...docstring.blocks.map((block) =>
      'prose' in block ? wrap(prose(block.prose, link)) : `\`\`\`text\n${block.equation}\n\`\`\``,
    ),
    wrap(`Paper: ${docstring.papers.map((paper) => prose(paper, link)).join('; ')}.`),
    wrap(facts.join(' ')),
  ];
}
