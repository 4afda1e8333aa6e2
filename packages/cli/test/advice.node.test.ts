/** What a message tells a person to type works when it is typed. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHistory } from '../src/history.ts';
import { inProcess } from './in-process.ts';
import { elman, TINY, workFolder } from './spawn.ts';

const work = workFolder();
const at = (name: string): string => join(work.path, name);
const train = (out: string, ...args: string[]): string[] => ['train', work.text, ...TINY, '--out', at(out), ...args];
const text = readFileSync(work.text, 'utf8');

/** The command line that begins with `elman` in a text, as arguments. */
const typed = (told: string, pattern: RegExp): string[] => (pattern.exec(told)?.[1] ?? '').split(' ').slice(1);

beforeAll(async () => {
  expect((await inProcess(train('run', '--updates', '6'))).code).toBe(0);
});
afterAll(() => work.remove());

describe('a run that has made as many updates as were wanted', () => {
  it.each([
    ['the number of the folder', []],
    ['a smaller number', ['--updates', '4']],
    ['a part of an epoch', ['--epochs', '0.01']],
  ])('is resumed as the message says, after %s', async (_, args) => {
    const { step } = (await readHistory(at('run'))).at(-1) ?? { step: 0 };
    const refused = await inProcess(['train', '--resume', at('run'), ...args]);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    const again = typed(refused.stderr, /: (elman train --resume .*)\n$/);
    expect(again).toEqual(['train', '--resume', at('run'), '--updates', `${2 * step}`]);
    expect((await inProcess(again)).code).toBe(0);
    expect((await readHistory(at('run'))).map((line) => line.step)).toEqual(
      Array.from({ length: 2 * step }, (_, i) => i + 1),
    );
  });
});

it('a folder with a model: the command that goes on works, and only where it does is it named', async () => {
  expect((await inProcess(train('half', '--updates', '4'))).code).toBe(0);
  const refused = await inProcess(train('half', '--updates', '4'));
  const again = typed(refused.stderr, /go on with (elman .*), choose/);
  expect((await inProcess([...again, '--updates', '5'])).code).toBe(0);
  const task = await inProcess(['task', 'parity', '--out', at('half')]);
  expect(task.stderr).toMatch(/has a model already \(training\.safetensors\); choose another --out, or train anew/);
});

it('what was saved can be sampled from as is said', async () => {
  const { stdout } = await inProcess(train('said', '--updates', '2'));
  const sampled = await inProcess(typed(stdout, /to sample: (elman .*)\n$/));
  expect([sampled.code, sampled.stderr]).toEqual([0, '']);
});

it('a text without two equal words names an option that there is', async () => {
  const words = Array.from({ length: 500 }, (_, i) => `w${i}`).join(' ');
  writeFileSync(at('words.txt'), words);
  const refused = await inProcess(['train', at('words.txt'), ...TINY, '--tokenizer', 'words', '--out', at('w')]);
  expect(refused.stderr).toMatch(
    /no word of the text occurs twice; give a longer text, or --tokenizer characters\.\n$/,
  );
  const taken = ['train', at('words.txt'), ...TINY, '--tokenizer', 'characters', '--updates', '1', '--out', at('w')];
  expect((await inProcess(taken)).code).toBe(0);
});

it('a net that cannot be had is refused at once, with what to change, and leaves nothing', async () => {
  const { code, stderr, stdout } = await inProcess(train('large', '--hidden', '20000'));
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^elman: the net is too large: .* give a smaller --hidden or --layers or --embedding\.\n$/);
  expect(existsSync(at('large'))).toBe(false);
});

describe('a run that diverges', () => {
  it('ends so, though its numbers are finite', async () => {
    const { code, stdout, stderr } = await inProcess(train('wild', '--updates', '20', '--learning-rate', '100'));
    expect([code, stdout]).toEqual([1, expect.not.stringContaining('to sample')]);
    expect(stderr).not.toContain('best so far');
    expect(stderr).toContain('no better than guessing');
    expect(stderr).toMatch(
      /\nelman: train: the run has diverged: .*lower --learning-rate \(now 100\), and train anew with --overwrite\.\n$/,
    );
  });

  it('ends so on a task, which is measured first', async () => {
    const net = ['--length', '4', '--lengths', '4', '--rows', '8', '--hidden', '4', '--updates', '20'];
    const args = ['task', 'parity', ...net, '--learning-rate', '1000', '--clip', '0', '--out', at('wild-task')];
    const { code, stdout, stderr } = await inProcess(args);
    expect([code, stdout]).toEqual([1, expect.stringContaining('not solved')]);
    expect(stderr).not.toContain('best so far');
    expect(stderr).toMatch(/\nelman: task: .*lower --learning-rate \(now 1000\), clip the gradient \(--clip 1\), and/);
  });
});

