import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './in-process.ts';
import { elman, eventsOf, TINY, workFolder } from './spawn.ts';

const work = workFolder();
const at = (name: string): string => join(work.path, name);
/** Files by their names, where they are. */
const paths = (args: readonly string[]): string[] => args.map((arg) => (/^(?:ptb|text)/.test(arg) ? at(arg) : arg));
const LINE = ' the cat sat on the <unk> mat \n';

beforeAll(() => {
  mkdirSync(at('ptb'));
  for (const [part, lines] of Object.entries({ train: 60, valid: 7, test: 5 })) {
    writeFileSync(at(`ptb/ptb.${part}.txt`), LINE.repeat(lines));
  }
});
afterAll(() => work.remove());

describe('elman train --corpus', () => {
  it('trains on the parts of a corpus with its tokenizer, goes on with them, and is measured on the test part', async () => {
    const train = ['train', 'ptb', '--corpus', 'pennTreebankWords', ...TINY, '--updates', '4', '--json'];
    const { stdout, stderr, code } = await elman(train, { cwd: work.path });
    expect([code, stderr]).toEqual([0, '']);
    const [start] = eventsOf(stdout);
    // Six words, <unk> and <eos>; eight tokens a line.
    expect(start).toMatchObject({ tokenizer: 'word-level', vocabSize: 7, tokens: 480, heldOutTokens: 56 });
    const more = await inProcess(['train', '--resume', at('runs/ptb'), '--updates', '6', '--json']);
    expect(eventsOf(more.stdout).at(-1)).toMatchObject({ event: 'end', step: 6 });

    const byItself = JSON.parse((await inProcess(['eval', at('runs/ptb'), '--json'])).stdout);
    const named = ['eval', at('runs/ptb'), at('ptb/ptb.test.txt'), '--json'];
    const corpus = ['eval', at('runs/ptb'), at('ptb'), '--corpus', 'pennTreebankWords', '--json'];
    for (const args of [named, corpus]) {
      expect(JSON.parse((await inProcess(args)).stdout)).toMatchObject({
        tokens: byItself.tokens,
        loss: byItself.loss,
      });
    }
  });

  it('takes a held-out text of its own', async () => {
    const files = ['train', at('ptb/ptb.train.txt'), '--validation', at('ptb/ptb.valid.txt'), '--out', at('own')];
    const { stdout, code } = await inProcess([...files, ...TINY, '--updates', '2', '--json']);
    expect(code).toBe(0);
    expect(eventsOf(stdout)[0]).toMatchObject({ heldOutTokens: readFileSync(at('ptb/ptb.valid.txt')).length });
    const more = await inProcess(['train', '--resume', at('own'), '--updates', '3', '--json']);
    expect(eventsOf(more.stdout).at(-1)).toMatchObject({ event: 'end', step: 3 });
  });

  it.each([
    [['ptb', '--corpus', 'pennTreebank'], /expected one of pennTreebankWords, .*, got "pennTreebank"\./],
    [['ptb', 'ptb', '--corpus', 'pennTreebankWords'], /--corpus: expected one path, .*, got 2\./],
    [['ptb', '--corpus', 'pennTreebankWords', '--validation', '0.1'], /--validation: expected none beside --corpus/],
    [['text.txt', '--validation', 'none.txt'], /none\.txt: there is no such file/],
    [['text.txt', '--validation', '0.7'], /Expected a number of at least 0 and of at most 0\.5/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await inProcess(['train', ...paths(args), ...TINY, '--out', at('refused')]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  });

  it('eval wants a text for a model that was not trained on a corpus', async () => {
    const { code, stderr } = await inProcess(['eval', at('own')]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('was not trained on a corpus; name a text')]);
  });
});
