/** Every option of every command reaches its code under the name that the code reads, and changes what the command does. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTogether, type Storage, savedTogether, writeTogether } from '@elman/checkpoint';
import { folderStorage } from '@elman/checkpoint/node';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../src/program.ts';
import { inProcess } from './in-process.ts';

interface Case {
  /** What is typed behind the option. */
  readonly typed: readonly string[];
  /** What the command is then told. */
  readonly told: unknown;
  /** The command line that the option is added to, where the usual one will not do. */
  readonly to?: readonly string[];
  /** What it is compared with, in place of nothing. */
  readonly instead?: readonly string[];
  /** Whether it is about a folder where the command has run before. */
  readonly again?: boolean;
  /** The folder that it is about a copy of. */
  readonly copyOf?: string;
}
type Cases = { readonly [option: string]: Case };

const typed = (text: string, told: unknown, more: Partial<Case> = {}): Case => ({ typed: [text], told, ...more });
const number = (value: number, more: Partial<Case> = {}): Case => typed(`${value}`, value, more);
const flag = (more: Partial<Case> = {}): Case => ({ typed: [], told: true, ...more });

const TRAIN = ['text.txt', '--out', 'out', '--hidden', '3', '--embedding', '2', '--batch', '2', '--window', '4'];
const TWO = ['--updates', '2'];
const NET = ['--hidden', '3', '--batch', '2', '--rows', '4', '--length', '2-4', '--lengths', '4', ...TWO];
const TASK = ['parity', '--out', 'out', ...NET, '--json'];
const COMPARE = ['--tasks', 'parity', '--cells', 'lstm', '--out', 'out', ...NET, '--json'];
const TEXTS = [
  '--texts',
  'text.txt',
  '--cells',
  'lstm',
  '--out',
  'out',
  '--hidden',
  '3',
  '--batch',
  '2',
  ...TWO,
  '--json',
];
const PAIRS = ['pairs.tsv', '--out', 'out', '--hidden', '3', '--embedding', '2', '--batch', '2', ...TWO, '--json'];
const CELL = 'twice-as-simple';
const FOREIGN = ['foreign', '--length', '20', '--seed', '1'];
const WORDS = ['words', '--length', '40', '--seed', '1'];
const SAMPLE = ['model', '--length', '40', '--seed', '1'];

const net = (command: readonly string[], ofRepeats: readonly string[], size: (n: number) => Case = number): Cases => ({
  length: typed('3', [3, 3]),
  difficulty: typed('repeats=2-3', { repeats: [2, 3] }, { to: ofRepeats }),
  with: typed('supervision=last', { supervision: 'last' }),
  curriculum: typed('naive', 'naive'),
  lengths: typed('2,4', [2, 4]),
  rows: number(9),
  hidden: size(5),
  cellWith: typed('chrono=9', { chrono: 9 }),
  params: typed('0.2k', 200),
  layers: size(2),
  updates: number(3),
  batch: number(3),
  optimizer: typed('sgd', 'sgd'),
  learningRate: number(0.5),
  clip: number(0.001),
  evaluateEvery: number(2),
  backend: typed('cpu', 'cpu'),
  overwrite: flag({ again: true }),
  out: typed('elsewhere', 'elsewhere'),
  json: flag({ to: command.filter((arg) => arg !== '--json') }),
});

/** Of commands on a file with a model; `of` names the file that a model, or a backend, is for. */
const coded = (of: (made: string) => string): Cases => ({
  model: typed('kn', 'kn', { to: [of('kn'), '--model', 'words', '--out', 'out', '--json'] }),
  out: typed('elsewhere', 'elsewhere'),
  overwrite: flag({ again: true }),
  trust: typed(CELL, [CELL], { to: [of('foreign'), '--model', 'foreign-coder', '--out', 'out'] }),
  cell: typed(CELL, CELL, { to: [of('foreign'), '--model', 'foreign-coder', '--out', 'out'] }),
  backend: typed('cpu', 'cpu', { to: [of('cpu'), '--model', 'coder', '--out', 'out', '--json'] }),
  json: flag({ to: [of('coder'), '--model', 'coder', '--out', 'out'] }),
});

