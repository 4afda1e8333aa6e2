/**
 * Learning to execute (Zaremba & Sutskever 2014): a net reads a program, character by character, and writes its output. Four curricula
 * with the same net and budget; then the accuracy of characters with teacher forcing,
 * and of characters and programs without; then some programs with the answer of each net.
 *
 *   pnpm --filter learning-to-execute start [--length 3 --nesting 2 --updates 6000 --units 128 --seed 1]
 */
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { lstm } from '@elman/cells';
import { Rng, tree } from '@elman/core';
import { answers, evaluateAnswers, taskModel } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { alike, learningToExecute, scramble, showAnswers, taskBatches } from '@elman/tasks';
import {
  combinedCurriculum,
  disposeTraining,
  evaluate,
  mixedCurriculum,
  naiveCurriculum,
  noCurriculum,
  train,
} from '@elman/train';

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: { length: string, nesting: string, updates: string, units: string, seed: string },
});
const target = { length: Number(values.length ?? 3), nesting: Number(values.nesting ?? 2) };
const [updates, units] = [Number(values.updates ?? 6000), Number(values.units ?? 128)];
const seed = values.seed ?? '1';
await selectBackend();

const task = learningToExecute();
const parts = {
  train: task.part?.('train') ?? task,
  validation: task.part?.('validation') ?? task,
  test: task.part?.('test') ?? task,
};
const range = { easiest: task.easiest, target };
const strategies = [noCurriculum(target), naiveCurriculum(range), mixedCurriculum(range), combinedCurriculum(range)];
const shown = parts.test.sample(Rng.seeded('shown'), alike(4, target));
const said: { [strategy: string]: number[][] } = {};

console.log(
  `Programs of length ${target.length} and nesting ${target.nesting}, an LSTM of ${units}, ${updates} updates of 64, seed ${seed}.\n`,
);
console.log('| curriculum | characters right, teacher forcing | free-running | programs right | nats | minutes |');
console.log('| --- | --- | --- | --- | --- | --- |');
const guess = task.baseline(target);
const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
console.log(`| input-blind | ${percent(guess.accuracy)} | | | ${guess.loss.toFixed(3)} | |`);
for (const curriculum of strategies) {
  const model = taskModel(lstm({ inputSize: task.inputSize, hiddenSize: units }), task);
  const began = performance.now();
  const { params, state } = await train({
    model,
    curriculum,
    batches: taskBatches(parts.train, { batchSize: 64, difficulty: target, seed: `train ${seed}` }),
    validation: taskBatches(parts.validation, {
      batchSize: 64,
      difficulty: target,
      seed: 'validation',
      batchesPerEpoch: 4,
    }),
    evaluateEvery: Math.max(1, Math.round(updates / 60)),
    optimizer: chain(
      clipByGlobalNorm(5),
      adam({ learningRate: cosine({ initial: 0.004, final: 4e-4, steps: updates }) }),
    ),
    updates,
    seed,
  });
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  const test = taskBatches(parts.test, { batchSize: 64, difficulty: target, seed: 'test', batchesPerEpoch: 8 });
  const { loss, metrics } = await evaluate(model, params, test);
  const { exactMatch, accuracy } = await evaluateAnswers(model, params, test);
  const right = [metrics.accuracy as number, accuracy, exactMatch].map(percent).join(' | ');
  console.log(`| ${curriculum.name} | ${right} | ${loss.toFixed(3)} | ${minutes} |`);
  const own = answers(model, params, shown);
  said[curriculum.name] = (await own.predicted.array()) as number[][];
  tree.dispose([own.predicted, own.exactMatch, own.accuracy]);
  disposeTraining(state);
}

const rows = {
  inputs: (await shown.inputs.array()) as number[][],
  targets: (await shown.targets.array()) as number[][],
  mask: (await shown.mask?.array()) as number[][] | undefined,
};
console.log(`\n${showAnswers(task, rows, said)}`);
const { symbols } = task;
const first = (rows.inputs[0] as number[]).map((id) => symbols?.inputs[id]).join('');
console.log(
  `The first of them as the net sees it, with its characters replaced at random:\n\n${scramble(first.trimEnd(), 1)}`,
);
