import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inProcess } from './in-process.ts';
import { elman, eventsOf, lossesOf, workFolder } from './spawn.ts';

const work = workFolder();
afterAll(() => work.remove());

const at = (name: string): string => join(work.path, name);
const written = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};
/** Words and the same backwards. */
const words = Array.from({ length: 60 }, (_, i) => `w${i * 17}x`);
const pairs = written('pairs.tsv', words.map((word) => `${word}\t${[...word].reverse().join('')}\tnote\n`).join(''));
const TINY = ['--hidden', '8', '--embedding', '4', '--batch', '8', '--validation', '0.1'];
const translate = (out: string, ...args: string[]): string[] => [
  'translate',
  pairs,
  ...TINY,
  '--out',
  at(out),
  ...args,
];

describe('elman translate', () => {
  it('trains on pairs, then translates standard input, and does not train again', async () => {
    const input = 'w1x\n\nnever seen\n';
    const first = await elman(translate('once', '--updates', '4'), { input });
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(/gru of 8, attention: additive.*\n.*60 pairs, 6 held out/);
    expect(first.stderr).toMatch(
      /held out: \d+\.\d % of 6 right, \d+\.\d % of the characters wrong, chrF \d+\.\d,\n {2}loss \d+\.\d+ · \d+ s\nsaved in .*once\nelman: line 3: .*\n$/,
    );
    const lines = first.stdout.split('\n');
    expect([lines.length, lines[1], lines[3]]).toEqual([4, '', '']);
    const again = await elman(translate('once', '--updates', '4'), { input });
    const note = 'elman: line 3: the model does not know "n", "e", "v", "r", " ", "s".\n';
    expect([again.stdout, again.stderr]).toEqual([first.stdout, note]);
    const folder = await elman(['translate', at('once'), '--json'], { input });
    expect(eventsOf(folder.stdout).map(({ source, text }) => [source, text])).toEqual([
      ['w1x', lines[0]],
      ['', ''],
      ['never seen', lines[2]],
    ]);
  });

  it('goes on where it was interrupted, with the same losses, to the bit', async () => {
    const long = (out: string): string[] => translate(out, '--json', '--updates', '60', '--evaluate-every', '20');
    const whole = await elman(long('whole'));
    const first = await elman(long('halves'), {
      onStdout: (text, child) => {
        if (text.includes('"step":30,')) child.kill('SIGINT');
      },
    });
    expect(first.code).toBe(130);
    expect(existsSync(join(at('halves'), 'result.json'))).toBe(false);
    const second = await elman(long('halves'));
    expect(second.code).toBe(0);
    expect([...lossesOf(first.stdout), ...lossesOf(second.stdout)]).toEqual(lossesOf(whole.stdout));
    const [a, b] = ['halves', 'whole'].map((out) => readFileSync(join(at(out), 'model.safetensors')));
    expect(a).toEqual(b);
  });

  it('says in one line what is wrong, and leaves nothing behind', async () => {
    const refused = async (args: string[]): Promise<string> => {
      const { code, stderr, stdout } = await inProcess(args);
      expect([code, stdout, stderr.split('\n').length]).toEqual([1, '', 2]);
      return stderr;
    };
    const noTab = written('no-tab.tsv', 'a\tb\n\nc d\n');
    expect(await refused(['translate', noTab, '--out', at('bad')])).toMatch(
      /no-tab\.tsv: line 3: expected source and target with a tab between, got no tab/,
    );
    expect(await refused(['translate', written('empty.tsv', '\n'), '--out', at('bad')])).toMatch(/expected a pair/);
    expect(await refused(['translate', at('nowhere.tsv'), '--out', at('bad')])).toMatch(/there is no such file/);
    expect(await refused(['translate', work.path])).toMatch(/model\.json/);
    expect(existsSync(at('bad'))).toBe(false);
    await inProcess(translate('other', '--updates', '2'));
    expect(await refused(translate('other', '--updates', '3'))).toMatch(/a run with another --updates \(2, now 3\)/);
  });
});
