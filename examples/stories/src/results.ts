/**
 * The accuracy on new questions for each kind of question and number of hops, over seeds.
 *
 *   pnpm --filter stories results [--kinds one-fact,two-facts,three-facts | --kinds all] [--hops 1,3 --seeds 1,2,3 --size 20
 *     --linear 5000 --updates 10000 --questions 9000 --held-out 1000]
 *
 * The seed that is best on validation is reported, as in the paper, followed by all of them.
 */
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { tree } from '@elman/core';
import { learn } from './learn.ts';
import { findKind, generated, kinds } from './questions.ts';

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    kinds: string,
    hops: string,
    seeds: string,
    size: string,
    linear: string,
    updates: string,
    questions: string,
    'held-out': string,
  },
});
const list = (given: string): string[] => given.split(',');
const named = values.kinds ?? 'one-fact,two-facts,three-facts';
const chosen = named === 'all' ? kinds : list(named).map(findKind);
const hops = list(values.hops ?? '1,3').map(Number);
const seeds = list(values.seeds ?? '1');
const settings = {
  tying: 'adjacent',
  embeddingSize: Number(values.size ?? 20),
  memorySize: 50,
  linearUpdates: Number(values.linear ?? 5000),
  updates: Number(values.updates ?? 10_000),
} as const;
const [count, heldOut] = [Number(values.questions ?? 9000), Number(values['held-out'] ?? 1000)];
await selectBackend();

const began = performance.now();
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
console.log(
  `Right of ${heldOut} new questions; in brackets each seed (${seeds.join(', ')}), where there are several.\n`,
);
console.log(`| kind | ${hops.map((n) => `${n} ${n === 1 ? 'hop' : 'hops'}`).join(' | ')} | seconds |`);
console.log(`| --- |${' --- |'.repeat(hops.length + 1)}`);
for (const kind of chosen) {
  const [cells, since] = [[] as string[], performance.now()];
  for (const n of hops) {
    const scores: { validation: number; test: number }[] = [];
    for (const seed of seeds) {
      const { params, validation, test } = await learn(generated(kind, count, heldOut, '1'), {
        ...settings,
        hops: n,
        seed,
      });
      scores.push({ validation, test });
      tree.dispose(params);
    }
    const best = scores.reduce((a, b) => (b.validation > a.validation ? b : a));
    const each = scores.length > 1 ? ` (${scores.map(({ test }) => (100 * test).toFixed(1)).join(', ')})` : '';
    cells.push(`${percent(best.test)}${each}`);
  }
  console.log(`| ${kind} | ${cells.join(' | ')} | ${((performance.now() - since) / 1000).toFixed(0)} |`);
}
console.log(`\n${((performance.now() - began) / 60_000).toFixed(1)} minutes.`);
