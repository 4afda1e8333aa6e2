import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lstm } from '@elman/cells';
import { memoryStorage, writeTogether } from '@elman/checkpoint';
import { ElmanError, isPackageName, type Json, type Recipe, Rng, TrustError, tree } from '@elman/core';
import { ntmMemory } from '@elman/memory';
import { memoryCell, stack } from '@elman/rnn';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { languageModel, loadModel, saveModel } from '../src/index.ts';

let work: string;
let proof: string;

/** Installs a package whose import, and whose every function, leaves a trace. */
function install(name: string, manifest: object, source = ''): void {
  const folder = join(work, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, type: 'module', ...manifest }));
  writeFileSync(
    join(folder, 'index.js'),
    `import { writeFileSync } from 'node:fs';
    const ran = (what) => writeFileSync(${JSON.stringify(proof)}, what);
    ran('import');
    export const run = () => ran('call');
    export const toy = ({ inputSize, hiddenSize }) => ({ name: 'toy', inputSize, outputSize: hiddenSize,
      init: () => ({}), initialState: () => ({}), step: () => { throw new Error('toy'); } });
    export default run;
    ${source}`,
  );
}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'elman-trust-'));
  proof = join(work, 'proof.txt');
  install('toy-cell', { exports: { default: './index.js' }, elman: { cell: ['toy', 'gone'], memory: 'run' } });
  install('undeclared', { main: 'index.js' });
  install('other-task', { main: './index.js', elman: { task: 'run' } });
  vi.spyOn(process, 'cwd').mockReturnValue(work);
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(work, { recursive: true });
});
beforeEach(() => rmSync(proof, { force: true }));

const of = (from: string, factory: string, ...given: Json[]): Recipe => ({ package: from, factory, arguments: given });
const sizes = { inputSize: 2, hiddenSize: 3 };
const modelOf = (cell: Json): Recipe => of('@elman/models', 'languageModel', cell, { vocabSize: 3 }, {});

/** A folder with this text as `model.json`, and a manifest that names it. */
async function folderWith(model: unknown): ReturnType<typeof saved> {
  const storage = await saved();
  const text = typeof model === 'string' ? model : JSON.stringify({ format: 'elman-model', version: 1, model });
  await writeTogether(storage, { 'model.json': new TextEncoder().encode(text) });
  return storage;
}

async function saved() {
  const storage = memoryStorage();
  const model = languageModel(lstm(sizes), { vocabSize: 3 });
  const params = model.init(Rng.seeded(1));
  await saveModel(storage, { model, params });
  tree.dispose(params);
  return storage;
}

