import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './in-process.ts';
import { elman, eventsOf, TINY, workFolder } from './spawn.ts';

const work = workFolder();
afterAll(() => work.remove());

const at = (name: string): string => join(work.path, name);
const GONE = 'elman: standard output: its reader has gone; the run goes on without it.\n';
const FULL = 'elman: standard output: no space left on the device; the run goes on without it.\n';
/** Keeps the exit code of a command behind which something reads. */
const ENDED = '{ "$@"; echo "code $?" >&2; }';

const train = (out: string, ...more: string[]): string[] => [
  ...['train', work.text, ...TINY, '--updates', '40', '--evaluate-every', '10', '--out', at(out)],
  ...more,
];
const net = ['--hidden', '4', '--length', '4', '--lengths', '4', '--rows', '8', '--updates', '40'];
/** A run of each command, and a file that is there when it is done. */
const runs: readonly (readonly [name: string, args: readonly string[], done: string])[] = [
  ['train', train('train', '--json'), 'train/model.json'],
  ['task', ['task', 'parity', ...net, '--evaluate-every', '10', '--out', at('task'), '--json'], 'task/result.json'],
  [
    'compare',
    ['compare', '--tasks', 'parity', '--cells', 'gru,lstm', ...net, '--out', at('compare'), '--json'],
    'compare/parity-lstm-1/result.json',
  ],
  [
    'translate',
    ['translate', at('pairs.tsv'), ...['--hidden', '4', '--updates', '40', '--out', at('translate'), '--json']],
    'translate/result.json',
  ],
];

beforeAll(() => {
  writeFileSync(at('pairs.tsv'), Array.from({ length: 40 }, (_, i) => `a${i}\tb${i}\n`).join(''));
});

describe.skipIf(process.platform === 'win32')('a run whose output is lost goes on, is saved, and says so once', () => {
  it.concurrent.each(runs)('%s: the reader has gone', async (_, args, done) => {
    const { stderr } = await elman(args, { shell: `${ENDED} | head -1`, input: 'a1\n' });
    expect(stderr).toBe(`${GONE}code 74\n`);
    expect(existsSync(at(done))).toBe(true);
  });

  it.skipIf(!existsSync('/dev/full'))('the disk is full', async () => {
    const { code, stderr } = await elman(train('full', '--json'), { stdoutTo: '/dev/full' });
    expect([code, stderr]).toEqual([74, FULL]);
    const history = eventsOf(readFileSync(at('full/history.jsonl'), 'utf8'));
    expect(history.at(-1)?.step).toBe(40);
  });

  it.each([
    ['closed', '"$@" 2>&-'],
    ['no longer read', '{ { { "$@"; echo "code $?" >&4; } 2>&1 >&3 3>&-; } | head -1 >&2; } 3>&1 4>&2'],
  ])('standard error is %s: the result is written all the same', async (how, shell) => {
    const { code, stdout, stderr } = await elman(train(`stderr ${how}`), { shell });
    expect([code, stdout]).toEqual([0, expect.stringContaining('\nsaved in ')]);
    if (how === 'no longer read') expect(stderr).toMatch(/^[^\n]+\ncode 0\n$/);
  });

  it('both are closed', async () => {
    expect((await elman(train('both', '--json'), { shell: '"$@" >&- 2>&- <&-' })).code).toBe(0);
    expect(existsSync(at('both/model.json'))).toBe(true);
  });

  it('it is suspended and resumed', async () => {
    let isStopped = false;
    const { code, stdout } = await elman(train('suspended', '--json', '--updates', '60'), {
      onStdout: (text, child) => {
        if (isStopped || !text.includes('"step":9,')) return;
        isStopped = child.kill('SIGTSTP');
        setTimeout(() => child.kill('SIGCONT'), 100);
      },
    });
    expect([code, eventsOf(stdout).at(-1)]).toEqual([0, expect.objectContaining({ reason: 'finished', step: 60 })]);
  });
});

describe('a command whose output is all it does', () => {
  it.skipIf(process.platform === 'win32')('ends quietly when the reader has gone', async () => {
    expect((await inProcess(train('sampled'))).code).toBe(0);
    const args = ['sample', at('sampled'), '--length', '1000000'];
    expect((await elman(args, { shell: `${ENDED} | head -c 10` })).stderr).toBe('code 0\n');
  });
});
