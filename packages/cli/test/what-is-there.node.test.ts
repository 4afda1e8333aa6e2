import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { taskAgain, translateAgain } from '../src/again.ts';
import { taskCommand } from '../src/commands/task.ts';
import { translateCommand } from '../src/commands/translate.ts';
import { evaluateText } from '../src/eval.ts';
import { sample } from '../src/sample.ts';
import { task } from '../src/task.ts';
import { planRun } from '../src/tasks/plan.ts';
import { train } from '../src/train.ts';
import { translate } from '../src/translate.ts';
import { settingsOf } from '../src/translation/settings.ts';

const work = mkdtempSync(join(tmpdir(), 'elman-there-'));
const at = (name: string): string => join(work, name);
/** A folder with these files as JSON. */
function folder(name: string, files: { readonly [name: string]: unknown }): void {
  mkdirSync(at(name));
  for (const [file, json] of Object.entries(files)) writeFileSync(join(at(name), file), JSON.stringify(json));
}

/** What a command is told by a command line. */
async function told(command: Command, args: readonly string[]): Promise<[argument: string, options: never]> {
  let given: [string, never] | undefined;
  command.action((argument, options) => {
    given = [argument, options as never];
  });
  await command.parseAsync([...args], { from: 'user' });
  return given as NonNullable<typeof given>;
}
const words = (line: string): string[] => line.split(' ').slice(line.startsWith('npx') ? 3 : 2);

/** The settings of a run of `elman task` with this command line. */
async function taskSettings(args: readonly string[]) {
  const [name, options] = await told(taskCommand(), args);
  const { cell, seed } = options as { readonly cell: string; readonly seed: number };
  return planRun({ task: name, cell, seed }, options, 'wasm');
}
const pairs = { pairs: [], hash: 'abc', path: '/somewhere/pairs.tsv' };
async function translationSettings(args: readonly string[]) {
  const [, options] = await told(translateCommand(), args);
  return settingsOf(options, pairs, 'wasm');
}

// Whatever runs the tests: commands are printed as they are called by themselves.
beforeEach(() => {
  vi.stubEnv('npm_command', '');
});
beforeAll(async () => {
  const model = (factory: string, metadata = {}) => ({
    model: { package: '@elman/models', factory, arguments: [] },
    metadata,
  });
  folder('text', { 'model.json': model('languageModel', { run: {} }) });
  folder('made', { 'model.json': model('languageModel') });
  folder('translator', { 'model.json': model('seq2seq'), 'run.json': await translationSettings(['pairs.tsv']) });
  folder('task', { 'run.json': await taskSettings(['parity', '--hidden', '9', '--out', at('task')]) });
  folder('tagger', { 'model.json': model('tagger') });
  folder('comparison', { 'table.json': {} });
  folder('hostile', { 'model.json': model('\u001b[2Jtagger') });
  folder('foreign', {
    'model.json': { model: { package: 'child_process', factory: 'execSync', arguments: ['true'] } },
  });
  folder('damaged', { 'run.json': { task: 'parity', least: null }, 'model.json': { model: 3 } });
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('a folder of another kind', () => {
  const sampled = (name: string) => sample(at(name), { length: 1, temperature: 1, count: 1 });
  const evaluated = (name: string) => evaluateText(at(name), [at('text.txt')], {});
  const translated = (name: string) => translate(at(name), {} as never);
  const resumed = (name: string) => train([], { resume: at(name) } as never);
  const asTask = (name: string) => task(at(name), { cell: 'lstm', seed: 1, with: {} } as never);
  const asText = (name: string) => train([at(name)], {} as never);

  it.each([
    [
      'sample',
      'translator',
      sampled,
      /expected a model of text, got a translator; translate with it: elman translate \S+translator$/,
    ],
    ['eval', 'translator', evaluated, /got a translator; translate with it: elman translate \S+translator$/],
    [
      'train --resume',
      'translator',
      resumed,
      /expected a run of elman train, got a translator; .*: elman translate \/somewhere\/pairs\.tsv --out \S+translator --backend wasm$/,
    ],
    ['sample', 'task', sampled, /got a run of elman task \(parity\); .*: elman task parity --out \S+task .*--hidden 9/],
    ['eval', 'task', evaluated, /got a run of elman task \(parity\)/],
    ['translate', 'task', translated, /expected a translator, got a run of elman task \(parity\)/],
    ['train --resume', 'task', resumed, /expected a run of elman train, got a run of elman task \(parity\)/],
    [
      'translate',
      'text',
      translated,
      /expected a translator, got a model of text; sample from it: elman sample \S+text$/,
    ],
    [
      'task',
      'text',
      asTask,
      /expected the name of a task, got a model of text; continue it: elman train --resume \S+text$/,
    ],
    ['task', 'made', asTask, /got a model of text; sample from it: elman sample \S+made$/],
    ['train', 'text', asText, /expected a text, got a model of text; continue it: elman train --resume \S+text$/],
    [
      'sample',
      'tagger',
      sampled,
      /got a tagger; no command reads it; load it in a program with loadModel\(storage, { kind: 'tagger' }\)/,
    ],
    ['translate', 'comparison', translated, /got the results of elman compare; its table is \S+table\.md\.$/],
    ['sample', 'hostile', sampled, /got a \uFFFD\[2Jtagger; \P{Cc}*$/u],
    ['sample', 'foreign', sampled, /model\.json: (?!.*loadModel)/],
    ['sample', 'damaged', sampled, /model\.json: /],
  ] as const)('is named by elman %s: %s', async (_, name, run, message) => {
    await expect(run(name)).rejects.toThrow(message);
  });
});

describe('the command that goes on with a run', () => {
  it.each([
    ['parity'],
    ['adding --length 5-9 --hidden 3 --updates 70 --evaluate-every 7 --optimizer sgd --seed 4 --clip 0'],
    [
      'adding --length 5-9 --updates 70 --evaluate-every 8 --lengths 4,8 --rows 3 --cell gru --batch 2 --curriculum mixed',
    ],
    ['copyMemory --with symbols=3 --cell-with chrono=20 --layers 2'],
    ['learningToExecute --difficulty nesting=2-3'],
  ])('of elman task gives its settings: %s', async (line) => {
    const settings = await taskSettings(line.split(' '));
    expect(await taskSettings(words(taskAgain(settings, '/runs/x')))).toEqual(settings);
  });

  it.each([
    ['p.tsv'],
    [
      'p.tsv --reverse --attention none --updates 30 --evaluate-every 4 --tokenizer words --validation 0 --layers 2 --beam 2',
    ],
  ])('of elman translate gives its settings: %s', async (line) => {
    const settings = await translationSettings(line.split(' '));
    const again = translateAgain(settings, '/runs/x');
    expect(again).toContain('translate /somewhere/pairs.tsv --out /runs/x');
    expect(await translationSettings(words(again))).toEqual(settings);
  });
});
