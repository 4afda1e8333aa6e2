import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError, OptionError } from '@elman/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCorpus } from '../src/node.ts';
import { cutBytes } from '../src/read-corpus.ts';

let folder = '';
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-corpus-'));
  for (const name of ['ptb', 'wiki', 'raw', 'half']) await mkdir(at(name));
  const parts = ['train', 'valid', 'test'];
  for (const part of parts) {
    await writeFile(at(`ptb/ptb.${part}.txt`), ` the ${part} \n <unk> N \n`);
    await writeFile(at(`wiki/wiki.${part}.tokens`), ` \n = ${part} = \n`);
    await writeFile(at(`raw/wiki.${part}.raw`), `${part}\n`);
  }
  await writeFile(at('half/ptb.train.txt'), 'a\n');
  await writeFile(at('text8'), 'anarchism');
});
afterAll(() => rm(folder, { recursive: true }));

it('reads the Penn Treebank as words, and as characters without the spaces around lines', async () => {
  const words = await readCorpus('pennTreebankWords', at('ptb'));
  expect(words).toEqual({
    train: ' the train \n <unk> N \n',
    validation: ' the valid \n <unk> N \n',
    test: ' the test \n <unk> N \n',
  });
  const characters = await readCorpus('pennTreebankCharacters', at('ptb'));
  expect(characters.test).toBe('the test\n<unk> N\n');
});

it('reads WikiText by either ending', async () => {
  expect((await readCorpus('wikiText', at('wiki'))).validation).toBe(' \n = valid = \n');
  expect((await readCorpus('wikiText', at('raw'))).test).toBe('test\n');
});

it('cuts bytes where characters end', () => {
  const bytes = new TextEncoder().encode('aé€😀z');
  for (let train = 0; train <= bytes.length; train++) {
    const parts = cutBytes(bytes, { train, validation: bytes.length, test: bytes.length });
    expect(parts.train + parts.validation).toBe('aé€😀z');
    expect(parts.test).toBe('');
    expect(new TextEncoder().encode(parts.train).length - train).toBeLessThan(4);
  }
});

it('says in one line what is missing', async () => {
  await expect(readCorpus('pennTreebankWords', at('wiki'))).rejects.toThrow(
    `data: ${at('wiki')}: pennTreebankWords: expected a folder with ptb.train.txt, ptb.valid.txt and ptb.test.txt; check the path.`,
  );
  await expect(readCorpus('pennTreebankWords', at('half'))).rejects.toThrow('ptb.valid.txt: there is no such file');
  await expect(readCorpus('text8', folder)).rejects.toThrow(
    'text8: expected 100000000 bytes of UTF-8, got 9; give the whole file, unpacked.',
  );
  await expect(readCorpus('text8', at('none'))).rejects.toThrow(DataError);
  await expect(readCorpus('text9' as never, folder)).rejects.toThrow(OptionError);
});
