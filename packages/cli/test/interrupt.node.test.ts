import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elman, eventsOf, lossesOf, TINY, workFolder } from './spawn.ts';

const work = workFolder();
const UPDATES = 800;
const HOW = [...TINY, '--dropout', '0.1', '--updates', `${UPDATES}`, '--evaluate-every', '150', '--json'];
const start = (out: string, ...more: string[]): string[] => ['train', work.text, ...HOW, '--out', out, ...more];
let whole: [number, number][];

/** Sends a signal when about so many updates have been told; where it hits in an update is chance. */
const after = (updates: number, ...signals: NodeJS.Signals[]) => {
  let sent = false;
  return (stdout: string, child: { kill(signal: NodeJS.Signals): void }): void => {
    if (sent || stdout.split('"update"').length <= updates) return;
    sent = true;
    for (const [i, signal] of signals.entries()) setTimeout(() => child.kill(signal), i * 500);
  };
};

/** Step and loss of every line of a run's history. */
const historyOf = (out: string): [number, number][] =>
  eventsOf(readFileSync(join(out, 'history.jsonl'), 'utf8')).map(({ step, loss }) => [step as number, loss as number]);

beforeAll(async () => {
  whole = lossesOf((await elman(start(join(work.path, 'whole')))).stdout);
  expect(whole).toHaveLength(UPDATES);
});
afterAll(() => work.remove());

describe('a run that is stopped', () => {
  it.each([
    ['SIGINT', 130, 30],
    ['SIGTERM', 143, 50],
    ['SIGHUP', 129, 40],
  ] as const)(
    'by %s saves, says how to go on, and gives the same losses bit for bit',
    async (signal, exitCode, updates) => {
      const out = join(work.path, signal);
      const first = await elman(start(out), { onStdout: after(updates, signal) });
      expect([first.code, first.stderr]).toEqual([exitCode, '']);
      const end = eventsOf(first.stdout).at(-1);
      expect(end).toMatchObject({ event: 'end', reason: 'interrupted', resume: `elman train --resume ${out}` });
      const second = await elman(['train', '--resume', out, '--json'], { onStdout: after(20, signal) });
      expect(second.code).toBe(exitCode);
      const third = await elman(['train', '--resume', out, '--json']);
      expect([third.code, third.stderr]).toEqual([0, '']);
      const told = [first, second, third].map(({ stdout }) => lossesOf(stdout));
      expect(told.every((losses) => losses.length > 0 && losses.length < UPDATES)).toBe(true);
      expect(told.flat()).toEqual(whole);
      expect(historyOf(out)).toEqual(whole);
    },
  );

  it('by kill -9 goes on from the checkpoint before', async () => {
    const out = join(work.path, 'killed');
    const first = await elman(start(out, '--save-every', '1'), { onStdout: after(40, 'SIGKILL') });
    expect(first.signal).toBe('SIGKILL');
    expect((await elman(['sample', out, '--seed', '1', '--length', '5'])).code).toBe(0);
    const second = await elman(['train', '--resume', out, '--json']);
    expect([second.code, second.stderr]).toEqual([0, '']);
    const rest = lossesOf(second.stdout);
    expect(rest.length).toBeLessThan(UPDATES);
    expect(rest).toEqual(whole.slice(-rest.length));
    expect(historyOf(out)).toEqual(whole);
  });

  it('tells people how to go on', async () => {
    const out = join(work.path, 'told');
    const args = start(out).filter((arg) => arg !== '--json');
    let sent = false;
    const { code, stderr } = await elman([...args, '--updates', '100000', '--evaluate-every', '20'], {
      onStderr: (text, child) => {
        if (!sent && text.includes('update 20')) sent = child.kill('SIGINT');
      },
    });
    expect(code).toBe(130);
    expect(stderr).toContain('stopping after this update');
    expect(stderr).toMatch(
      new RegExp(`stopped and saved after update \\d+\\. To go on:\\n  elman train --resume ${out}\\n$`),
    );
  });
});

it('refuses to go on with a run that is finished, unless it is told how far', async () => {
  const out = join(work.path, 'whole');
  const { code, stderr } = await elman(['train', '--resume', out]);
  expect([code, stderr]).toEqual([
    1,
    `elman: train: ${out} has made ${UPDATES} updates, of ${UPDATES} wanted; to train it further: elman train --resume ${out} --updates ${2 * UPDATES}\n`,
  ]);
  const further = await elman(['train', '--resume', out, '--updates', `${UPDATES + 2}`, '--json']);
  expect(lossesOf(further.stdout).map(([step]) => step)).toEqual([UPDATES + 1, UPDATES + 2]);
});
