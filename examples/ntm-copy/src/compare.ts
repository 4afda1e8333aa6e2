/**
 * A Neural Turing machine against an LSTM with the same updates: wrong bits per answer, at trained lengths and beyond.
 *
 *   pnpm --filter ntm-copy compare [--task copy|repeat|recall --updates 3000 --batch 16 --seed 1 --rows 100]
 */
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { tree } from '@elman/core';
import { learn, tryOut } from './learn.ts';
import { findLesson, show } from './lessons.ts';
import { nets } from './nets.ts';

const string = { type: 'string' } as const;
const { values } = parseArgs({ options: { task: string, updates: string, batch: string, seed: string, rows: string } });
const name = values.task ?? 'copy';
const lesson = findLesson(name);
const updates = Number(values.updates ?? 3000);
const settings = { updates, batchSize: Number(values.batch ?? 16), seed: values.seed ?? '1' };
await selectBackend();

console.log(
  `${name}, trained on ${lesson.trained}: wrong bits per answer. ${updates} updates, seed ${settings.seed}.\n`,
);
console.log(`| net | parameters | ${lesson.tried.map(show).join(' | ')} | minutes |`);
console.log(`| --- | --- |${' --- |'.repeat(lesson.tried.length + 1)}`);
for (const [net, make] of Object.entries(nets)) {
  const began = performance.now();
  const learned = await learn(make(lesson.task), lesson, settings);
  const minutes = (performance.now() - began) / 60_000;
  const found = await tryOut(learned, lesson, Number(values.rows ?? 100));
  const size = tree.size(learned.params).toLocaleString('en');
  const wrong = found.map(({ wrong, of }) => `${wrong.toFixed(2)} of ${of}`);
  console.log(`| ${net} | ${size} | ${wrong.join(' | ')} | ${minutes.toFixed(1)} |`);
  learned.free();
}
