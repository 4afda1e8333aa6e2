/**
 * One text into another, letter by letter: dates in many notations to ISO 8601, numbers to English words and back, programs to their
 * output. A net with attention is trained on an endless stream of rows, then tested on new ones; its attention weights are shown.
 *
 *   pnpm --filter rewriting start [--pairs dates|words|numbers|programs --updates 1000 --units 64 --seed 1 --svg alignment.svg]
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { heatMap, toSvg, toText } from '@elman/charts';
import { tree } from '@elman/core';
import type { Alignment } from '@elman/models';
import { learn } from './learn.ts';
import { diagonality, tryOn } from './measure.ts';
import { findRewriting } from './pairs.ts';

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: { pairs: string, updates: string, units: string, seed: string, svg: string, rows: string },
});
const rewriting = findRewriting(values.pairs ?? 'dates');
const updates = Number(values.updates ?? 1000);
const count = Number(values.rows ?? 1000);
const settings = { units: Number(values.units ?? 64), updates, batchSize: 64, seed: values.seed ?? '1' };
const { name, device } = await selectBackend();
console.log(`${rewriting.name}: GRUs of ${settings.units} with additive attention, on ${name} (${device})`);

const began = performance.now();
const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
const every = Math.ceil(updates / 10);
let sum = 0;
const net = await learn(rewriting, { ...settings, attention: true, encoder: 'bidirectional' }, ({ step, loss }) => {
  sum += loss;
  if (step % every !== 0) return;
  console.log(`update ${step}: loss ${(sum / every).toFixed(4)}, ${seconds()}`);
  sum = 0;
});

let shown: Alignment | undefined;
for (const part of rewriting.parts) {
  const { rows, translations, right } = await tryOn(rewriting, part, net, { count, alignments: true });
  const what = part === 'new' ? 'new' : 'new, in held-out forms';
  const diagonals = translations.flatMap(({ alignment }) =>
    alignment !== undefined && alignment.target.length > 1 ? [diagonality(alignment)] : [],
  );
  const mean = diagonals.reduce((all, one) => all + one, 0) / diagonals.length;
  console.log(
    `\n${(100 * right).toFixed(1)} % of ${count} rows right (${what}); diagonality of the attention ${mean.toFixed(2)}`,
  );
  const picked = rows.map((row, i) => ({ row, text: translations[i]?.text }));
  const wrong = picked.filter(({ row, text }) => row.target !== text);
  for (const { row, text } of [...picked.slice(0, 4), ...wrong.slice(0, 3)]) {
    const mark = row.target === text ? '' : `   (wrong: ${row.target})`;
    console.log(`  ${row.source.replaceAll('\n', ' ¶ ')} → ${text}${mark}`);
  }
  shown ??= translations.find(({ text }) => text !== '')?.alignment;
}
if (shown !== undefined) {
  const chart = heatMap({
    title: 'Attention weights over the source (across) for each letter of the target (down)',
    rows: shown.target,
    columns: shown.source,
    values: shown.weights,
    labels: { rows: 'target', columns: 'source', values: 'weight' },
    from: 0,
    to: 1,
  });
  console.log(`\n${toText(chart, { color: process.stdout.isTTY })}`);
  if (values.svg !== undefined) await writeFile(values.svg, await toSvg(chart));
}
console.log(`\n${seconds()} in all.`);
tree.dispose(net.params);