describe('- is standard input', () => {
  it('in training, as a file of the same text is, and the run can be resumed without it', async () => {
    const how = [...TINY, '--updates', '4', '--json'];
    expect((await inProcess(['train', '-', ...how, '--out', at('piped')], text)).code).toBe(0);
    expect((await inProcess(['train', work.text, ...how, '--out', at('file')])).code).toBe(0);
    const model = (name: string): Buffer => readFileSync(join(at(name), 'model.safetensors'));
    expect(model('piped')).toEqual(model('file'));
    expect(readdirSync(at('piped'))).toContain('standard-input.txt');
    expect((await inProcess(['train', '--resume', at('piped'), '--updates', '5', '--json'])).code).toBe(0);
  });

  it('in measuring', async () => {
    const tokens = async (name: string) =>
      JSON.parse((await inProcess(['eval', at('run'), name, '--json'], text)).stdout);
    const [{ loss: piped }, { loss: file }] = [await tokens('-'), await tokens(work.text)];
    expect(piped).toBe(file);
  });

  it('once, and with something in it', async () => {
    expect((await inProcess(['eval', at('run'), '-', '-'], text)).stderr).toMatch(/expected - once/);
    expect((await inProcess(['eval', at('run'), '-'], '')).stderr).toMatch(/standard input: the input is empty/);
  });
});

it('a run that goes on with a text elsewhere, on another backend, says so when it is stopped', async () => {
  writeFileSync(at('moved.txt'), text);
  expect((await inProcess(train('moving', '--updates', '3'))).code).toBe(0);
  let stopped = false;
  const args = ['train', '--resume', at('moving'), at('moved.txt'), '--backend', 'cpu', '--updates', '90000'];
  const { code, stderr } = await elman([...args, '--evaluate-every', '1'].slice(0, -2), {
    onStderr: (told, child) => {
      if (!stopped && told.includes('goes on after')) stopped = child.kill('SIGINT');
    },
  });
  expect(code).toBe(130);
  const again = typed(stderr, /To go on:\n {2}(elman .*)\n$/);
  expect(again).toEqual([...args.slice(0, 4), '--updates', '90000', '--backend', 'cpu']);
});

it('compare says where its table is, and names no option that was not given', async () => {
  const net = ['--length', '4', '--lengths', '4', '--rows', '8', '--hidden', '4', '--updates', '2'];
  const out = at('table');
  const { stdout, stderr } = await inProcess(['compare', '--tasks', 'parity', '--cells', 'gru', ...net, '--out', out]);
  expect(stderr).toMatch(/\nsaved in .*table\.md and table\.json\n$/);
  expect(readFileSync(join(out, 'table.md'), 'utf8')).toBe(stdout);
  expect(stdout).toMatch(/\nSeeds 1; curriculum none, layers 1, updates 2, .* learning-rate 0\.005, /);
  expect(stdout).not.toMatch(/[{}"]/);
  const withOptions = ['--with', 'supervision=last', '--cell-with', 'chrono=9'];
  const other = ['compare', '--tasks', 'parity', '--cells', 'gru', ...net, ...withOptions, '--out', at('table2')];
  expect((await inProcess(other)).stdout).toMatch(/\nSeeds 1; with supervision=last, .*cell-with chrono=9, /);
});

it.skipIf(!existsSync('/dev/full'))('output that cannot be written is one line and exit code 1', async () => {
  for (const args of [['--help'], ['eval', at('run'), work.text]]) {
    const { code, stderr } = await elman(args, { stdoutTo: '/dev/full' });
    expect([code, stderr]).toEqual([1, 'elman: standard output: no space left on the device; send it elsewhere.\n']);
  }
});