async function refusal(model: unknown, options: object = {}): Promise<string> {
  const error = await loadModel(await folderWith(model), options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(ElmanError.isInstance(error), `${error}`).toBe(true);
  expect((error as Error).message).toMatch(/^memory:model\.json: [^\n]{1,240}$/);
  return (error as Error).message;
}

describe('loadModel', () => {
  const command = `echo ran > proof.txt`;

  it.each([
    'child_process',
    'node:child_process',
    'CHILD_PROCESS',
    'Child_Process',
    'fs',
    'fs/promises',
    'vm',
    'module',
  ])('runs nothing of %s', async (name) => {
    const attack = of(name, 'execSync', command, { cwd: work });
    for (const recipe of [attack, modelOf(attack), of('@elman/rnn', 'stack', [attack])]) {
      expect(await refusal(recipe)).toContain('package: expected the name of an npm package');
      expect(await refusal(recipe, { trust: [name] })).toContain('package: expected the name of an npm package');
    }
    expect(existsSync(proof)).toBe(false);
  });

  it('imports no untrusted package, wherever the file names it', async () => {
    const foreign = of('toy-cell', 'toy', sizes);
    for (const recipe of [
      foreign,
      modelOf(foreign),
      modelOf(of('@elman/rnn', 'stack', [of('@elman/cells', 'lstm', sizes), foreign])),
      of('@elman/models', 'languageModel', of('@elman/cells', 'lstm', sizes), { vocabSize: foreign }),
      of('@elman/models', 'languageModel', [[{ deep: foreign }]]),
    ]) {
      const error = await loadModel(await folderWith(recipe)).catch((reason: unknown) => reason);
      expect(TrustError.isInstance(error)).toBe(true);
      expect((error as TrustError).packages).toEqual(['toy-cell']);
    }
    expect(existsSync(proof)).toBe(false);
  });

  it.each([
    ['what its package.json does not declare', modelOf(of('toy-cell', 'run')), 'expected a cell, got run of toy-cell'],
    ['another export', modelOf(of('toy-cell', 'default')), 'toy-cell has no factory "default"'],
    ['an inherited name', modelOf(of('toy-cell', 'toString')), 'toy-cell has no factory "toString"'],
    ['another kind', modelOf(of('other-task', 'run')), 'expected a cell, got run of other-task, which makes a task'],
    ['a package without a declaration', modelOf(of('undeclared', 'run')), 'undeclared has no factory "run"'],
    ['what is not installed', modelOf(of('absent', 'run')), 'the package absent is not installed here; install it'],
    [
      'a fault behind what is sound',
      modelOf(of('@elman/rnn', 'stack', [of('toy-cell', 'toy', sizes), of('@elman/cells', 'execSync')])),
      '@elman/cells has no factory "execSync"',
    ],
  ])('imports no trusted package for %s', async (_, recipe, message) => {
    const trust = ['toy-cell', 'other-task', 'undeclared', 'absent'];
    expect(await refusal(recipe, { trust })).toContain(message);
    expect(existsSync(proof)).toBe(false);
  });

  it.each([
    [
      'a helper of a built-in package',
      of('@elman/models', 'saveModel', {}),
      '@elman/models has no factory "saveModel"',
    ],
    ['a converter of weights', modelOf(of('@elman/cells', 'lstmFromKeras', {})), 'has no factory "lstmFromKeras"'],
    ['a cell where a model is wanted', of('@elman/cells', 'lstm', sizes), 'expected a model, got lstm of @elman/cells'],
    [
      'an attention for a cell',
      modelOf(of('@elman/attention', 'localAttention')),
      'expected a cell, got localAttention',
    ],
    ['a model for a cell', modelOf(modelOf(of('@elman/cells', 'lstm', sizes))), 'expected a cell, got languageModel'],
    ['wrong arguments', modelOf(of('@elman/cells', 'lstm', 'wide')), 'lstm: inputSize: expected'],
    ['no arguments', of('@elman/models', 'languageModel'), 'languageModel: cell: expected a cell'],
    ['a number for a cell', modelOf(7), 'expected the recipe of a cell among its arguments, got a number'],
  ])('refuses %s', async (_, recipe, message) => expect(await refusal(recipe)).toContain(message));

  it('refuses a file that is nested too deeply', async () => {
    const cell = JSON.stringify(of('@elman/cells', 'lstm', sizes));
    const around = '{"package":"@elman/rnn","factory":"residual","arguments":[';
    const deep = 20_000;
    const brackets = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const model = (text: string): string => `{"format":"elman-model","version":1,"model":${text}}`;
    expect(await refusal(model(`${around.repeat(deep)}${cell}${']}'.repeat(deep)}`))).toContain('500 levels');
    for (const text of [model(brackets(20_000)), brackets(20_000), `{"format":${brackets(20_000)}}`]) {
      expect(await refusal(text)).toContain('500 levels');
    }
    expect(await refusal(model(brackets(400)))).toContain('model: expected a recipe or null, got an array');
    expect(await refusal(brackets(400))).toContain('format: expected');
    expect(await refusal(`{"format":${brackets(400)}}`)).toContain('got an array');
    expect(await refusal(model(`${around.repeat(200)}${cell}${']}'.repeat(200)}`))).toContain('256 levels');
    expect(await refusal(`{"x\n":\u009b`)).toContain('not JSON');
    expect(await refusal(model('null').replace('}', ',"tokenizers":null}'))).toContain(
      'tokenizers: expected an object',
    );
  });

  it('imports trusted and declared packages, by name or given by the program', async () => {
    const recipe = modelOf(of('toy-cell', 'toy', sizes));
    const storage = await folderWith(recipe);
    // The cell has no parameters, those of the file are another model's: that is found after the cell was made.
    await expect(loadModel(storage, { trust: ['toy-cell'] })).rejects.toThrow(/model\.safetensors/);
    expect(existsSync(proof)).toBe(true);
    const given = { lstm: () => lstm(sizes) };
    const { model } = await loadModel(await folderWith(modelOf(of('toy-cell', 'lstm'))), {
      trust: { 'toy-cell': given },
    });
    expect(model.cell.name).toBe('lstm');
    expect(await refusal(modelOf(of('toy-cell', 'gone')), { trust: ['toy-cell'] })).toContain(
      'exports no function "gone"',
    );
  });

  it('loads all built-in parts without trust', async () => {
    const storage = memoryStorage();
    const cell = memoryCell(stack([lstm({ inputSize: 5, hiddenSize: 3 })]), ntmMemory({ slots: 4, width: 3 }));
    const model = languageModel(cell, { vocabSize: 2 });
    await saveModel(storage, { model, params: model.init(Rng.seeded(1)) });
    expect((await loadModel(storage)).model.recipe).toEqual(model.recipe);
  });
});

it('no built-in module of Node is taken for a package, under any of its names', () => {
  const names = builtinModules.flatMap((name) => [name, `node:${name}`, name.toUpperCase()]);
  expect(names.filter(isPackageName)).toEqual([]);
});
