/**
 * An end-to-end memory network learns to answer questions about stories, which are generated, or read from a file in the format of the bAbI
 * tasks; then a new story, its answer, and the attention weights at each hop.
 *
 *   pnpm --filter stories start [--kind one-fact | --file stories.txt] [--hops 3 --tying adjacent|layerwise --size 20 --memory 50
 *     --linear 3000 --updates 4000 --questions 9000 --held-out 1000 --seed 1 --svg looked.svg]
 */
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { toSvg, toText } from '@elman/charts';
import { OptionError, tree } from '@elman/core';
import { readText } from '@elman/data/node';
import type { Tying } from '@elman/models';
import { learn } from './learn.ts';
import { findKind, fromText, generated } from './questions.ts';
import { lookedAt, worthSeeing } from './show.ts';

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    kind: string,
    file: string,
    hops: string,
    tying: string,
    size: string,
    memory: string,
    linear: string,
    updates: string,
    questions: string,
    'held-out': string,
    seed: string,
    svg: string,
  },
});
const [number, seed] = [(given: string | undefined, other: number) => Number(given ?? other), values.seed ?? '1'];
const settings = {
  hops: number(values.hops, 3),
  tying: (values.tying ?? 'adjacent') as Tying,
  embeddingSize: number(values.size, 20),
  memorySize: number(values.memory, 50),
  linearUpdates: number(values.linear, 3000),
  updates: number(values.updates, 4000),
  seed,
};
if (values.file !== undefined && values.kind !== undefined)
  throw new OptionError('--kind or --file: expected one of them.');
const questions =
  values.file === undefined
    ? generated(
        findKind(values.kind ?? 'one-fact'),
        number(values.questions, 9000),
        number(values['held-out'], 1000),
        seed,
      )
    : fromText(basename(values.file), await readText(values.file));
const { name, device } = await selectBackend();
console.log(
  `${questions.name}: ${questions.training.length} questions, ${questions.vocabulary.length} words; ${settings.hops} hop${settings.hops === 1 ? '' : 's'}, on ${name} (${device})`,
);

const began = performance.now();
const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
const every = Math.max(1, Math.round(settings.updates / 4));
let [sum, count] = [0, 0];
const { model, params, test, linearUpdates } = await learn(questions, settings, ({ step, loss, isLinear }) => {
  [sum, count] = [sum + loss, count + 1];
  if (step % every !== 0) return;
  console.log(`update ${step}${isLinear ? ' (linear)' : ''}: ${(sum / count).toFixed(4)} nats, ${seconds()}`);
  [sum, count] = [0, 0];
});
console.log(
  `\n${linearUpdates} updates of a linear start and ${settings.updates} with softmax, ${tree.size(params)} parameters`,
);
console.log(`${(100 * test).toFixed(1)} % of ${questions.test.length} new questions right\n`);

const shown = worthSeeing(questions.test);
const [said] = await model.answer(params, [shown]);
if (said !== undefined) {
  const chart = lookedAt(shown, said);
  // A third of the width is for the row labels, which are sentences.
  const width = 3 * (Math.max(...chart.rows.map(({ length }) => length)) + 1);
  console.log(toText(chart, { width, color: process.stdout.isTTY }));
  if (values.svg !== undefined) await writeFile(values.svg, await toSvg(chart, { width: 960 }));
}
console.log(`\n${seconds()} in all.`);
tree.dispose(params);
