import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { inProcess } from './in-process.ts';
import { elman, eventsOf, lossesOf, workFolder } from './spawn.ts';

const work = workFolder();
afterAll(() => work.remove());

const at = (name: string): string => join(work.path, name);
const TINY = ['--hidden', '4', '--length', '2-6', '--batch', '4', '--rows', '8', '--updates', '6'];
const task = (out: string, ...args: string[]): string[] => ['task', 'parity', ...TINY, '--out', at(out), ...args];

describe('elman task', () => {
  it('trains, says how it does by length, and keeps what came out', async () => {
    const { code, stdout, stderr } = await elman(task('plain', '--cell', 'gru'));
    expect(code).toBe(0);
    expect(stderr).toMatch(/^.*parity, length 2–6: gru of 4, seed 1.*98 parameters\n/);
    expect(stdout).toMatch(/\n12 +\d+\.\d % +[\d.]+ +.*50\.0 %, 0\.6931/);
    expect(stdout).toMatch(/held out: .* right, loss [\s\S]*solved.*accuracy at least 0\.99.*\nsaved in .*plain\n$/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThan(80);
    const history = readFileSync(join(at('plain'), 'history.jsonl'), 'utf8');
    expect(eventsOf(history).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    const picture = readFileSync(join(at('plain'), 'lengths.svg'), 'utf8');
    expect([picture.startsWith('<svg'), picture.includes('input-blind')]).toEqual([true, true]);
    const result = JSON.parse(readFileSync(join(at('plain'), 'result.json'), 'utf8'));
    expect(result.parameters).toBe(98);
    expect(result.byLength.map(({ length }: { length: number }) => length)).toEqual([2, 3, 6, 12, 24, 48]);
    expect(result.baseline).toEqual({ loss: Math.LN2, accuracy: 0.5 });
  });

  it('is done once: the same command again says the same', async () => {
    const [first, again] = [await inProcess(task('once')), await inProcess(task('once'))];
    expect(again.stdout).toBe(first.stdout);
    expect(again.stderr).toBe('');
  });

  it('goes on where it was interrupted, with the same losses, to the bit', async () => {
    const long = (out: string): string[] => [...task(out, '--json', '--evaluate-every', '50'), '--updates', '400'];
    const whole = await elman(long('whole'));
    const first = await elman(long('halves'), {
      onStdout: (text, child) => {
        if (text.includes('"step":120,')) child.kill('SIGINT');
      },
    });
    expect(first.code).toBe(130);
    expect(existsSync(join(at('halves'), 'result.json'))).toBe(false);
    const second = await elman(long('halves'));
    expect(second.code).toBe(0);
    const stopped = lossesOf(first.stdout).length;
    expect(stopped).toBeLessThan(400);
    expect([...lossesOf(first.stdout), ...lossesOf(second.stdout)]).toEqual(lossesOf(whole.stdout));
    const history = eventsOf(readFileSync(join(at('halves'), 'history.jsonl'), 'utf8'));
    expect(history.map(({ step, loss }) => [step, loss])).toEqual(lossesOf(whole.stdout));
    const resultOf = (stdout: string) => {
      const { seconds: _, folder: __, ...rest } = eventsOf(stdout).at(-1) as { readonly [key: string]: unknown };
      return rest;
    };
    expect(resultOf(second.stdout)).toEqual(resultOf(whole.stdout));
  });

  it('follows a curriculum to the length that is wanted', async () => {
    const args = [
      '--curriculum',
      'self-paced',
      '--json',
      '--updates',
      '300',
      '--evaluate-every',
      '10',
      '--cell',
      'gru',
    ];
    const { stdout } = await inProcess([...task('paced', ...args), '--hidden', '8', '--learning-rate', '0.03']);
    const levels = eventsOf(stdout).flatMap(({ event, difficulty }) =>
      event === 'evaluation' ? [(difficulty as { length: number }).length] : [],
    );
    expect(levels[0]).toBe(2);
    expect(levels).toEqual([...levels].sort((a, b) => a - b));
    expect(levels.at(-1)).toBe(6);
  });

  it('reads images from IDX files, packed or not', async () => {
    const images = new Uint8Array([0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 2]);
    const pixels = Uint8Array.from({ length: 80 }, (_, i) => (i % 8 < 4 ? 255 : 0));
    writeFileSync(at('images'), new Uint8Array([...images, ...pixels]));
    const labels = Array.from({ length: 20 }, (_, i) => i % 2);
    writeFileSync(at('labels.gz'), gzipSync(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 20, ...labels])));
    const files = ['--with', `images=${at('images')}`, '--with', `labels=${at('labels.gz')}`];
    const sizes = ['--length', '4', '--hidden', '4', '--rows', '8', '--updates', '6'];
    const { code, stdout } = await inProcess(['task', 'pixelImages', ...files, ...sizes, '--out', at('pixels')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n4 \(trained\) /);
    const official = `pixelImages:testImages=${at('images')},testLabels=${at('labels.gz')}`;
    const tested = await inProcess(['task', official, ...files, ...sizes, '--out', at('tested')]);
    expect([tested.code, tested.stderr]).toEqual([0, expect.not.stringContaining('elman:')]);
    const halfway = await inProcess(['task', 'pixelImages:testImages=nosuch', ...files, '--out', at('none')]);
    expect(halfway.stderr).toMatch(/expected two IDX files: --with testImages=t10k-images-idx3-ubyte/);
    const missing = await inProcess(['task', 'pixelImages', '--out', at('none')]);
    expect(missing.stderr).toMatch(/pixelImages: expected two IDX files/);
    const wrong = ['--with', 'images=nosuch', '--with', 'labels=nosuch'];
    expect((await inProcess(['task', 'pixelImages', ...wrong, '--out', at('none')])).stderr).toMatch(
      /nosuch: cannot be read/,
    );
  });

  it('reads a text file to predict its characters', async () => {
    writeFileSync(at('text'), 'she sells sea shells. '.repeat(30));
    const sizes = ['--length', '20', '--hidden', '4', '--rows', '8', '--updates', '6'];
    const run = (name: string, ...given: string[]) =>
      inProcess(['task', name, ...given, ...sizes, '--out', at(`text-${given.length}`)]);
    const { code, stdout } = await run(`characterPrediction:text=${at('text')}`);
    expect(code).toBe(0);
    expect(stdout).toContain('what one character says of the next');
    expect((await run('characterPrediction')).stderr).toMatch(
      /expected a text file: characterPrediction:text=book.txt/,
    );
    expect((await run('characterPrediction:text=nosuch')).stderr).toMatch(/nosuch: there is no such file/);
  });

  it('sizes the layers to a budget of parameters', async () => {
    const { stdout } = await inProcess(task('budget', '--params', '1k', '--json'));
    const [start] = eventsOf(stdout) as unknown as [{ parameters: number; settings: { hidden: number } }];
    expect(start.parameters).toBeLessThanOrEqual(1000);
    expect(start.settings.hidden).toBe(14);
  });

  it.each([
    [
      ['task', 'parrity'],
      /task: "parrity" is neither a built-in task nor .*; did you mean parity\? "elman tasks" lists/,
    ],
    [['task'], /task: expected the name of a task, as parity, .*; "elman tasks" lists all \d+\./],
    [['task', 'parity', '--difficulty', 'lenght=2'], /parity has length, got lenght; did you mean length\?/],
    [['task', 'parity', '--with', 'supervison=last'], /parity has no option supervison; did you mean supervision\?/],
    [['task', 'parity', '--curriculum', 'self_paced'], /got "self_paced"; did you mean self-paced\?/],
    [['task', 'parity', '--length', '0'], /parity: length: expected a whole number from 1, got 0/],
    [['task', 'parity', '--length', '9-3'], /Expected a whole number or a range like 20-40/],
    [['task', 'parity', '--difficulty', 'nesting=2'], /parity has length, got nesting/],
    [['task', 'parity', '--with', 'supervision=never'], /supervision: expected one of every, last, got "never"/],
    [['task', 'parity', '--with', 'colour=red'], /parity has no option colour; it has supervision\./],
    [['task', 'parity', '--curriculum', 'hard'], /curriculum: expected one of none, naive, .*got "hard"/],
    [['task', 'parity', '--params', '3'], /params: expected at least \d+, which one unit takes, got 3/],
    [['task', 'parity', '--cell-with', 'colour=red'], /lstm has no option colour/],
    [['task', 'parity', '--cell-with', 'chrono=2'], /chrono: expected a whole number of frames from 3, got 2/],
    [['task', 'parity', '--cell', 'nosuch'], /"nosuch" is neither a built-in cell/],
    [['task', 'parity', '--optimizer', 'newton'], /"newton" is neither a built-in optimizer/],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await inProcess([...args, '--out', at('refused')]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(at('refused'))).toBe(false);
  });

  it('refuses a folder with a run of other settings, and one that is damaged', async () => {
    await inProcess(task('other'));
    const { code, stderr } = await inProcess(task('other', '--seed', '2'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/there is a run with another --seed \(1, now 2\)/)]);
    writeFileSync(join(at('other'), 'run.json'), '{');
    expect((await inProcess(task('other'))).stderr).toMatch(/run\.json: damaged, or of another save/);
    expect((await inProcess(task('other', '--seed', '2', '--overwrite'))).code).toBe(0);
  });
});

