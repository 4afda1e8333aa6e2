import type { CompiledForm, Explanation, Kept, Part, Product, Reason, Work } from './explanation.ts';
import type { Sizes } from './work.ts';

const COLUMNS = 120;
const LABEL = 27;

type Facts = Pick<Explanation, 'cell' | 'runsOn' | 'compiled' | 'reason'>;

/** The explanation in words. */
export function textOf({ cell, runsOn, compiled, reason }: Facts, sizes: Sizes): string {
  const { batchSize, time } = sizes;
  const of = `${cell}, ${plural(batchSize, 'row')} of ${plural(time, 'frame')}`;
  if (compiled === undefined) return lines([`${of}: not compiled`, ...whyNot(reason as Reason, runsOn)]);
  const { ops, forward, backward, kept, perFrame } = compiled;
  return lines([
    `${of}: compiled`,
    labelled('runs on', runsOn),
    labelled('graph with its gradient', `${plural(ops.traced, 'op')} traced, ${ops.simplified} simpler ones compiled`),
    '',
    'forward',
    ...directionLines(forward),
    'backward',
    ...directionLines(backward),
    ...keptLines(kept),
    'a frame',
    ...workLines(perFrame),
  ]);
}

function whyNot({ op, line, message }: Reason, runsOn: string): string[] {
  return [
    labelled('runs on', runsOn),
    labelled('op', op),
    ...(line === undefined ? [] : [labelled('line of the step', line)]),
    ...wrapped('why', message.split(' '), ' '),
  ];
}

/** Parts with the same heading, one after the other, have it once. */
function directionLines(parts: readonly Part[]): string[] {
  const headings = parts.map(({ when, states }) => (states.length === 0 ? when : `${when}: ${states.join(', ')}`));
  return parts.flatMap((part, i) => [
    ...(headings[i] === headings[i - 1] ? [] : [`  ${headings[i]}`]),
    ...part.products.map(productLine),
    ...fusedLine(part),
  ]);
}

function fusedLine({ passes, ops }: Part): string[] {
  if (passes === 0) return [];
  const what = ops === 0 ? 'copies' : plural(ops, 'op');
  return [labelled('    fused', `${plural(passes, 'pass')} over a row, ${what}`)];
}

function productLine({ name, rows, depth, columns }: Product): string {
  return labelled('    product', `${name.padEnd(40)} [${rows}, ${depth}]·[${depth}, ${columns}]`);
}

function keptLines({ values, numbers, numbersPerUnit, bytes }: Kept): string[] {
  const counts = new Map<string, number>();
  for (const { name, width, line } of values) {
    const key = `${name} [${width}]${line === undefined ? '' : ` ${line}`}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const named = [...counts].map(([key, count]) => (count === 1 ? key : `${count} × ${key}`));
  const perUnit = Math.round(numbersPerUnit * 10) / 10;
  return [
    'kept for backward',
    labelled('for a row and frame', `${plural(numbers, 'number')}, ${perUnit} a unit; ${inBytes(bytes)} in all`),
    ...wrapped('values', named, ', '),
  ];
}

function workLines({ forward, backward }: CompiledForm['perFrame']): string[] {
  const line = (label: string, { products, elementwise, bytes }: Work): string =>
    labelled(
      label,
      `${counted(products)} operations in products, ${counted(elementwise)} elementwise; ${inBytes(bytes)} read and written`,
    );
  return [line('forward', forward), line('backward', backward)];
}

const labelled = (label: string, text: string): string => `  ${label.padEnd(LABEL - 2)}${text}`;

/** Parts on as many lines as they need. */
function wrapped(label: string, parts: readonly string[], separator: string): string[] {
  const found: string[] = [];
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}${separator}${part}`;
    if (line !== '' && LABEL + longer.length > COLUMNS) {
      found.push(line + separator.trimEnd());
      line = part;
    } else line = longer;
  }
  return [...found, line].map((text, i) => labelled(i === 0 ? label : '', text));
}

const lines = (all: readonly string[]): string => all.map((line) => cut(line.trimEnd())).join('\n');
const cut = (line: string): string => (line.length <= COLUMNS ? line : `${line.slice(0, COLUMNS - 1)}…`);

const plural = (count: number, word: string): string =>
  `${count.toLocaleString('en')} ${word}${count === 1 ? '' : word.endsWith('s') ? 'es' : 's'}`;
const counted = (count: number): string => Math.round(count).toLocaleString('en');

function inBytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let rest = count;
  let unit = 0;
  for (; rest >= 1000 && unit < units.length - 1; unit++) rest /= 1000;
  return `${rest.toLocaleString('en', { maximumSignificantDigits: 3 })} ${units[unit]}`;
}
