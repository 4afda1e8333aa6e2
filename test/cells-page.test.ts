/** docs/cells.md, and the command that writes it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { factories } from '@elman/cells';
import { describe, expect, it } from 'vitest';
import { docstringOf } from '../scripts/cells-page/docstring.ts';
import { gather, scoresOf } from '../scripts/cells-page/gather.ts';
import type { Known } from '../scripts/cells-page/known.ts';
import { wrap } from '../scripts/cells-page/markdown.ts';
import { COMMAND, cellsPage } from '../scripts/cells-page/page.ts';
import { formula } from '../scripts/cells-page/parameters.ts';
import type { ScoreRow, Scores } from '../scripts/cells-page/scores.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const known = gather(root);

describe('docs/cells.md', () => {
  it(`is as it is written; otherwise: ${COMMAND}`, () => {
    expect(readFileSync(`${root}/docs/cells.md`, 'utf8'), `is not up to date; write it anew: ${COMMAND}`).toBe(
      cellsPage(known),
    );
  });

  it('has a section for every cell', () => {
    const headings = [...cellsPage(known).matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name);
    expect(headings.sort()).toEqual(Object.keys(factories).sort());
  });
});

const SOURCE = `/** Another. */
export type Fast = {};

/**
 * A cell, \`fast\` and
 * *simple*.
 *
 *   h' = x·kernel
 *        + h                 output = h'
 *
 *   x = 1
 *
 * Noted
 * beside.
 *
 * Shapes: x [batch, inputSize].
 * Init:   kernel
 *         uniform.
 * @throws {ShapeError} if x is wrong.
 * @see Ada 1843,
 *   "Notes"
 * @see Bell 1900
 */
