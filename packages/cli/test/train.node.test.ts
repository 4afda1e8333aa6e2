import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, elman, eventsOf, lossesOf, TINY, workFolder } from './spawn.ts';

const FILES = [
  'history.jsonl',
  'manifest.json',
  'model.json',
  'model.safetensors',
  'training.previous.safetensors',
  'training.safetensors',
];
const work = workFolder();
const at = (name: string): string => join(work.path, name);
let json: Ended;

beforeAll(async () => {
  const how = ['--updates', '12', '--evaluate-every', '4', '--json'];
  json = await elman(['train', work.text, ...TINY, ...how, '--out', at('json')]);
});
afterAll(() => work.remove());

describe('elman train --json', () => {
  it('says everything in lines of JSON and nothing else', () => {
    expect(json.stderr).toBe('');
    expect(json.code).toBe(0);
    const events = eventsOf(json.stdout);
    expect(events[0]).toMatchObject({ event: 'start', backend: 'wasm', tokenizer: 'characters', updates: 12, step: 0 });
    expect(lossesOf(json.stdout).map(([step]) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    const evaluations = events.filter(({ event }) => event === 'evaluation');
    expect(evaluations.map(({ step }) => step)).toEqual([4, 8, 12]);
    for (const { loss, bitsPerCharacter, perplexity } of evaluations) {
      expect(bitsPerCharacter).toBeCloseTo((loss as number) / Math.LN2, 10);
      expect(perplexity).toBeCloseTo(Math.exp(loss as number), 10);
    }
    expect(events.filter(({ event }) => event === 'save').map(({ step }) => step)).toEqual([4, 8, 12]);
    expect(events.at(-1)).toMatchObject({ event: 'end', reason: 'finished', step: 12, folder: at('json') });
  });

  it('learns', () => {
    const losses = lossesOf(json.stdout);
    expect(losses.at(-1)?.[1]).toBeLessThan(losses[0]?.[1] as number);
  });

  it('leaves its files and nothing beside them', () => {
    expect(readdirSync(at('json')).sort()).toEqual(FILES);
  });
});

describe('elman train', () => {
  it('without a terminal writes plain lines, the result on standard output, no colours', async () => {
    const { code, stdout, stderr } = await elman(['train', 'text.txt', ...TINY, '--updates', '12'], { cwd: work.path });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^loss by update[\s\S]+○ held out[\s\S]+\n\nheld out: loss \d\.\d{3} · \d\.\d{3} bits\/char · perplexity [\d.]+\nsaved in runs.text\nto sample: elman sample runs.text\n$/,
    );
    expect(stderr).toMatch(/^lstm of 8, [\d,]+ parameters, on wasm \(.*\)\ncharacters: /);
    expect(stderr).toMatch(/^update 12 · held out: loss .* best so far$/m);
    for (const unwanted of ['\u001b', '\r', 'ensor']) expect(stdout + stderr).not.toContain(unwanted);
    expect(readdirSync(at('runs/text')).sort()).toEqual(FILES);
  });

  it('the same seed gives the same losses, another seed others', async () => {
    const run = (seed: string, out: string) =>
      elman(['train', work.text, ...TINY, '--updates', '12', '--seed', seed, '--json', '--out', at(out)]);
    const [same, other] = await Promise.all([run('1', 'same'), run('2', 'other')]);
    expect(lossesOf(same.stdout)).toEqual(lossesOf(json.stdout));
    expect(lossesOf(other.stdout)).not.toEqual(lossesOf(json.stdout));
  });

  it('stops by the clock, saves, and the schedule goes on as if there were none', async () => {
    const how = [...TINY, '--json', '--save-every', '1000', '--evaluate-every', '1000'];
    const first = await elman(['train', work.text, ...how, '--minutes', '0.01', '--out', at('clock')]);
    expect(first.code).toBe(0);
    expect(eventsOf(first.stdout).at(-1)).toMatchObject({ event: 'end', reason: 'finished' });
    expect(eventsOf(first.stdout).at(-1)?.heldOut).toBeDefined();
    const made = lossesOf(first.stdout).length;
    const more = ['--resume', at('clock'), '--updates', `${made + 5}`, '--json'];
    const second = await elman(['train', ...more]);
    const whole = await elman(['train', work.text, ...how, '--minutes', '0.03', '--out', at('clock2')]);
    const losses = lossesOf(whole.stdout).slice(0, made + 5);
    expect(losses.length).toBe(made + 5);
    expect([...lossesOf(first.stdout), ...lossesOf(second.stdout)]).toEqual(losses);
  });

  it.each([
    ['--cell', 'gru', '--layers', '2', '--dropout', '0.2', '--optimizer', 'rmsprop'],
    ['--tokenizer', 'bytes', '--embedding', 'one-hot', '--validation', '0', '--clip', '0', '--epochs', '0.2'],
    ['--tokenizer', 'words', '--optimizer', 'momentum'],
    ['--tokenizer', 'word-level:endOfLine=true,minimumCount=2', '--hidden', '8'],
    ['--output', 'classes:count=3,by=frequency', '--dropout', '0.1'],
    ['--output', 'adaptive:cutoffs=2,5'],
    ['--output', 'sampled:samples=3,noise=log-uniform'],
  ])('takes %s %s %s %s …', async (...options) => {
    const out = at(options.join(''));
    const length = options.includes('--epochs') ? [] : ['--updates', '3'];
    const { code, stderr } = await elman(['train', work.text, ...TINY, ...options, ...length, '--out', out]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('elman:')]);
    const sampled = await elman(['sample', out, '--length', '9', '--seed', '1']);
    expect(sampled.code).toBe(0);
  });

  it('trains anew with --overwrite', async () => {
    const before = readFileSync(at('json/model.json'), 'utf8');
    const { code } = await elman([
      'train',
      work.text,
      ...TINY,
      '--cell',
      'simpleRnn',
      '--updates',
      '2',
      '--overwrite',
      '--out',
      at('json2'),
    ]);
    expect(code).toBe(0);
    const again = await elman([
      'train',
      work.text,
      ...TINY,
      '--hidden',
      '5',
      '--updates',
      '2',
      '--overwrite',
      '--out',
      at('json2'),
    ]);
    expect([again.code, again.stderr]).toEqual([0, expect.not.stringContaining('elman:')]);
    expect(readFileSync(at('json2/model.json'), 'utf8')).not.toBe(before);
    expect((await elman(['sample', at('json2'), '--seed', '1'])).code).toBe(0);
  });
});

