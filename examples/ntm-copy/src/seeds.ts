/**
 * The success rate of a Neural Turing machine: the same training from many seeds.
 *
 *   pnpm --filter ntm-copy seeds [--task copy --controller feedforward|lstm --from 1 --to 20 --updates 3000 --batch 16 --rows 40]
 */
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { learn, tryOut } from './learn.ts';
import { findLesson, show } from './lessons.ts';
import { ntm } from './nets.ts';

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: { task: string, controller: string, from: string, to: string, updates: string, batch: string, rows: string },
});
const lesson = findLesson(values.task ?? 'copy');
const [from, to] = [Number(values.from ?? 1), Number(values.to ?? 20)];
const settings = { updates: Number(values.updates ?? 3000), batchSize: Number(values.batch ?? 16) };
await selectBackend();

console.log(
  `Wrong bits per answer after ${settings.updates} updates; "learned" is when the loss fell below 0.01 nats.\n`,
);
console.log(`| seed | learned | ${lesson.tried.map(show).join(' | ')} |`);
console.log(`| --- | --- |${' --- |'.repeat(lesson.tried.length)}`);
let converged = 0;
for (let seed = from; seed <= to; seed++) {
  const net = await learn(ntm(lesson.task, values.controller), lesson, {
    ...settings,
    seed: `${seed}`,
  });
  const found = await tryOut(net, lesson, Number(values.rows ?? 40));
  if (net.learned !== undefined) converged++;
  console.log(`| ${seed} | ${net.learned ?? 'no'} | ${found.map(({ wrong }) => wrong.toFixed(2)).join(' | ')} |`);
  net.free();
}
console.log(`\n${converged} of ${to - from + 1} learned.`);