describe('elman compare', () => {
  const args = ['compare', '--tasks', 'parity,adding', '--cells', 'simpleRnn,gru', '--seeds', '1,2', ...TINY];

  it('trains all in turn and writes one table', async () => {
    const { code, stdout } = await inProcess([...args, '--out', at('all')]);
    expect(code).toBe(0);
    expect(
      stdout.match(/^\| (parity|adding) \| (simpleRnn|gru) \| 4 \| \d+ \| .* of 2 \(.*\) \| .* \|$/gm),
    ).toHaveLength(4);
    expect(stdout.match(/^\| (parity|adding) \| (simpleRnn|gru) (\| \d+\.\d % ){6}\|$/gm)).toHaveLength(4);
    expect(readFileSync(join(at('all'), 'table.md'), 'utf8')).toBe(stdout);
    const table = JSON.parse(readFileSync(join(at('all'), 'table.json'), 'utf8'));
    expect(table.rows).toHaveLength(4);
    expect(table.run).toMatchObject({
      command: expect.stringMatching(/^(elman|npx @elman\/cli) compare --tasks parity,adding /),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      node: process.versions.node,
    });
    for (const chart of ['adding.svg', 'adding-loss.svg']) {
      expect(readFileSync(join(at('all'), chart), 'utf8')).toContain('simpleRnn');
    }
  });

  it('goes on after an interruption without doing anything twice', async () => {
    const options = [...args, '--out', at('parts'), '--json', '--updates', '40'];
    const first = await elman(options, {
      onStdout: (text, child) => {
        if ((text.match(/"event":"start"/g) ?? []).length === 3) child.kill('SIGINT');
      },
    });
    expect(first.code).toBe(130);
    const second = await elman(options);
    expect(second.code).toBe(0);
    const starts = (stdout: string) => eventsOf(stdout).filter(({ event }) => event === 'start').length;
    expect(starts(second.stdout)).toBeLessThanOrEqual(6);
    const updates = [...lossesOf(first.stdout), ...lossesOf(second.stdout)];
    expect(updates).toHaveLength(8 * 40);
  });
});
