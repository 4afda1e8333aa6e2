/**
 * The adding problem: two of a hundred numbers are marked, and their sum is the target at the end. A simple recurrent network, an LSTM
 * and a GRU with about the same number of parameters and of updates; then their predictions for a few rows.
 *
 *   pnpm --filter adding start [--length 100 --updates 3000 --seed 1]
 */
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { gru, lstm, simpleRnn } from '@elman/cells';
import { type Cell, Rng, type Tree, tree } from '@elman/core';
import { taskModel } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { adding, alike, taskBatches } from '@elman/tasks';
import { disposeTraining, evaluate, train } from '@elman/train';

const string = { type: 'string' } as const;
const { values } = parseArgs({ options: { length: string, updates: string, seed: string } });
const [length, updates] = [Number(values.length ?? 100), Number(values.updates ?? 3000)];
const seed = values.seed ?? '1';
await selectBackend();

const task = adding();
const { inputSize } = task;
const cells: readonly Cell<Tree, Tree>[] = [
  simpleRnn({ inputSize, hiddenSize: 128 }),
  lstm({ inputSize, hiddenSize: 64 }),
  gru({ inputSize, hiddenSize: 74 }),
] as unknown as Cell<Tree, Tree>[];
const rows = task.sample(Rng.seeded('shown'), alike(5, { length }));
const sums = lastNumbers(await rows.targets.data());
const said: string[][] = [];

for (const cell of cells) {
  const model = taskModel(cell, task);
  const began = performance.now();
  const { params, state } = await train({
    model,
    batches: taskBatches(task, { batchSize: 32, difficulty: { length }, seed: `train ${seed}` }),
    optimizer: chain(
      clipByGlobalNorm(1),
      adam({ learningRate: cosine({ initial: 0.003, final: 3e-4, steps: updates }) }),
    ),
    updates,
    seed,
    onUpdate({ step, loss }) {
      if (step % Math.ceil(updates / 5) === 0)
        console.log(`${cell.name}, update ${step}: squared error ${loss.toFixed(5)}`);
    },
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const test = taskBatches(task, { batchSize: 100, difficulty: { length }, seed: 'test', batchesPerEpoch: 10 });
  const { loss } = await evaluate(model, params, test);
  const verdict = task.solved.holds({ loss, accuracy: 0 }) ? 'solved' : 'not solved';
  console.log(
    `${cell.name}, ${tree.size(params)} parameters: ${loss.toFixed(5)} on 1,000 new rows, ${verdict} (${seconds} s)\n`,
  );
  const outputs = model.outputs(params, rows);
  said.push(lastNumbers(await outputs.data()));
  tree.dispose(outputs);
  disposeTraining(state);
}

console.log(`The constant prediction 1 has ${task.baseline({ length }).loss.toFixed(5)}. Five rows of ${length}:\n`);
console.log(`| the sum | ${cells.map(({ name }) => name).join(' | ')} |\n| --- |${' --- |'.repeat(cells.length)}`);
sums.forEach((sum, row) => {
  console.log(`| ${sum} | ${said.map((column) => column[row]).join(' | ')} |`);
});

/** The number at the last frame of each row. */
function lastNumbers(numbers: ArrayLike<number>): string[] {
  return Array.from({ length: 5 }, (_, row) => (numbers[(row + 1) * length - 1] as number).toFixed(3));
}
