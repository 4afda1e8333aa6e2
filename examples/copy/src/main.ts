/**
 * Copy memory: ten symbols, T blanks, and then the ten again. Each cell is trained from scratch for longer and longer T
 * with one budget, until it is no better than the memoryless baseline.
 *
 *   pnpm --filter copy start [--lengths 5,10,20,40,80 --updates 3000 --params 40000 --seed 1 --svg curves.svg]
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { gru, lstm, simpleRnn } from '@elman/cells';
import { lineChart, type Series, toSvg, toText } from '@elman/charts';
import { type Cell, Rng, type Tree, tree } from '@elman/core';
import { taskModel } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { copyMemory, taskBatches } from '@elman/tasks';
import { disposeTraining, evaluate, train } from '@elman/train';

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: { lengths: string, updates: string, params: string, seed: string, svg: string },
});
const lengths = (values.lengths ?? '5,10,20,40,80').split(',').map(Number);
const updates = Number(values.updates ?? 3000);
const budget = Number(values.params ?? 40_000);
const seed = values.seed ?? '1';
await selectBackend();

const task = copyMemory();
const { inputSize } = task;
type Make = (hiddenSize: number, length: number) => Cell<Tree, Tree>;
const cells: { readonly [name: string]: Make } = {
  simpleRnn: (hiddenSize) => simpleRnn({ inputSize, hiddenSize }) as never,
  lstm: (hiddenSize) => lstm({ inputSize, hiddenSize }) as never,
  'lstm, chrono': (hiddenSize, length) => lstm({ inputSize, hiddenSize, chrono: length + 10 }) as never,
  gru: (hiddenSize) => gru({ inputSize, hiddenSize }) as never,
};

/** The largest number of units within the budget of parameters. */
function unitsOf(make: Make): number {
  const size = (hiddenSize: number): number => {
    const params = tree.tidy(() => taskModel(make(hiddenSize, 10), task).init(Rng.seeded(0)));
    const count = tree.size(params);
    tree.dispose(params);
    return count;
  };
  let units = 1;
  while (size(units + 1) <= budget) units++;
  return units;
}

/** The loss on new rows after training at this length. */
async function learn(cell: Cell<Tree, Tree>, length: number): Promise<number> {
  const model = taskModel(cell, task);
  const learningRate = cosine({ initial: 0.004, final: 4e-4, steps: updates });
  const { params, state } = await train({
    model,
    batches: taskBatches(task, { batchSize: 32, difficulty: { length }, seed: `train ${seed}` }),
    optimizer: chain(clipByGlobalNorm(1), adam({ learningRate })),
    updates,
    seed,
  });
  const test = taskBatches(task, { batchSize: 64, difficulty: { length }, seed: 'test', batchesPerEpoch: 4 });
  const { loss } = await evaluate(model, params, test);
  disposeTraining(state);
  return loss;
}

const began = performance.now();
const short = (x: number): string => (x < 1e-3 ? x.toExponential(1) : x.toFixed(4));
console.log(`Loss in nats; bold: less than a tenth of the memoryless baseline. ${updates} updates, seed ${seed}.\n`);
console.log(`| cell | units | ${lengths.map((length) => `T = ${length}`).join(' | ')} | fails first at |`);
console.log(`| --- | --- |${' --- |'.repeat(lengths.length)} --- |`);
const baselines = lengths.map((length) => task.baseline({ length }).loss);
console.log(`| memoryless baseline | | ${baselines.map(short).join(' | ')} | |`);
const series: Series[] = [];
const curve = (name: string, losses: readonly number[]): void => {
  series.push({ name, points: losses.map((loss, i) => [lengths[i] as number, loss]) });
};
curve('memoryless baseline', baselines);
for (const [name, make] of Object.entries(cells)) {
  const units = unitsOf(make);
  const losses: number[] = [];
  for (const length of lengths) losses.push(await learn(make(units, length), length));
  curve(name, losses);
  const solved = losses.map((loss, i) => loss < (baselines[i] as number) / 10);
  const shown = losses.map((loss, i) => (solved[i] ? `**${short(loss)}**` : short(loss)));
  const first = solved.indexOf(false);
  console.log(
    `| ${name} | ${units} | ${shown.join(' | ')} | ${first < 0 ? 'none of these' : `T = ${lengths[first]}`} |`,
  );
}
const chart = lineChart({
  title: 'Copy memory: loss over T blanks',
  x: { label: 'T, blanks', log: true, ticks: lengths },
  y: { label: 'loss, nats', log: true },
  series,
});
console.log(`\n${toText(chart, { color: process.stdout.isTTY })}`);
if (values.svg !== undefined) await writeFile(values.svg, await toSvg(chart));
console.log(`\n${((performance.now() - began) / 60_000).toFixed(1)} minutes.`);
