import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStorage, writeTogether } from '@elman/checkpoint';
import { installedPackage, type Json } from '@elman/core';
import { historyLines } from '../../../src/history.ts';
import { findRun } from '../../../src/run-folder.ts';
import { fromMetadata } from '../../../src/settings.ts';
import { lengthChart } from '../../../src/tasks/charts.ts';
import { resultOf } from '../../../src/tasks/result.ts';
import type { TaskSettings } from '../../../src/tasks/settings.ts';
import { comparisonTable, summarise } from '../../../src/tasks/table.ts';
import { expectNoRun, expectThere } from '../../../src/what-is-there.ts';
import { type Kind, Unusable } from '../check.ts';
import { plainJson } from './sealed.ts';

const encoded = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value, null, 2));

const settings: TaskSettings = {
  task: 'parity',
  with: { supervision: 'last' },
  least: { length: 2 },
  most: { length: 6 },
  curriculum: 'none',
  cell: 'gru',
  cellWith: {},
  hidden: 4,
  layers: 1,
  updates: 6,
  batch: 4,
  optimizer: 'adam',
  learningRate: 0.01,
  clip: 1,
  seed: 1,
  evaluateEvery: 1,
  lengths: [2, 6, 12],
  rows: 8,
  backend: 'wasm',
};
const score = { loss: 0.7, accuracy: 0.5 };
const result = {
  settings,
  parameters: 98,
  seconds: 1.5,
  date: '2026-11-21',
  score: { ...score, answered: { exactMatch: 0, accuracy: 0.25 } },
  baseline: score,
  byLength: [2, 12].map((length) => ({ length, ...score, baseline: score })),
  rule: 'accuracy at least 0.99',
  solved: false,
  evaluations: [{ step: 6, loss: 0.7 }],
};

/** Reads a run with this file among those of its folder, and its result. */
async function readRun(files: { readonly [name: string]: Uint8Array }): Promise<void> {
  const storage = memoryStorage();
  await writeTogether(storage, files);
  const found = await findRun(storage, 'runs/parity', settings as unknown as Json);
  if (found?.result === undefined) throw new Unusable('no result');
  const done = resultOf('memory:result.json', found.result, settings);
  comparisonTable(summarise([done]));
  lengthChart(done);
}

const trained = {
  texts: ['a.txt'],
  textHash: 'ab'.repeat(32),
  cell: 'lstm',
  hidden: 8,
  layers: 2,
  embedding: null,
  tokenizer: 'characters',
  dropout: 0.1,
  batch: 4,
  window: 8,
  validation: null,
  updates: 100,
  minutes: null,
  optimizer: 'adam',
  learningRate: 0.002,
  clip: 1,
  seed: 1,
  evaluateEvery: 10,
  saveEvery: 10,
  backend: 'wasm',
};

const line = (step: number) => ({
  step,
  loss: 0.7,
  heldOut: 0.6,
  learningRate: 0.01,
  gradientNorm: 1.5,
  seconds: step / 8,
});

/** A real folder, removed when the process ends. */
const folder = mkdtempSync(join(tmpdir(), 'elman-mutations-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const models = await Promise.all(
  ['languageModel', 'seq2seq', 'classifier'].map(async (factory) => ({
    model: { package: '@elman/models', factory, arguments: [] },
    metadata: { run: trained },
  })),
);
const other = join(folder, 'node_modules', 'elman-cell-x');
await mkdir(other, { recursive: true });
await writeFile(join(other, 'index.js'), 'export {}');

/** What a command finds in a folder with one such file. */
const looked = (name: string, examples: readonly unknown[]): Kind => ({
  name: `a folder with ${name}`,
  examples: examples.map(encoded),
  where: new RegExp(folder),
  json: plainJson,
  async read(bytes) {
    const path = join(folder, name);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, name), bytes);
    await expectThere(path, 'a model of text');
    await expectNoRun(path, 'a text');
  },
});

export const runs: readonly Kind[] = [
  {
    name: 'run.json',
    examples: [encoded(settings)],
    where: /run\.json|runs\/parity/,
    read: (bytes) => readRun({ 'run.json': bytes, 'result.json': encoded(result) }),
    json: plainJson,
  },
  {
    name: 'result.json',
    examples: [encoded(result)],
    where: /result\.json/,
    read: (bytes) => readRun({ 'run.json': encoded(settings), 'result.json': bytes }),
    json: plainJson,
  },
  {
    name: 'settings in model.json',
    examples: [encoded({ run: trained })],
    where: /runs\/a/,
    read: (bytes) => void fromMetadata('runs/a', (plain(bytes) ?? {}) as { [key: string]: Json }),
    json: plainJson,
  },
  {
    name: 'history.jsonl',
    examples: [new TextEncoder().encode([1, 2, 3].map((step) => `${JSON.stringify(line(step))}\n`).join(''))],
    read(bytes) {
      const lines = historyLines(new TextDecoder().decode(bytes));
      if (lines.some(({ step, loss, seconds }) => ![step, loss, seconds].every(Number.isFinite)))
        throw new Unusable('no number');
    },
    json: {
      from: (bytes) => new TextDecoder().decode(bytes).split('\n')[1] as string,
      into: (bytes, json) =>
        new TextEncoder().encode(new TextDecoder().decode(bytes).split('\n').with(1, json).join('\n')),
    },
  },
  looked('run.json', [settings, { ...trained, pairs: 'pairs.tsv' }]),
  looked('model.json', models),
  looked('table.json', [{ settings: {}, rows: [] }]),
  {
    name: 'package.json',
    examples: [encoded({ name: 'elman-cell-x', main: 'index.js', elman: { cell: ['minGru'], memory: 'tape' } })],
    where: /package\.json/,
    json: plainJson,
    async read(bytes) {
      await writeFile(join(other, 'package.json'), bytes);
      const found = await installedPackage('elman-cell-x', [folder]);
      if (found?.factories.cell.some((name) => typeof name !== 'string')) throw new Unusable('no name');
    },
  },
];

function plain(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
