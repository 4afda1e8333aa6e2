/**
 * A Neural Turing machine learns to copy sequences of at most twenty vectors, and is tested on longer ones; then pictures of its
 * write and read weights.
 *
 *   pnpm --filter ntm-copy start [--task copy|repeat|recall --controller feedforward|lstm --updates 3000 --batch 16 --seed 1 --rows 40 --svg traffic]
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { toSvg, toText } from '@elman/charts';
import { learn, tryOut } from './learn.ts';
import { findLesson, show } from './lessons.ts';
import { ntm } from './nets.ts';
import { traffic } from './traffic.ts';

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    task: string,
    controller: string,
    updates: string,
    batch: string,
    seed: string,
    rows: string,
    svg: string,
  },
});
const name = values.task ?? 'copy';
const lesson = findLesson(name);
const updates = Number(values.updates ?? 3000);
const settings = { updates, batchSize: Number(values.batch ?? 16), seed: values.seed ?? '1' };
const { name: backend, device } = await selectBackend();
console.log(
  `${name}, ${lesson.trained}: ${values.controller ?? 'feedforward'} controller of 100, memory of 128 × 20, on ${backend} (${device})`,
);

const began = performance.now();
const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
const every = 100 * Math.max(1, Math.round(updates / 1000));
const net = ntm(lesson.task, values.controller);
const learned = await learn(net, lesson, settings, (step, loss) => {
  if (step % every === 0) console.log(`update ${step}: loss ${loss.toFixed(4)} nats per bit, ${seconds()}`);
});

console.log('\nWrong bits per answer:');
for (const { difficulty, wrong, of } of await tryOut(learned, lesson, Number(values.rows ?? 40))) {
  console.log(`  ${show(difficulty).padStart(7)}: ${wrong.toFixed(2)} of ${of}`);
}
for (const chart of await traffic(net.cell, learned.params.cell, lesson.task, name === 'copy' ? 20 : 6)) {
  console.log(`\n${toText(chart, { color: process.stdout.isTTY })}`);
  const what = chart.title.split(' ').at(-1);
  if (values.svg !== undefined) await writeFile(`${values.svg}-${what}.svg`, await toSvg(chart));
}
console.log(`\n${seconds()} in all.`);
learned.free();
