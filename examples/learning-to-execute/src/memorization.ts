/**
 * Memorization (Zaremba & Sutskever 2014, section 3.1): digits are read and then written. The effect of reversing or doubling
 * the input, or both, on the accuracy of digits and rows without teacher forcing.
 *
 *   pnpm --filter learning-to-execute memorization [--lengths 8,16,24,32 --updates 2000 --units 128 --seed 1 --svg bars.svg]
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { lstm } from '@elman/cells';
import { barChart, toSvg, toText } from '@elman/charts';
import type { Task } from '@elman/core';
import { evaluateAnswers, taskModel } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { memorization, taskBatches } from '@elman/tasks';
import { disposeTraining, train } from '@elman/train';

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: { lengths: string, updates: string, units: string, seed: string, svg: string },
});
const lengths = (values.lengths ?? '8,16,24,32').split(',').map(Number);
const [updates, units] = [Number(values.updates ?? 2000), Number(values.units ?? 128)];
const seed = values.seed ?? '1';
await selectBackend();

const variants = {
  plain: memorization(),
  reversed: memorization({ reversed: true }),
  doubled: memorization({ doubled: true }),
  both: memorization({ reversed: true, doubled: true }),
};

type Right = { readonly accuracy: number; readonly exactMatch: number };

/** Accuracy of characters and of rows without teacher forcing, of a net trained on digits of this length. */
async function learn(task: Task, length: number): Promise<Right> {
  const model = taskModel(lstm({ inputSize: task.inputSize, hiddenSize: units }), task);
  const learningRate = cosine({ initial: 0.004, final: 4e-4, steps: updates });
  const difficulty = { length };
  const { params, state } = await train({
    model,
    batches: taskBatches(task.part?.('train') ?? task, { batchSize: 64, difficulty, seed: `train ${seed}` }),
    optimizer: chain(clipByGlobalNorm(5), adam({ learningRate })),
    updates,
    seed,
  });
  const test = taskBatches(task.part?.('test') ?? task, {
    batchSize: 64,
    difficulty,
    seed: 'test',
    batchesPerEpoch: 4,
  });
  const { accuracy, exactMatch } = await evaluateAnswers(model, params, test);
  disposeTraining(state);
  return { accuracy, exactMatch };
}

const began = performance.now();
console.log(`Characters and rows right in per cent; an LSTM of ${units}, ${updates} updates of 64, seed ${seed}.\n`);
console.log(`| digits | ${Object.keys(variants).join(' | ')} |\n| --- | --- | --- | --- | --- |`);
const percent = (share: number): string => (100 * share).toFixed(1);
const rows: Right[][] = [];
for (const length of lengths) {
  const scores: Right[] = [];
  for (const task of Object.values(variants)) scores.push(await learn(task, length));
  rows.push(scores);
  const cells = scores.map(({ accuracy, exactMatch }) => `${percent(accuracy)}, ${percent(exactMatch)}`);
  console.log(`| ${length} | ${cells.join(' | ')} |`);
}
const chart = barChart({
  title: 'Memorization: accuracy of digits',
  x: { label: 'digits of the input' },
  y: { label: 'right', format: 'percent', from: 0, to: 1 },
  groups: lengths.map(String),
  series: Object.keys(variants).map((name, i) => ({ name, values: rows.map((row) => row[i]?.accuracy ?? null) })),
});
console.log(`\n${toText(chart, { color: process.stdout.isTTY })}`);
if (values.svg !== undefined) await writeFile(values.svg, await toSvg(chart));
console.log(`\n${((performance.now() - began) / 60_000).toFixed(1)} minutes.`);