describe('elman eval', () => {
  it('measures a text', async () => {
    const { code, stdout } = await elman(['eval', at('json'), work.text, '--json']);
    expect(code).toBe(0);
    const { tokens, loss, bitsPerCharacter, perplexity } = JSON.parse(stdout);
    expect(tokens).toBeGreaterThan(readFileSync(work.text, 'utf8').length - 40);
    expect(bitsPerCharacter).toBeCloseTo(loss / Math.LN2, 10);
    expect(perplexity).toBeCloseTo(Math.exp(loss), 10);
    const human = await elman(['eval', at('json'), work.text]);
    expect(human.stdout).toMatch(/^tokens +[\d,]+\nnats\/token +\d\.\d{4}\nbits\/char +/);
    expect(human.stdout).toContain(loss.toFixed(4));
  });
});

describe('elman sample', () => {
  const sample = (...args: string[]) => elman(['sample', at('json'), '--length', '60', ...args]);

  it('writes the same text for the same seed, another for another, and goes on from a prompt', async () => {
    const [a, b, c, greedy] = await Promise.all([
      sample('--seed', '1', '--prompt', '7 bottles\\n'),
      sample('--seed', '1', '--prompt', '7 bottles\\n'),
      sample('--seed', '2', '--prompt', '7 bottles\\n'),
      sample('--temperature', '0'),
    ]);
    expect([a.code, a.stderr]).toEqual([0, '']);
    expect(a.stdout).toMatch(/^7 bottles\n/);
    expect(a.stdout.length).toBeGreaterThanOrEqual('7 bottles\n'.length + 60);
    expect(b.stdout).toBe(a.stdout);
    expect(c.stdout).not.toBe(a.stdout);
    expect(greedy.code).toBe(0);
  });

  it('repeats no four characters if so asked, however it chooses', async () => {
    const args = ['--seed', '1', '--no-repeat-ngram', '4', '--min-p', '0.01', '--typical-p', '0.95', '--json'];
    const { text } = JSON.parse((await sample(...args)).stdout) as { text: string };
    const runs = Array.from({ length: text.length - 3 }, (_, i) => text.slice(i, i + 4));
    expect(runs.length).toBeGreaterThan(20);
    expect(new Set(runs).size).toBe(runs.length);
  });

  it('writes several, as JSON on request', async () => {
    const [text, json] = await Promise.all([
      sample('--seed', '1', '--count', '3', '--top-k', '5', '--top-p', '0.9', '--repetition-penalty', '1.1'),
      sample('--seed', '1', '--count', '3', '--json'),
    ]);
    expect(text.stdout.split('\n---\n')).toHaveLength(3);
    const texts = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(texts.map(({ row }) => row)).toEqual([0, 1, 2]);
    expect(new Set(texts.map(({ text }) => text)).size).toBe(3);
  });
});

it('elman doctor tells of every backend', async () => {
  const { code, stdout } = await elman(['doctor', '--json']);
  expect(code).toBe(0);
  const { backends, chosen, packages, kernels } = JSON.parse(stdout);
  expect(backends.map(({ name }: { name: string }) => name).sort()).toEqual(
    ['cpu', 'node', 'node-gpu', 'wasm', 'webgl', 'webgpu'].sort(),
  );
  expect(chosen).toBe('wasm');
  expect(kernels).toMatch(/simd/);
  expect(packages['@elman/core']).toMatch(/^\d+\.\d+\.\d+/);
  const { stdout: table } = await elman(['doctor']);
  expect(table).toMatch(/^backend +state +GFLOP\/s\n/);
  // In the order in which they are tried, whatever is faster at products of matrices.
  const [rows = ''] = table.split('\n\n');
  const names = rows.split('\n').map((row) => row.split(' ')[0]);
  expect(names).toEqual(['backend', 'node-gpu', 'node', 'wasm', 'cpu', 'webgpu', 'webgl']);
  expect(table).toMatch(/^cpu +ready +[\d.]+ +JavaScript, with products and sequences in WebAssembly/m);
});