const COMMANDS: { readonly [command: string]: { readonly to: readonly string[]; readonly options: Cases } } = {
  train: {
    to: [...TRAIN, ...TWO, '--json'],
    options: {
      out: typed('elsewhere', 'elsewhere'),
      overwrite: flag({ again: true }),
      resume: typed('model', 'model', { to: ['--updates', '5', '--json'] }),
      previous: flag({ to: ['--resume', 'out', '--updates', '5', '--json'], copyOf: 'model' }),
      corpus: typed('pennTreebankWords', 'pennTreebankWords', { to: ['ptb', ...TRAIN.slice(1), ...TWO, '--json'] }),
      cell: typed('gru', 'gru'),
      trust: typed(CELL, [CELL], { to: ['--resume', 'foreign', '--updates', '5', '--json'] }),
      hidden: number(5),
      layers: number(2),
      embedding: typed('one-hot', 'one-hot'),
      tokenizer: typed('bytes', 'bytes'),
      output: typed('classes:count=2', 'classes:count=2'),
      dropout: number(0.5),
      batch: number(3),
      window: number(9),
      updates: number(3),
      epochs: number(0.01, { to: [...TRAIN, '--json'], instead: TWO }),
      minutes: number(0.001, { to: [...TRAIN, '--json'], instead: TWO }),
      optimizer: typed('sgd', 'sgd'),
      learningRate: number(0.5),
      clip: number(0.001),
      seed: number(3),
      validation: number(0.2),
      evaluateEvery: number(2),
      saveEvery: number(2),
      backend: typed('cpu', 'cpu'),
      json: flag({ to: [...TRAIN, ...TWO] }),
    },
  },
  sample: {
    to: SAMPLE,
    options: {
      prompt: typed('7\\nb', '7\nb'),
      length: number(7),
      temperature: number(0),
      topK: number(2),
      topP: number(0.3),
      minP: number(0.9),
      typicalP: number(0.2),
      noRepeatNgram: number(2),
      repetitionPenalty: number(5),
      allowUnknown: flag({ to: WORDS }),
      trust: typed(CELL, [CELL], { to: FOREIGN }),
      cell: typed(CELL, CELL, { to: FOREIGN }),
      seed: number(3),
      count: number(2),
      backend: typed('cpu', 'cpu'),
      json: flag(),
    },
  },
  eval: {
    to: ['model', 'text.txt'],
    options: {
      corpus: typed('pennTreebankCharacters', 'pennTreebankCharacters', { to: ['model', 'ptb'] }),
      trust: typed(CELL, [CELL], { to: ['foreign', 'text.txt'] }),
      cell: typed(CELL, CELL, { to: ['foreign', 'text.txt'] }),
      backend: typed('cpu', 'cpu'),
      json: flag(),
    },
  },
  compress: { to: ['text.txt', '--model', 'coder', '--out', 'out', '--json'], options: coded(() => 'text.txt') },
  decompress: {
    to: ['coder.elmc', '--model', 'coder', '--out', 'out', '--json'],
    options: coded((made) => `${made}.elmc`),
  },
  ngram: {
    to: ['text.txt', '--json'],
    options: {
      order: number(2),
      smoothing: typed('wittenBell', 'wittenBell'),
      corpus: typed('pennTreebankWords', 'pennTreebankWords', { to: ['ptb', '--json'] }),
      tokenizer: typed('bytes', 'bytes'),
      cache: number(20),
      sentences: flag({ to: ['ptb', '--corpus', 'pennTreebankWords', '--json'] }),
      validation: number(0.2),
      out: typed('elsewhere', 'elsewhere'),
      overwrite: flag({ to: ['text.txt', '--json', '--out', 'elsewhere'], again: true }),
      arpa: typed('out.arpa', 'out.arpa'),
      json: flag({ to: ['text.txt'] }),
    },
  },
  task: {
    to: TASK,
    options: {
      ...net(TASK, ['repeatCopy', ...TASK.slice(1)]),
      cell: typed('gru', 'gru'),
      seed: number(3),
      previous: flag({ copyOf: 'unfinished' }),
    },
  },
  compare: {
    to: COMPARE,
    options: {
      ...net(COMPARE, ['--tasks', 'repeatCopy', ...COMPARE.slice(2)], (n) => typed(`${n}`, [n])),
      tasks: typed('largerTotal,parity', ['largerTotal', 'parity']),
      cells: typed('gru', ['gru']),
      seeds: typed('3,4', [3, 4]),
      texts: typed('text.txt', ['text.txt'], { to: TEXTS.slice(2) }),
      corpus: typed('pennTreebankWords', 'pennTreebankWords', { to: ['--texts', 'ptb', ...TEXTS.slice(2)] }),
      tokenizer: typed('bytes', 'bytes', { to: TEXTS }),
      embedding: number(5, { to: TEXTS }),
      output: typed('classes:count=3', 'classes:count=3', { to: TEXTS }),
      dropout: number(0.5, { to: TEXTS }),
      window: number(9, { to: TEXTS }),
      epochs: number(0.01, { to: TEXTS }),
      validation: number(0.2, { to: TEXTS }),
    },
  },
  translate: {
    to: PAIRS,
    options: {
      previous: flag({ copyOf: 'unfinished-pairs' }),
      out: typed('elsewhere', 'elsewhere'),
      overwrite: flag({ again: true }),
      cell: typed('lstm', 'lstm'),
      hidden: number(5),
      layers: number(2),
      embedding: number(6),
      attention: typed('none', 'none'),
      reverse: flag(),
      tokenizer: typed('bytes', 'bytes'),
      updates: number(3),
      batch: number(3),
      optimizer: typed('sgd', 'sgd'),
      learningRate: number(0.5),
      clip: number(0.001),
      seed: number(3),
      validation: number(0.2),
      evaluateEvery: number(2),
      beam: number(1, { to: [...PAIRS, '--validation', '0', '--updates', '20', '--learning-rate', '0.1'] }),
      alignments: flag(),
      allowUnknown: flag({ to: [...PAIRS, '--tokenizer', 'words', '--updates', '20', '--learning-rate', '0.1'] }),
      trust: typed(CELL, [CELL], { to: ['foreign-pairs', '--json'] }),
      backend: typed('cpu', 'cpu'),
      json: flag({ to: PAIRS.filter((arg) => arg !== '--json') }),
    },
  },
  cells: { to: [], options: { json: flag() } },
  memories: { to: [], options: { json: flag() } },
  attention: { to: [], options: { json: flag() } },
  optimizers: { to: [], options: { json: flag() } },
  tasks: { to: [], options: { json: flag() } },
  doctor: { to: [], options: { json: flag() } },
};