export function fast(): void {}
export function slow(): void {}
`;

describe('a docstring', () => {
  it('is read up to shapes and initial values, with its papers', () => {
    expect(docstringOf(SOURCE, 'fast')).toEqual({
      blocks: [
        { prose: 'A cell, `fast` and *simple*.' },
        { equation: "h' = x·kernel\n     + h                 output = h'\n\nx = 1" },
        { prose: 'Noted beside.' },
      ],
      papers: ['Ada 1843, "Notes"', 'Bell 1900'],
    });
  });

  it('is none of another function, and refused without its parts', () => {
    expect(docstringOf(SOURCE, 'fas')).toBeUndefined();
    expect(() => docstringOf(SOURCE, 'slow')).toThrow('slow: docstring: expected a sentence, an equation');
  });
});

it('prose is wrapped between words, but not where the next line would be a list', () => {
  expect(wrap('one `two three` four', 10)).toBe('one\n`two three`\nfour');
  expect(wrap('one two + 3', 7)).toBe('one two +\n3');
});

describe('the number of parameters', () => {
  it.each([
    ['4IH + 4H² + 4H', (i: number, h: number) => 4 * h * (i + h + 1)],
    ['IH + H³ − 2I + 1', (i: number, h: number) => i * h + h ** 3 - 2 * i + 1],
    ['IH + 16H for H ≥ 16', (i: number, h: number) => h * (i + Math.min(16, h))],
    ['4IH, but 3H² for I = H', (i: number, h: number) => (i === h ? 3 : 4) * i * h],
    ['2,090 at I = H = 64', (i: number, h: number) => i * Math.floor(h / 2) + Math.floor(h * 0.66)],
    ['0', () => 0],
  ])('%s', (text, count) => expect(formula(count)).toBe(text));

  it('is that of the papers', () => {
    const all = new Map(known.families.flatMap(({ cells }) => cells.map((cell) => [cell.name, cell.parameters])));
    const found = ['simpleRnn', 'lstm', 'resetBeforeGru', 'coupledGateLstm', 'dilated'].map((name) => all.get(name));
    expect(found).toEqual(['IH + H² + H', '4IH + 4H² + 4H', '3IH + 3H² + 3H', '3IH + 3H² + 3H', '4IH + 4H² + 4H']);
  });
});

describe('scores', () => {
  const row = (task: string, cell: string, losses: readonly (number | null)[], more: object = {}): ScoreRow => ({
    task,
    cell,
    seeds: losses.map((_, seed) => seed + 1),
    scores: losses.map((loss) => ({ loss })),
    ...more,
  });
  const lengths = (...right: number[]) => ({
    byLength: right.map((accuracy, k) => ({ length: 20 * 2 ** k, accuracy })),
  });
  const adding = (solved: number) => ({ baseline: { loss: 1 / 6 }, rule: 'squared error below 0.001', solved });
  const file = (...rows: ScoreRow[]): Scores => ({
    file: 'some.json',
    run: { command: 'elman compare --tasks adding', date: '2026-12-01', node: '24.21.0', machine: 'a machine' },
    rows,
  });
  const scored: Known = {
    ...known,
    scores: [
      file(
        row('adding', 'lstm', [0.0002, 0.0004, 0.3], adding(2)),
        row('adding', 'simpleRnn', [0.1593], adding(0)),
        row('adding', 'orthogonalRnn', [null], adding(0)),
        row('parity', 'lstm', [0.1], lengths(1, 0.995, 0.71)),
        row('parity', 'simpleRnn', [0.7], lengths(0.52, 1)),
        row('parity', 'zoneout:rate=0.1,of=gru', [0.1], lengths(1, 1, 0.999)),
        row('textCharacters', 'lstm', [Math.LN2 * 1.5]),
        row('textCharacters', 'gru', [9], { scores: [{ loss: 9, bitsPerCharacter: 1.25 }] }),
      ),
    ],
    times: undefined,
  };
  const page = cellsPage(scored);
  const unwrapped = page.replaceAll(/\s+/g, ' ');
  const fieldsOf = (start: string): string[] => {
    const line = page.split('\n').find((text) => text.startsWith(`| ${start}`)) ?? '';
    return line
      .slice(1, -1)
      .split('|')
      .map((text) => text.trim())
      .slice(-4);
  };

  it('are the median over seeds, the best in bold, and say what is unsolved', () => {
    expect(fieldsOf('[`lstm`]')).toEqual(['**0.000400**, 2 of 3 seeds', '', '40', '1.500']);
    expect(fieldsOf('[`simpleRnn`]')).toEqual(['0.159, unsolved', '', 'unsolved', '']);
    expect(fieldsOf('[`orthogonalRnn`]')).toEqual(['diverged, unsolved', '', '', '']);
    expect(fieldsOf('[`gru`]')).toEqual(['', '', '', '**1.250**']);
  });

  it('of a cell with options are a row below it', () => {
    expect(fieldsOf('`zoneout:rate=0.1,of=gru`')).toEqual(['', '', '**80**', '']);
    expect(page).toMatch(/^\| \[`zoneout`\].*\n\| `zoneout:rate=0\.1,of=gru` \|/m);
  });

  it('of parity are listed by length', () => {
    expect(page).toContain(
      '| cell | 20 | 40 | 80 |\n| --- | ---: | ---: | ---: |\n| `lstm` | 100.0 | 99.5 | 71.0 |\n| `simpleRnn` | 52.0 | 100.0 | |',
    );
  });

  it('stand beside their command, and what is missing is named', () => {
    expect(unwrapped).toContain('`elman compare --tasks adding`, seed 1, 2, 3, Node 24.21.0, a machine, 2026-12-01');
    expect(unwrapped).toContain('- **time**: not measured yet. - **adding**');
    expect(unwrapped).toContain('in nats a frame; not measured yet. - **parity**');
    expect(page).toMatch(/^- adding of `jordan`, `elmanJordan`,/m);
    expect(unwrapped).toContain('0.167 without reading the input; solved: squared error below 0.001.');
  });

  it('are refused where they do not say how they were made, have no column, or come twice', () => {
    expect(() => scoresOf('x.json', '{"rows":[]}')).toThrow('docs/results/cells/x.json: expected rows, and run with');
    expect(scoresOf('some.json', JSON.stringify(file()))).toEqual(file());
    const twice = file(row('adding', 'lstm', [1]), row('adding', 'lstm', [1]));
    expect(() => cellsPage({ ...known, scores: [twice] })).toThrow('expected one score for adding, got two');
    expect(() => cellsPage({ ...known, scores: [file(row('dyck', 'lstm', [1]))] })).toThrow('dyck: expected a task');
  });
});
