import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Rng } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import { tensor2d } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { annealed } from '../src/model.ts';
import { readBoundaries } from '../src/read-boundaries.ts';
import { marked, places, score } from '../src/score.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'elman-boundaries-'));
const text = join(work, 'text.txt');
writeFileSync(text, Array.from({ length: 1000 }, (_, i) => `Line ${i} has the number ${i * i}.\n`).join(''));

const run = (...args: string[]) =>
  spawnSync(process.execPath, ['--conditions=source', main, '--size', '8', '--out', join(work, 'run'), ...args], {
    encoding: 'utf8',
  });

afterAll(() => rmSync(work, { recursive: true }));

describe('the score', () => {
  const characters = [...'an ox.\nit'];

  it('is precision and recall beside those of chance', () => {
    // Boundaries after "an ", after "ox." and inside "it".
    const boundaries = [0, 0, 1, 0, 0, 1, 0, 1, 0];
    expect(marked(characters, boundaries)).toBe('an |ox.|⏎i|t');
    expect(score(boundaries, characters, places['spaces and line ends'])).toEqual({
      boundaryRate: 3 / 9,
      placeRate: 2 / 9,
      precision: 1 / 3,
      recall: 1 / 2,
    });
    expect(score(boundaries, characters, places['last letters of words'])).toMatchObject({
      precision: 1 / 3,
      recall: 1 / 2,
    });
    expect(score(boundaries, characters, places['line ends'])).toMatchObject({ placeRate: 1 / 9, recall: 0 });
  });

  it('has no precision where there is no boundary', () => {
    expect(score(Array(9).fill(0), characters, places['line ends'])).toMatchObject({
      precision: Number.NaN,
      recall: 0,
    });
  });
});

describe('the model', () => {
  const slopes = [1, 2, 3, 4, 5];
  const settings = { slopes, layers: 3, hiddenSize: 4, boundaryBias: 0, updates: 50 };
  const { model, modelAt, slopeAt } = annealed({ vocabSize: 7 }, settings);

  it('has a slope that rises, each for as many updates, and the same parameters', async () => {
    expect(Array.from({ length: 5 }, (_, i) => [slopeAt(10 * i), slopeAt(10 * i + 9)])).toEqual(
      slopes.map((s) => [s, s]),
    );
    expect(modelAt(49)).toBe(model);
    expect(modelAt(0)).not.toBe(model);
    const ids = tensor2d([[1, 2, 3, 4, 5, 6]], [1, 6], 'int32');
    const params = model.init(Rng.seeded(1));
    await expectTreesClose(modelAt(0).logits(params, ids), model.logits(params, ids), { relative: 0, absolute: 0 });
  });

  it('is read lane by lane: its boundaries are those of the states', async () => {
    const params = model.init(Rng.seeded(2));
    const ids = Int32Array.from({ length: 11 }, (_, i) => (3 * i) % 7);
    const found = await readBoundaries(model, params, ids, 2);
    expect(found.map(({ length }) => length)).toEqual([10, 10, 10]);
    const { state } = model.logits(params, tensor2d(ids.subarray(5, 10), [1, 5], 'int32'));
    for (const [layer, { z }] of state.entries()) expect(found[layer]?.[9]).toBe((await z.data())[0]);
    expect(new Set(found.flatMap((boundaries) => [...boundaries]))).toEqual(new Set([0, 1]));
  });
});

describe('the program', () => {
  it('trains, resumes and prints the table', () => {
    const first = run('--text', text, '--updates', '12', '--layers', '3');
    expect([first.status, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(/^update 12: \d\.\d\d bits per character, slope 5, \d+ s$/m);
    expect(first.stdout.match(/^\| [123] \| [a-z ]+ \| (?:(?:\d+\.\d %|none) \| ?){4}$/gm)).toHaveLength(9);
    expect(first.stdout).toMatch(/^layer 3: .+$/m);
    const second = run('--text', text, '--updates', '12', '--layers', '3', '--resume');
    expect([second.status, second.stderr]).toEqual([0, '']);
    const table = (of: string): string => of.slice(of.indexOf('held out'));
    expect(table(second.stdout)).toBe(table(first.stdout));
  });

  it('refuses invalid options in one line', () => {
    const { status, stderr } = run('--text', join(work, 'missing.txt'));
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^boundaries: .*missing\.txt: there is no such file.*\n$/),
    ]);
  });
});
