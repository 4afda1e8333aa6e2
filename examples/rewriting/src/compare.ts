/**
 * The effect of attention, of the encoder's direction, and of beam search: nets of similar size, one budget of updates.
 *
 *   pnpm --filter rewriting compare [--pairs dates|words|numbers|programs --updates 1000 --units 64 --seed 1]
 */
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { tree } from '@elman/core';
import { learn, type Settings } from './learn.ts';
import { tryOn } from './measure.ts';
import { findRewriting } from './pairs.ts';

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: { pairs: string, updates: string, units: string, seed: string, rows: string },
});
const rewriting = findRewriting(values.pairs ?? 'dates');
const updates = Number(values.updates ?? 1000);
const count = Number(values.rows ?? 1000);
const common = { units: Number(values.units ?? 64), updates, batchSize: 64, seed: values.seed ?? '1' };
await selectBackend();

const nets: { readonly [name: string]: Pick<Settings, 'attention' | 'encoder'> } = {
  'attention, bidirectional': { attention: true, encoder: 'bidirectional' },
  'attention, forward': { attention: true, encoder: 'forward' },
  'none, bidirectional': { attention: false, encoder: 'bidirectional' },
  'none, forward': { attention: false, encoder: 'forward' },
  'none, reversed source': { attention: false, encoder: 'reversed' },
};
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const began = performance.now();
console.log(
  `${rewriting.name}: exact match of ${count} rows; GRUs of ${common.units}, ${updates} updates of 64, seed ${common.seed}.\n`,
);
const columns = rewriting.parts.flatMap((part) => [`${part}, greedy`, `${part}, beam of 5`]);
console.log(`| net | parameters | ${columns.join(' | ')} |\n| --- | --- |${' --- |'.repeat(columns.length)}`);
for (const [name, kind] of Object.entries(nets)) {
  const net = await learn(rewriting, { ...common, ...kind }, () => {});
  const scores: number[] = [];
  for (const part of rewriting.parts) {
    for (const beamWidth of [1, 5]) scores.push((await tryOn(rewriting, part, net, { count, beamWidth })).right);
  }
  console.log(`| ${name} | ${tree.size(net.params).toLocaleString('en')} | ${scores.map(percent).join(' | ')} |`);
  tree.dispose(net.params);
}
console.log(`\n${((performance.now() - began) / 60_000).toFixed(1)} minutes.`);
