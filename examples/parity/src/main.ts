/**
 * Parity with three kinds of supervision: at every bit; at the end of rows of one length; at the
 * end of rows of every length up to that. The same nets and budget, several seeds; then a test on rows of a thousand bits.
 *
 *   pnpm --filter parity start [--updates 3000 --seeds 1,2,3]
 */
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { gru, lstm, simpleRnn } from '@elman/cells';
import type { Cell, Task, Tree } from '@elman/core';
import { taskModel } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { between, parity, type TaskBatchesOptions, taskBatches } from '@elman/tasks';
import { disposeTraining, evaluate, train } from '@elman/train';

const string = { type: 'string' } as const;
const { updates = '3000', seeds = '1,2,3' } = parseArgs({ options: { updates: string, seeds: string } }).values;
await selectBackend();

const cells = { simpleRnn, gru, lstm };
const everyLength = between({ length: 1 }, { length: 40 });
const lessons = [
  ['at every bit, 20 to 40 bits', parity(), between({ length: 20 }, { length: 40 })],
  ['at the end of 40 bits', parity({ supervision: 'last' }), { length: 40 }],
  ['at the end of 1 to 40 bits', parity({ supervision: 'last' }), everyLength],
] as const;

/** Accuracy on 256 rows of each length, in per cent. */
async function learn(cell: Cell<Tree, Tree>, task: Task, difficulty: TaskBatchesOptions['difficulty'], seed: string) {
  const model = taskModel(cell, task);
  const learningRate = cosine({ initial: 0.005, final: 0.0005, steps: Number(updates) });
  const { params, state } = await train({
    model,
    batches: taskBatches(task, { batchSize: 32, difficulty, seed: `train ${seed}` }),
    optimizer: chain(clipByGlobalNorm(1), adam({ learningRate })),
    updates: Number(updates),
    seed,
  });
  const scores: string[] = [];
  for (const length of [40, 1000]) {
    const rows = taskBatches(task, { batchSize: 64, difficulty: { length }, seed: 'test', batchesPerEpoch: 4 });
    const { metrics } = await evaluate(model, params, rows);
    scores.push((100 * (metrics.accuracy as number)).toFixed(1));
  }
  disposeTraining(state);
  return scores as [string, string];
}

console.log(`Accuracy in per cent, seeds ${seeds}:\n`);
console.log('| supervision | cell | 40 bits | 1,000 bits |\n| --- | --- | --- | --- |');
for (const [lesson, task, difficulty] of lessons) {
  for (const [name, make] of Object.entries(cells)) {
    const scores: [string, string][] = [];
    for (const seed of seeds.split(',')) {
      const cell = make({ inputSize: task.inputSize, hiddenSize: 32 }) as Cell<Tree, Tree>;
      scores.push(await learn(cell, task, difficulty, seed));
    }
    const column = (i: 0 | 1): string => scores.map((score) => score[i]).join(', ');
    console.log(`| ${lesson} | ${name} | ${column(0)} | ${column(1)} |`);
  }
}