const find = (name: string): Command => program().commands.find((command) => command.name() === name) as Command;
const nameOf = (option: string): string => `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What the action of a command is told of its options by a command line. */
async function told(name: string, args: readonly string[]): Promise<{ readonly [option: string]: unknown }> {
  const command = find(name);
  command.action(() => {});
  await (command.parent as Command).parseAsync([name, ...args], { from: 'user' });
  return command.opts();
}

/** All that a command line does, but for what differs each time: what it takes, and what merely repeats the options. */
async function effect(name: string, args: readonly string[], { again, copyOf }: Partial<Case>): Promise<unknown> {
  for (const folder of ['out', 'elsewhere']) rmSync(folder, { recursive: true, force: true });
  if (copyOf !== undefined) cpSync(copyOf, 'out', { recursive: true });
  if (again) await inProcess([name, ...args], 'ab\ncd\n');
  const { code, stdout, stderr, backend } = await inProcess([name, ...args], 'ab\ncd\n');
  const lines = stdout
    .split('\n')
    .map((line) => (line.startsWith('{') ? withoutTimes(line) : line.replace(/^tokens\/s .*/, '')));
  const folders = ['out', 'elsewhere', 'model'].map((folder) => {
    const file = join(folder, 'training.safetensors');
    return existsSync(file) && createHash('sha256').update(readFileSync(file)).digest('hex');
  });
  return { code, lines, stderr: code === 0 ? '' : stderr, backend, folders };
}

const TIMES = new Set(['seconds', 'secondsLeft', 'tokensPerSecond', 'date', 'settings', 'gigaflops']);
const withoutTimes = (json: string): unknown => JSON.parse(json, (key, value) => (TIMES.has(key) ? undefined : value));

/** A package with a cell, where the command is called. */
function install(): void {
  const folder = `node_modules/${CELL}`;
  mkdirSync(folder, { recursive: true });
  const manifest = { name: CELL, type: 'module', exports: './i.js', elman: { cell: 'twice' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(folder, 'i.js'),
    `import { simpleRnn } from ${JSON.stringify(import.meta.resolve('@elman/cells'))};
     export const twice = ({ inputSize, hiddenSize }) => {
       const { recipe, ...cell } = simpleRnn({ inputSize, hiddenSize });
       return { ...cell, name: 'twice' };
     };`,
  );
}

/** Makes a run that is done one that was interrupted after its last update. */
async function removeResult(storage: Storage): Promise<void> {
  const names = await savedTogether(storage);
  const { 'result.json': _, ...files } = await readTogether(storage, names);
  await writeTogether(storage, files, { replace: true });
}

let work: string;
const home = process.cwd();
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'elman-options-'));
  process.chdir(work);
  writeFileSync('text.txt', Array.from({ length: 40 }, (_, i) => `${i} bottles on wall ${(i * 7) % 13}.\n`).join(''));
  writeFileSync(
    'pairs.tsv',
    Array.from({ length: 30 }, (_, i) => `a${i * 17} ${i % 3}\t${i * 31}b ${i % 3}\n`).join(''),
  );
  mkdirSync('ptb');
  for (const part of ['train', 'valid', 'test'])
    writeFileSync(`ptb/ptb.${part}.txt`, ' a bottle on wall N \n'.repeat(30));
  install();
  for (const args of [
    ['train', ...TRAIN, ...TWO, '--out', 'model'],
    ['train', ...TRAIN, ...TWO, '--out', 'words', '--tokenizer', 'words'],
    ['train', ...TRAIN, ...TWO, '--out', 'foreign', '--cell', CELL],
    ['translate', ...PAIRS, '--out', 'foreign-pairs', '--cell', CELL],
    ['ngram', 'text.txt', '--out', 'kn'],
    ['compress', 'text.txt', '--model', 'kn', '--out', 'kn.elmc'],
    ['train', ...TRAIN, ...TWO, '--out', 'coder'],
    ['compress', 'text.txt', '--model', 'coder', '--out', 'coder.elmc'],
    ['compress', 'text.txt', '--model', 'coder', '--out', 'cpu.elmc', '--backend', 'cpu'],
    ['train', ...TRAIN, ...TWO, '--out', 'foreign-coder', '--cell', CELL],
    ['compress', 'text.txt', '--model', 'foreign-coder', '--out', 'foreign.elmc', '--trust', CELL],
    ['task', ...TASK, '--out', 'unfinished'],
    ['translate', ...PAIRS, '--out', 'unfinished-pairs'],
  ]) {
    expect(await inProcess(args)).toMatchObject({ code: 0 });
  }
  for (const folder of ['unfinished', 'unfinished-pairs']) await removeResult(folderStorage(folder));
});
afterAll(() => {
  process.chdir(home);
  rmSync(work, { recursive: true });
});

it('there is a case for every option of every command', () => {
  const options = program().commands.map((command) => [
    command.name(),
    command.options.map(({ long }) => long as string).sort(),
  ]);
  const cases = Object.entries(COMMANDS).map(([name, { options }]) => [name, Object.keys(options).map(nameOf).sort()]);
  expect(Object.fromEntries(options)).toEqual(Object.fromEntries(cases));
});

describe.each(Object.entries(COMMANDS))('elman %s', (name, { to: usual, options }) => {
  const without = new Map<string, Promise<unknown>>();

  it('does the same when it is told the same', async () => {
    if (name !== 'doctor') expect(await effect(name, usual, {})).toEqual(await effect(name, usual, {}));
  });

  it.each(Object.entries(options))('%s is told and has an effect', async (option, { typed, told: value, ...how }) => {
    const { to = usual, instead = [] } = how;
    const args = [...to, nameOf(option), ...typed];
    expect((await told(name, args))[option]).toEqual(value);
    expect((await told(name, to))[option]).not.toEqual(value);
    const other = [...to, ...instead];
    const key = JSON.stringify([other, how.again, how.copyOf]);
    const base = await (without.get(key) ?? without.set(key, effect(name, other, how)).get(key));
    const given = await effect(name, args, how);
    expect(given).toMatchObject({ code: 0 });
    expect(given).not.toEqual(base);
  });
});
