import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeTogether } from '@elman/checkpoint';
import { folderStorage } from '@elman/checkpoint/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { trustOf } from '../src/trust.ts';
import { elman, eventsOf, TINY, workFolder } from './spawn.ts';

const work = workFolder();
const cwd = work.path;
const at = (name: string): string => join(cwd, name);
const proof = at('proof.txt');
const CELL = 'twice-as-simple';

/** Installs a package where the person works that leaves a proof when it is imported. */
function install(name: string, elmanField: object, source: string): void {
  const folder = at(`node_modules/${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name, type: 'module', exports: './i.js', elman: elmanField }),
  );
  const cells = JSON.stringify(import.meta.resolve('@elman/cells'));
  writeFileSync(
    join(folder, 'i.js'),
    `import { writeFileSync } from 'node:fs';
     import { simpleRnn } from ${cells};
     writeFileSync(${JSON.stringify(proof)}, 'imported');
     ${source}`,
  );
}

const twice = `export const twice = ({ inputSize, hiddenSize }) => {
  const { recipe, ...cell } = simpleRnn({ inputSize, hiddenSize });
  return { ...cell, name: 'twice' };
};`;

async function refused(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await elman(args, { cwd, input: 'a line\n' });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^elman: [^\n]{1,200}\n$/);
  return stderr;
}

/** A command as it was printed, to be called. */
const typed = (line: unknown): string[] => `${line}`.split(' ').slice(1);

let printed: { readonly sample?: string; readonly resume?: string };
beforeAll(async () => {
  install(CELL, { cell: 'twice' }, twice);
  const options = [...TINY, '--cell', CELL, '--updates', '4', '--out', 'twice', '--json'];
  const { code, stdout } = await elman(['train', work.text, ...options], { cwd });
  expect(code).toBe(0);
  printed = eventsOf(stdout).at(-1) as typeof printed;
});
beforeEach(() => rmSync(proof, { force: true }));
afterAll(() => work.remove());

describe('a model with a cell of another package', () => {
  it.each([
    ['sample', ['sample', 'twice', '--length', '3']],
    ['eval', ['eval', 'twice', work.text]],
    ['train', ['train', '--resume', 'twice', '--updates', '6']],
  ])('is not loaded by elman %s until the person trusts that package', async (_, args) => {
    expect(await refused(args)).toMatch(
      /model\.json: model: it needs twice-as-simple, whose code runs only if you trust it: --trust twice-as-simple$/m,
    );
    expect(existsSync(proof)).toBe(false);
  });

  it('is sampled and gone on with by the commands that training prints', async () => {
    expect(printed).toMatchObject({
      sample: `elman sample twice --trust ${CELL}`,
      resume: `elman train --resume twice --trust ${CELL}`,
    });
    for (const args of [
      [...typed(printed.sample), '--length', '3'],
      [...typed(printed.resume), '--updates', '5'],
      ['eval', 'twice', work.text, '--cell', CELL],
      ['train', '--resume', 'twice', '--cell', CELL, '--updates', '6'],
    ]) {
      const { code, stderr } = await elman(args, { cwd });
      expect([args, code, stderr]).toEqual([args, 0, expect.not.stringContaining('elman:')]);
    }
    expect(existsSync(proof)).toBe(true);
    expect(await refused(['train', '--resume', 'twice', '--cell', 'gru', '--trust', CELL])).toContain(
      'train: --cell: expected twice-as-simple, the cell of twice, got gru; leave it out.',
    );
  });
});

it('elman translate trusts the package of its cell, and loads it again only where that is trusted', async () => {
  writeFileSync(at('pairs.tsv'), Array.from({ length: 20 }, (_, i) => `${i}\t${i}${i}\n`).join(''));
  const options = ['--hidden', '4', '--embedding', '3', '--updates', '2', '--beam', '1', '--out', 'numbers'];
  const made = await elman(['translate', 'pairs.tsv', '--cell', CELL, ...options], { cwd, input: '1\n' });
  expect([made.code, made.stderr]).toEqual([0, expect.not.stringContaining('elman:')]);
  rmSync(proof);
  expect(await refused(['translate', 'numbers'])).toContain('--trust twice-as-simple');
  expect(existsSync(proof)).toBe(false);
  const again = await elman(['translate', 'numbers', '--beam', '1', '--trust', CELL], { cwd, input: '1\n' });
  expect(again.code).toBe(0);
});

describe('a model file', () => {
  const put = async (from: string, factory: string): Promise<void> => {
    const cell = { package: from, factory, arguments: [`echo ran > ${proof}`] };
    const model = { package: '@elman/models', factory: 'languageModel', arguments: [cell, { vocabSize: 3 }] };
    await writeTogether(folderStorage(at('evil')), {
      'model.json': new TextEncoder().encode(JSON.stringify({ format: 'elman-model', version: 1, model })),
      'model.safetensors': readFileSync(at('twice/model.safetensors')),
    });
  };

  it('that names a module of Node runs nothing, trusted or not', async () => {
    await put('child_process', 'execSync');
    expect(await refused(['sample', 'evil'])).toContain('package: expected the name of an npm package, got "child');
    expect(await refused(['sample', 'evil', '--trust', 'child_process'])).toContain('Expected the name of an npm');
    expect(existsSync(proof)).toBe(false);
  });

  it('that names what a package does not declare imports nothing of it', async () => {
    await put(CELL, 'toString');
    expect(await refused(['sample', 'evil', '--trust', CELL])).toContain('twice-as-simple has no factory "toString"');
    expect(existsSync(proof)).toBe(false);
  });
});

it('a cell that is named trusts its package, and a built-in one nothing', async () => {
  const names = async (...given: Parameters<typeof trustOf>) => Object.keys(await trustOf(...given));
  expect(await names({})).toEqual([]);
  expect(await names({ cell: 'lstm+ntmMemory:slots=3', attention: 'none', trust: ['a'] })).toEqual(['a']);
  expect(await names({ cell: '@me/cells:zoneout+tape', attention: 'additive:size=3' })).toEqual(['@me/cells']);
  expect(await names({ cell: 'lstm+my-memory:slots=3', attention: 'looker' })).toEqual(['my-memory', 'looker']);
  expect(await names({ cell: '../my cells/zoneout.mjs:a', trust: ['./b.js'] })).toEqual([
    'file:b.js',
    'file:zoneout.mjs',
  ]);
});

it('a cell of a file is tried where nothing is installed, and loaded again only where the file is named', async () => {
  const folder = at('own');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'my-cell.mjs'),
    `import { writeFileSync } from 'node:fs';
     import { simpleRnn } from '@elman/cells';
     import '@elman/nn';
     import '@tensorflow/tfjs-core';
     writeFileSync(${JSON.stringify(proof)}, 'imported');
     export default ({ leak, ...sizes }) => ({ ...simpleRnn(sizes), name: 'leaky' });`,
  );
  const told = { cwd: folder };
  const cell = ['--cell', './my-cell.mjs:leak=0.5'];
  const { code, stdout } = await elman(
    ['train', work.text, ...TINY, ...cell, '--updates', '4', '--out', 'run', '--json'],
    told,
  );
  expect(code).toBe(0);
  expect(eventsOf(stdout).at(-1)).toMatchObject({
    sample: 'elman sample run --trust ./my-cell.mjs',
    resume: 'elman train --resume run --trust ./my-cell.mjs',
  });
  const [recipe] = JSON.parse(readFileSync(join(folder, 'run/model.json'), 'utf8')).model.arguments;
  expect(recipe).toMatchObject({ package: 'file:my-cell.mjs', factory: 'default', arguments: [{ leak: 0.5 }] });
  rmSync(proof);
  const refused = await elman(['sample', 'run'], told);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(
      /it needs file:my-cell\.mjs, whose code runs only if you trust it: --trust \.\/my-cell\.mjs$/m,
    ),
  ]);
  expect(existsSync(proof)).toBe(false);
  const resumed = await elman(['train', '--resume', 'run', '--trust', './my-cell.mjs', '--updates', '5'], told);
  expect([resumed.code, resumed.stderr]).toEqual([0, expect.not.stringContaining('elman:')]);
  const again = JSON.parse(readFileSync(join(folder, 'run/model.json'), 'utf8')).model.arguments[0];
  expect(again).toEqual(recipe);
});

it('a cell of others that is not compiled is told of, with the line that is why', async () => {
  const folder = at('slow');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'slow.mjs'),
    `import { simpleRnn } from '@elman/cells';
     export default (sizes) => {
       const cell = simpleRnn(sizes);
       return { ...cell, name: 'slow', step: (params, state, x) => {
         x.dataSync();
         return cell.step(params, state, x);
       } };
     };`,
  );
  const sizes = ['--length', '4', '--hidden', '2', '--rows', '4', '--updates', '2', '--out', 'run'];
  const run = (cell: string) => elman(['task', 'parity', '--cell', cell, ...sizes, '--overwrite'], { cwd: folder });
  const { code, stderr } = await run('./slow.mjs');
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(
      /^elman: slow: not compiled, so it is slow: dataSync at slow\.mjs:5: the step reads numbers/m,
    ),
  ]);
  expect((await run('gru')).stderr).not.toContain('elman:');
});
